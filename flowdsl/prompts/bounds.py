"""How far a template may go: rounds, sizes of texts, lists and numbers; and filters that keep to it."""

from __future__ import annotations

from collections.abc import Sized

from flowdsl.errors.prompts import TemplateLimitError
from flowdsl.prompts.show import is_row

MAX_ROUNDS = 100_000
"""Loop rounds and calls of one rendering, together."""
MAX_SIZE = 10_000_000
"""Characters of a rendered prompt; characters or items of anything made on the way."""
MAX_BITS = 4096
"""Size of a whole number made by a template."""
MAX_DIGITS = 300
"""Digits that `round` takes."""


class Rounds:
    """Counts what one rendering does, and stops it when it does too much."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_ROUNDS

    def spend(self) -> None:
        """Count one more round or call.

        Raises:
            TemplateLimitError: There were more than `MAX_ROUNDS`.
        """
        self.left -= 1
        if self.left < 0:
            raise TemplateLimitError(f"it runs more than {MAX_ROUNDS:,} loop rounds and calls")


def check_size(size: int) -> None:
    """Refuse a text or a list that would grow too large.

    Raises:
        TemplateLimitError: It is larger than `MAX_SIZE`.
    """
    if size > MAX_SIZE:
        raise TemplateLimitError(f"it makes more than {MAX_SIZE:,} characters or items")


def check_range(made: range) -> None:
    """Refuse a range that no loop could get through.

    Raises:
        TemplateLimitError: It has more than `MAX_ROUNDS` numbers.
    """
    if made[MAX_ROUNDS:]:
        raise TemplateLimitError(f"it makes a range of more than {MAX_ROUNDS:,} numbers")


def check_operator(operator: str, left: object, right: object) -> None:
    """Refuse an operation whose result would be too large, before it is done.

    Raises:
        TemplateLimitError: The result is past the bounds.
        TypeError: `%` on a text, which formats in Python and has no place in a template.
    """
    match operator:
        case "+":
            check_size(_size(left) + _size(right))
        case "*":
            check_size(_size(left) * _times(right) + _size(right) * _times(left))
            _check_bits(_bits(left) + _bits(right))
        case "**":
            _check_bits(_bits(left) * abs(right) if isinstance(right, int) else 0)
        case _:
            if isinstance(left, str | bytes):
                raise TypeError("'%' does not fill in texts here; write {{ a }} or a ~ b")


def check_method(owner: str, name: str, args: tuple[object, ...]) -> None:
    """Refuse `replace` and `join` of texts whose result would be too large."""
    match name, args:
        case "replace", (str() as old, str() as new, *_):
            _check_replaced(owner, old, new)
        case "join", (parts,) if is_row(parts):
            check_size(len(owner) * len(parts) + sum(_size(part) for part in parts))
        case "join", _:
            raise TypeError("join takes a list")
        case _:
            pass


def replace(text: str, old: str, new: str, count: int = -1) -> str:
    """Put `new` for every `old` (the first `count`)."""
    _check_replaced(text, old, new)
    return text.replace(old, new, count)


def indent(text: str, width: int = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002 - Jinja's own signature
    """Put blanks before every line but the first; empty lines stay empty."""
    lines = text.split("\n")
    check_size(len(text) + len(lines) * max(width, 0))
    pad = " " * width
    done = [pad + line if line else line for line in lines[1:]]
    return "\n".join([pad + lines[0] if first else lines[0], *done])


def round_to(value: float, digits: int = 0) -> float:
    """Round half to even, as Python does; to a whole number when no digits are asked for."""
    if abs(digits) > MAX_DIGITS:
        raise TemplateLimitError(f"it rounds to more than {MAX_DIGITS} digits")
    return round(value, digits) if digits else round(value)


def _check_replaced(text: str, old: str, new: str) -> None:
    check_size(len(text) + (text.count(old) if old else len(text) + 1) * len(new))


def _size(value: object) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _times(value: object) -> int:
    return max(value, 0) if isinstance(value, int) else 0


def _bits(value: object) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _check_bits(bits: int) -> None:
    if bits > MAX_BITS:
        raise TemplateLimitError("it makes a whole number of more than a thousand digits")
