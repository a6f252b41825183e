"""Where in the user's source a call stands."""

# Frames are looked at on every traced call; `sys._getframe` is the way that costs nothing.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import os
import sys
from types import CodeType, FrameType
from typing import cast

from flowdsl.errors.base import Place

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep  # noqa: PTH100, PTH120 - on the hot import path
_shown: dict[str, str] = {}


def _is_ours(filename: str) -> bool:
    return filename.startswith(_OURS)


def shown_path(filename: str) -> str:
    """A file's path as a user would name it: below the working folder relative, a notebook cell by its number."""
    known = _shown.get(filename)
    if known is None:
        known = _shown[filename] = _cell(filename) or _relative(filename)
    return known


def _relative(filename: str) -> str:
    if not os.path.isabs(filename):  # noqa: PTH117 - `<stdin>` and the like are no paths
        return filename
    below = os.path.relpath(filename)
    return filename if below.startswith("..") else below


def _cell(filename: str) -> str | None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    cells = getattr(getattr(shell, "compile", None), "_filename_map", None)
    number = cast("dict[str, int]", cells).get(filename) if isinstance(cells, dict) else None
    return None if number is None else f"cell In[{number}]"


def caller_locals() -> dict[str, object]:
    """Local names where the function that calls this one was called."""
    return sys._getframe(2).f_locals  # noqa: SLF001 - inspect.currentframe would be this and a check


def here() -> Place:
    """The innermost line that is not flowdsl's own."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect.stack() would read files
    while frame is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return Place("<unknown>", 1)
    return place_of(frame.f_code, frame.f_lineno)


def place_of(code: CodeType, line: int) -> Place:
    """A line of some code."""
    name = code.co_name
    path = shown_path(code.co_filename)
    if path.startswith(("cell ", "<")):
        import linecache

        return Place(
            path, line, None, name, linecache.getline(code.co_filename, line).strip() or None
        )
    return Place(path, line, None, name if name != "<module>" else None)


def name_of_function(function: object) -> str:
    """A function's own name."""
    return str(getattr(function, "__name__", "function"))


def place_of_function(function: object) -> Place | None:
    """The line a function's definition begins at."""
    code = getattr(function, "__code__", None)
    return place_of(code, code.co_firstlineno) if isinstance(code, CodeType) else None
