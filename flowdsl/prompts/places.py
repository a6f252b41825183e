"""From a line of a template to the line and column of the file it was written in."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from flowdsl.errors.base import Place

_WINDOW = 500
"""Lines after the template's own place in which its text is looked for."""


def locate(source: str, line: int, place: Place | None, *, name: str | None = None) -> Place | None:
    """Where a template's line stands in the user's file.

    Args:
        source: The normalised template.
        line: Line of the template, from 1.
        place: Where the template's text begins in the file; `None` when it was not written in one.
        name: What to point at in the line; without it, at the first braces.

    Returns:
        The place of the line, with a column when the line is found in the file as it is written; else `place`,
        showing the template's line.
    """
    if place is None:
        return None
    wanted = source.split("\n")
    text = wanted[line - 1].strip() if 0 < line <= len(wanted) else ""
    found = _find([each.strip() for each in wanted], line - 1, _lines_from(place))
    if found is None or not text:
        return place._replace(snippet=text or place.snippet)
    offset, written = found
    start = written.find(text)
    column = start + _offset(text, name) + 1
    return Place(place.path, place.line + offset, column, place.function, text)


def _lines_from(place: Place) -> list[str]:
    """The lines of the file from the place on; empty when it cannot be read."""
    import linecache

    if os.path.exists(place.path):  # noqa: PTH110 - a cell's title is no path, and need not be made one
        linecache.checkcache(place.path)
    return linecache.getlines(place.path)[place.line - 1 : place.line - 1 + _WINDOW]


def _find(wanted: Sequence[str], at: int, lines: Sequence[str]) -> tuple[int, str] | None:
    """Offset and text of the line that holds line `at` of the template."""
    for start in range(len(lines) - len(wanted) + 1):
        if all(want in lines[start + n] for n, want in enumerate(wanted)):
            return start + at, lines[start + at]
    for offset, line in enumerate(lines):  # written with escapes, or in pieces
        if 0 <= at < len(wanted) and wanted[at] and wanted[at] in line:
            return offset, line
    return None


def _offset(text: str, name: str | None) -> int:
    """Where in a line of a template the thing meant stands."""
    if name is not None:
        inside = re.search(rf"\{{[{{%][^}}]*?(?<![\w.])({re.escape(name)})(?!\w)", text)
        return inside.start(1) if inside else 0
    braces = re.search(r"\{[{%#]", text)
    return braces.start() if braces else 0
