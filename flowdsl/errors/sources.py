"""The lines of a user's own source that an error went through: what a notebook shows in place of a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowdsl.errors.redaction import redact

if TYPE_CHECKING:
    from types import TracebackType

OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep  # noqa: PTH100, PTH120 - on the hot import path
"""The folder of flowdsl's own files."""
STANDARD = os.path.dirname(os.path.abspath(os.__file__)) + os.sep  # noqa: PTH100, PTH120 - likewise
"""The folder of Python's own."""
_MOST = 6
"""Lines shown of one error's way; of a deep recursion the ends say enough."""


def cell_of(filename: str) -> str | None:
    """A notebook cell by its number, `cell In[3]`; `None` for any other source."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    cells: object = getattr(getattr(shell, "compile", None), "_filename_map", None)
    find: object = getattr(cells, "get", None)
    number: object = find(filename) if callable(find) else None
    return None if number is None else f"cell In[{number}]"


def in_notebook(error: BaseException, problems: tuple[BaseException, ...]) -> list[str]:
    """An error for a notebook: what it says, where its causes arose, and where in the user's code it was called.

    Args:
        error: What was raised.
        problems: All that it stands for; their causes are told too.
    """
    told = [str(error) or type(error).__name__]
    seen: set[int] = set()
    for problem in problems:
        cause = problem.__cause__
        while cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            told += _cause(cause)
            cause = cause.__cause__ or cause.__context__
    lines = list(_lines(error.__traceback__, keep_last=False))
    if lines:
        told.append("\n".join(["called from", *lines]))
    return redact("\n\n".join(told)).split("\n")


def _cause(cause: BaseException) -> Iterator[str]:
    lines = list(_lines(cause.__traceback__, keep_last=True))
    if lines:
        said = f"{type(cause).__name__}: {cause}".strip(": ")
        yield "\n".join([said, *lines])


def _lines(trace: TracebackType | None, *, keep_last: bool) -> Iterator[str]:
    """The user's lines on the way; and the last one, whosever it is, for there the error arose."""
    found: list[tuple[str, int, str]] = []
    while trace is not None:
        code, line = trace.tb_frame.f_code, trace.tb_lineno
        is_last = keep_last and trace.tb_next is None
        if not is_ours(code.co_filename) and (is_last or not is_foreign(code.co_filename)):
            found.append((code.co_filename, line, code.co_name))
        trace = trace.tb_next
    # A library's line alone is not worth a look: the user's own code was not on the way.
    if all(is_foreign(filename) for filename, _, _ in found):
        return
    left_out = len(found) - _MOST
    if left_out > 0:
        half = _MOST // 2
        yield from map(_line, found[:half])
        yield f"  … {left_out} more"
        found = found[-half:]
    yield from map(_line, found)


def _line(spot: tuple[str, int, str]) -> str:
    import linecache

    filename, line, function = spot
    inside = "" if function == "<module>" else f", in {function}"
    text = linecache.getline(filename, line).strip()
    shown = f"\n     {text}" if text else ""
    return f"  at {cell_of(filename) or relative(filename)}:{line}{inside}{shown}"


def raised_in(trace: TracebackType | None) -> tuple[str, int, str | None] | None:
    """The innermost of the user's lines that an error went through: file, line and function."""
    found: tuple[str, int, str | None] | None = None
    while trace is not None:
        code, line = trace.tb_frame.f_code, trace.tb_lineno
        if not is_ours(code.co_filename) and not is_foreign(code.co_filename):
            inside = None if code.co_name == "<module>" else code.co_name
            found = (cell_of(code.co_filename) or relative(code.co_filename), line, inside)
        trace = trace.tb_next
    return found


def relative(filename: str) -> str:
    """A file's path, below the working folder relative."""
    if not os.path.isabs(filename):  # noqa: PTH117 - `<stdin>` and the like are no paths
        return filename
    below = os.path.relpath(filename)
    return filename if below.startswith("..") else below


def is_ours(filename: str) -> bool:
    """Whether a file belongs to flowdsl."""
    return filename.startswith(OURS)


def is_foreign(filename: str) -> bool:
    """Whether a file belongs to Python or to an installed library."""
    if cell_of(filename) is not None:
        return False
    parts = filename.replace(os.sep, "/")
    return (
        "/site-packages/" in parts
        or "/dist-packages/" in parts
        or filename.startswith((STANDARD, "<frozen "))
    )
