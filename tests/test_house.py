"""The house keeps its shape: sizes, mirrors, names, doors, and dodges that only grow fewer."""

import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house import (
    COUNTED,
    PINNED_NAMES,
    PUBLIC_MODULES,
    ROOT,
    TREES,
    comments,
    committed_counts,
    count_dodges,
    dodges,
    has_behaviour,
    imported_names,
    project_files,
    public_names,
    python_files,
    relative,
    rooms,
    text_files,
)

LINE_LIMIT = 400

# Tests of the whole that belong to no single room.
OTHER_TEST_ROOMS = frozenset(
    {"", "chaos", "compat_yaml", "library", "newcomer", "notebooks", "typing"}
)

NAMES_THAT_SAY_NOTHING = frozenset(
    {"common", "helper", "helpers", "info", "manager2", "misc", "part2", "util", "utils"},
)

# The odd brackets keep this file from containing what it forbids.
FORBIDDEN_TEXT = {
    "an absolute path of somebody's machine": re.compile(
        r"(?<![\w.~$}/-])/(?:home|root|work|Users)/\w",
    ),
    "the address of a package registry": re.compile(
        r"\b[p]ypi\.org|[p]ythonhosted\.org|[r]egistry\.npmjs|[d]eb\.debian",
    ),
    "an unfinished thought": re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX|[N]otImplementedError)\b"),
}

HEAVY = ("anthropic", "asyncio", "google.genai", "jinja2", "lark", "networkx", "orjson", "pydantic")
FRONT_DOOR = ("each", "pipeline", "prompt", "step", "when")


def _modules_of(package: str) -> list[Path]:
    return [file for file in python_files(package) if file.stem not in {"__init__", "__main__"}]


@pytest.mark.parametrize("tree", [*TREES, "docs"])
def test_every_file_stays_short(tree: str) -> None:
    lengths = {
        relative(file): len(file.read_text(encoding="utf-8").splitlines())
        for file in python_files(tree)
    }

    assert {name: n for name, n in lengths.items() if n >= LINE_LIMIT} == {}


def test_every_name_says_what_lives_there() -> None:
    named = {relative(f) for f in project_files() if f.stem in NAMES_THAT_SAY_NOTHING}

    assert named == set()


def test_every_test_file_lies_in_the_room_it_tests() -> None:
    tested = rooms() | OTHER_TEST_ROOMS
    strays = {
        relative(file)
        for file in python_files("tests")
        if file.name.startswith("test_")
        and (file.relative_to(ROOT / "tests").parts[:-1] or ("",))[0] not in tested
    }

    assert strays == set()


def test_every_module_with_behaviour_has_a_test_file_of_its_name() -> None:
    tests = [file.relative_to(ROOT / "tests") for file in python_files("tests")]
    untested: set[str] = set()
    for module in _modules_of("flowdsl"):
        if not has_behaviour(module.read_text(encoding="utf-8")):
            continue
        place = module.relative_to(ROOT / "flowdsl")
        stem = f"test_{place.stem.strip('_')}"
        if not any(t.parent == place.parent and t.stem.startswith(stem) for t in tests):
            untested.add(place.as_posix())

    assert untested == set()


def _rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as the linter sorts them."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_public_names_are_sorted_and_pinned() -> None:
    for name in PUBLIC_MODULES:
        exported: list[str] = list(importlib.import_module(name).__all__)
        assert exported == sorted(exported, key=_rank), name

    assert public_names() == PINNED_NAMES.read_text(encoding="utf-8").split()


def test_every_public_name_can_be_had() -> None:
    missing = [
        f"{name}.{part}"
        for name in PUBLIC_MODULES
        for module in [importlib.import_module(name)]
        for part in module.__all__
        if not hasattr(module, part)
    ]

    assert missing == []


def test_no_module_hides_a_public_name_of_the_same_spelling() -> None:
    script = (
        "import importlib, inspect, flowdsl\n"
        "for name in flowdsl.__all__:\n"
        "    try:\n"
        "        importlib.import_module(f'flowdsl.{name}')\n"
        "    except ModuleNotFoundError:\n"
        "        pass\n"
        "print([n for n in flowdsl.__all__ if inspect.ismodule(getattr(flowdsl, n))])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("dodge", COUNTED)
def test_dodges_only_grow_fewer(tree: str, dodge: str) -> None:
    now = count_dodges()[tree][dodge]

    assert now == committed_counts()[tree][dodge], (
        "more than agreed: find another way; fewer: write the lower number with python tests/house.py"
    )


def test_a_dodge_in_a_string_is_not_counted() -> None:
    source = "from typing import Any\nx: Any = '# noqa'  # noqa: E501 - a reason\ny = '# pragma: no cover'\n"

    assert dodges(source) == {"Any": 1, "noqa": 1}


@pytest.mark.parametrize("tree", [*TREES, "docs"])
def test_every_dodge_in_the_source_has_its_reason(tree: str) -> None:
    bare = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|pyright:\s*ignore(?:\[[\w, ]+\])?)\s*$")
    without = {
        f"{relative(file)}: {comment}"
        for file in python_files(tree)
        for comment in comments(file.read_text(encoding="utf-8"))
        if bare.search(comment)
    }

    assert without == set()


def test_the_library_imports_only_what_is_public() -> None:
    pinned = set(PINNED_NAMES.read_text(encoding="utf-8").split())
    private: set[str] = set()
    for file in python_files("library"):
        for module, name in imported_names(file.read_text(encoding="utf-8")):
            if module.split(".")[0] != "flowdsl":
                continue
            known = module in PUBLIC_MODULES if not name else f"{module}.{name}" in pinned
            if not known and f"{module}.{name}" not in PUBLIC_MODULES:
                private.add(f"{relative(file)}: {module}.{name}")

    assert private == set()


@pytest.mark.parametrize("what", FORBIDDEN_TEXT)
def test_no_file_contains(what: str) -> None:
    found = {
        f"{relative(file)}:{number}: {line.strip()[:80]}"
        for file in text_files()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if FORBIDDEN_TEXT[what].search(line)
    }

    assert found == set()


def test_every_room_of_adapters_is_protected() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    protected = {name for contract in contracts for name in contract.get("protected_modules", [])}
    adapters = {room for room in ("providers", "stores", "sandbox") if room in rooms()}

    assert adapters <= {name.split(".")[1] for name in protected if name.count(".") > 1}
    assert all("ignore_imports" not in contract for contract in contracts)


def test_the_front_door_loads_nothing_heavy() -> None:
    script = (
        "import sys, flowdsl\n"
        f"names = [n for n in {FRONT_DOOR!r} if n in getattr(flowdsl, '__all__', ())]\n"
        "[getattr(flowdsl, n) for n in names]\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "", "PYTHONPATH": str(ROOT)},
    )

    assert done.stdout.strip() == "[]"


def test_notebooks_carry_no_outputs() -> None:
    carried = {
        relative(file)
        for file in project_files()
        if file.suffix == ".ipynb"
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]
        if cell.get("outputs") or cell.get("execution_count") is not None
    }

    assert carried == set()


def test_the_requirements_name_no_index() -> None:
    address = re.compile(r"://|--(?:extra-)?index|--find-links|^-i\b|@ file", re.MULTILINE)
    pins = sorted((ROOT / "requirements").glob("*.txt"))

    assert pins
    for pin in pins:
        assert address.findall(pin.read_text(encoding="utf-8")) == [], pin.name
