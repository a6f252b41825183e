"""Whose code it is."""

import json
import sys
import sysconfig
from importlib.metadata import version
from pathlib import Path

from flowdsl.ir.libraries import release_of, release_of_object
from tests.strategies import shout

PYTHON = f"python {sys.version_info.major}.{sys.version_info.minor}"
PACKAGES = Path(sysconfig.get_path("purelib"))


class Own:
    pass


def test_the_users_own_code_has_no_release() -> None:
    assert release_of_object(shout) is None
    assert release_of_object(Own) is None
    assert release_of("__main__", "<stdin>") is None


def test_the_standard_library_counts_by_the_version_of_python() -> None:
    assert release_of_object(json.dumps) == PYTHON
    assert release_of_object(dict) == PYTHON
    assert release_of("importlib._bootstrap", "<frozen importlib._bootstrap>") == PYTHON


def test_a_distribution_counts_by_its_version() -> None:
    core, loader = PACKAGES / "hypothesis" / "core.py", PACKAGES / "yaml" / "__init__.py"

    assert release_of("shop", str(core)) == f"hypothesis {version('hypothesis')}"
    assert release_of("yaml", str(loader)) == f"PyYAML {version('PyYAML')}"
    assert release_of("odd", str(PACKAGES / "odd_one.py")) == "odd_one"


def test_this_library_counts_by_its_version_wherever_it_lies() -> None:
    found = release_of_object(release_of)

    assert found is not None
    assert found.startswith("flowdsl ")


def test_a_class_of_the_main_module_is_the_users_own() -> None:
    made = type("Made", (), {"__module__": "__main__"})

    assert release_of_object(made) is None
