"""A part of an earlier reply: whole, a field, an excerpt, a summary cut to length."""

from __future__ import annotations

from typing import assert_never

from flowdsl.errors.base import near
from flowdsl.errors.prompts import RenderError
from flowdsl.ir.prompt import FromStep
from flowdsl.prompts.show import is_mapping, is_row, show, to_document

SUMMARY = 500
"""Characters of a summary whose length is not given."""


def take(value: object, part: FromStep) -> str:
    """The text that a part shows of an earlier step's value.

    Raises:
        RenderError: There is no such field, or no value.
    """
    if value is None:
        raise RenderError(f"the step behind '{part.port}' gave no value", place=None)
    match part.select:
        case "whole":
            return show(value)
        case "field":
            return show(_field(value, part.argument or ""))
        case "excerpt":
            return show(value)[: _length(part)]
        case "summary":
            text, limit = show(value), _length(part)
            return text if len(text) <= limit else text[: max(limit - 3, 0)] + "..."
        case _:
            assert_never(part.select)


def _length(part: FromStep) -> int:
    try:
        return max(int(part.argument or SUMMARY), 0)
    except ValueError:
        raise RenderError(f"'{part.argument}' is no length", place=None) from None


def _field(value: object, path: str) -> object:
    """The value at a dotted path; numbers are positions in lists."""
    here = to_document(value)
    for name in path.split("."):
        if is_mapping(here) and name in here:
            here = here[name]
        elif is_row(here) and name.isdecimal() and int(name) < len(here):
            here = here[int(name)]
        else:
            known = [str(key) for key in here] if is_mapping(here) else []
            raise RenderError(
                f"there is no '{name}' on the way to '{path}'", place=None, cure=near(name, known)
            )
    if here is None:
        raise RenderError(f"'{path}' is empty", place=None)
    return here
