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
    for root in packages:
        if file is not None and file.startswith(root):
            # A decorated function bears the module's name of what it wraps; its file tells whose it is.
            return _distribution(
                file.removeprefix(root)
                .strip("/\\")
                .replace("\\", "/")
                .split("/")[0]
                .removesuffix(".py")
            )
    if file is None or file.startswith((stdlib, "<frozen")):
        return f"python {sys.version_info.major}.{sys.version_info.minor}"
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
    if code is not None:
        return release_of(module, code.co_filename)
    if module == "__main__":
        return None
    return release_of(module, getattr(sys.modules.get(module), "__file__", None))
