"""Which code is the user's own, and which comes with Python or a distribution, whose version stands for it."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version

_OWN = "flowdsl"


@cache
def _roots() -> tuple[tuple[str, ...], str]:
    paths = sysconfig.get_paths()
    packages = {paths[name] for name in ("purelib", "platlib")}
    packages |= {each for each in sys.path if each.endswith(("site-packages", "dist-packages"))}
    return tuple(sorted(packages)), paths["stdlib"]


def release_of(module: str, file: str | None) -> str | None:
    """`name version` of the distribution a module belongs to, `python 3.11` for the standard library.

    Args:
        module: The module's full name.
        file: The file of the code; `None` for built-in modules.

    Returns:
        `None` for the user's own code.
    """
    top = module.partition(".")[0]
    if top == _OWN:
        return _distribution(top)
    packages, stdlib = _roots()
    if file is not None and file.startswith(packages):
        return _distribution(top)
    if file is None or file.startswith((stdlib, "<frozen")):
        return (
            None
            if top == "__main__"
            else f"python {sys.version_info.major}.{sys.version_info.minor}"
        )
    return None


@cache
def _distribution(top: str) -> str:
    try:
        return f"{top} {version(top)}"
    except PackageNotFoundError:
        names = packages_distributions().get(top, [])
        return " ".join(f"{name} {version(name)}" for name in sorted(set(names))) or top


def release_of_object(value: type | Callable[..., object]) -> str | None:
    """As `release_of`, for a class or a function."""
    code = getattr(value, "__code__", None)
    module = str(getattr(value, "__module__", None) or "builtins")
    loaded = sys.modules.get(module)
    file = code.co_filename if code is not None else getattr(loaded, "__file__", None)
    return release_of(module, file)
