"""The public packages load on use, and yet tell all they hold."""

import importlib

import pytest

from tests.house import PUBLIC_MODULES


@pytest.mark.parametrize("name", PUBLIC_MODULES)
def test_a_package_lists_every_public_name(name: str) -> None:
    module = importlib.import_module(name)

    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("name", PUBLIC_MODULES)
def test_what_a_package_does_not_hold_is_told_as_python_tells_it(name: str) -> None:
    module = importlib.import_module(name)

    missing = "nothing"

    with pytest.raises(AttributeError, match=rf"module '{name}' has no attribute 'nothing'"):
        getattr(module, missing)
