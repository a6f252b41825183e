"""Where in the user's source a call stands."""

# Frames are looked at on every traced call; `sys._getframe` is the way that costs nothing.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import sys
from types import CodeType, FrameType

from flowdsl.errors.base import Place
from flowdsl.errors.sources import OURS, STANDARD, cell_of, relative

_PACKAGES = ("site-packages", "dist-packages")
_shown: dict[str, str] = {}
_passed_over: dict[str, bool] = {}


def _is_ours(filename: str) -> bool:
    """Whether a file is flowdsl's or Python's own, so that nobody wants to be pointed at it."""
    known = _passed_over.get(filename)
    if known is None:
        standard = filename.startswith(STANDARD) and not any(
            folder in filename for folder in _PACKAGES
        )
        known = filename.startswith((OURS, "<frozen ")) or standard
        _passed_over[filename] = known
    return known


def shown_path(filename: str) -> str:
    """A file's path as a user would name it: below the working folder relative, a notebook cell by its number."""
    known = _shown.get(filename)
    if known is None:
        cell = cell_of(filename)
        if cell is not None:  # not kept: a cell that is run again gets another number
            return cell
        known = _shown[filename] = relative(filename)
    return known


def caller_locals() -> dict[str, object]:
    """Local names where the function that calls this one was called."""
    return sys._getframe(2).f_locals  # noqa: SLF001 - inspect.currentframe would be this and a check


def here() -> Place:
    """The innermost line that is neither flowdsl's own nor Python's."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect.stack() would read files
    while frame is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return Place("<unknown>", 1)
    return place_of(frame.f_code, frame.f_lineno)


def place_of_failure(error: BaseException, function: object) -> Place | None:
    """Where a function's own file was left for the last time on the way to an error."""
    path = getattr(getattr(function, "__code__", None), "co_filename", None)
    found: Place | None = None
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == path:
            found = place_of(code, step.tb_lineno)
        step = step.tb_next
    return found


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
