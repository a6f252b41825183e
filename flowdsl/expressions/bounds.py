"""What operators do where Python's own would do too much: expressions may come from other people's files."""

from __future__ import annotations

import operator
from collections.abc import Callable
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FrameType,
    GeneratorType,
    TracebackType,
)
from typing import NoReturn

from flowdsl.errors.expressions import OutsizeError
from flowdsl.ir.narrowing import is_list, is_tuple

MAX_DEPTH = 150
"""Levels that operands after the first may nest; first operands (`a + b + c + …`) nest freely."""
MAX_ITEMS = 1_000_000
"""Characters or items (nested ones counted) that repeating a text or a list may give."""
MAX_BITS = 65_536
"""Bits of a whole number that a power may give."""
MAX_DIGITS = 1_000
"""Digits left or right of the point that rounding may name."""

INTERNAL_NAMES = frozenset(
    name
    for kind in (
        AsyncGeneratorType,
        CodeType,
        CoroutineType,
        FrameType,
        GeneratorType,
        TracebackType,
    )
    for name in dir(kind)
    if name.startswith(("ag_", "co_", "cr_", "f_", "gi_", "tb_"))
)
"""Attributes that lead from a value into the running program."""


def python_operator(name: str) -> Callable[..., object]:
    """Python's own operator by its name in the module `operator`."""
    function: Callable[..., object] = getattr(operator, name)
    return function


_mul, _pow, _mod = map(python_operator, ("mul", "pow", "mod"))


def readable(name: str) -> bool:
    """Whether an expression may read the attribute `name`: not a private one, not Python's inside."""
    return not name.startswith("_") and name not in INTERNAL_NAMES


def getattr_(value: object, name: object) -> object:
    """The field `name` of an object; never a method, a private name, or Python's inside.

    Raises:
        AttributeError: There is no such field, or it may not be read.
    """
    if not isinstance(name, str) or not readable(name):
        message = f"'{name}' is not for expressions to read"
        raise AttributeError(message)
    found: object = getattr(value, name)
    if callable(found):
        refuse_method(name)
    return found


def refuse_method(name: str) -> NoReturn:
    """Say that `name` is a method and not a field.

    Raises:
        AttributeError: Always.
    """
    message = f"'{name}' is a method, and expressions read fields only"
    raise AttributeError(message)


def mul(left: object, right: object) -> object:
    """Python's `*`, with repetition bounded.

    Raises:
        OutsizeError: The repeated text or list would hold more than `MAX_ITEMS`.
    """
    for repeated, times in ((left, right), (right, left)):
        _bound_repetition(repeated, times)
    return _mul(left, right)


def _bound_repetition(repeated: object, times: object) -> None:
    if isinstance(times, int) and times > 1 and _weight(repeated) * times > MAX_ITEMS:
        raise OutsizeError(
            f"repeating a {type(repeated).__name__} {times:,} times", limit=MAX_ITEMS, unit="items"
        )


def _weight(value: object) -> int:
    """Items of a value, nested ones counted each time they occur, up to the bound."""
    total = 0
    todo = [value]
    while todo and total <= MAX_ITEMS:
        match todo.pop():
            case str() | bytes() as text:
                total += len(text)
            case inner if is_list(inner) or is_tuple(inner):
                total += len(inner)
                todo.extend(inner)
            case _:
                pass
    return total


def pow_(base: object, exponent: object) -> object:
    """Python's `**`, with the result's size bounded.

    Raises:
        OutsizeError: The result would have more than `MAX_BITS` bits.
    """
    if (
        isinstance(exponent, int)
        and not isinstance(base, float | complex)
        and _outsize(base, exponent)
    ):
        raise OutsizeError(f"a power with the exponent {exponent:,}", limit=MAX_BITS, unit="bits")
    return _pow(base, exponent)


def _outsize(base: object, exponent: int) -> bool:
    bits = base.bit_length() if isinstance(base, int) else 2
    return bits > 1 and bits * abs(exponent) > MAX_BITS


def mod(left: object, right: object) -> object:
    """Python's `%` on numbers; formatting text with `%` is not an expression's business.

    Raises:
        TypeError: The left side is text.
    """
    if isinstance(left, str | bytes | bytearray):
        message = "% on text formats it, which expressions leave to text(...)"
        raise TypeError(message)
    return _mod(left, right)


def round_(number: object, digits: object = None) -> object:
    """Python's `round`.

    Raises:
        OutsizeError: More than `MAX_DIGITS` digits are named.
    """
    if isinstance(digits, int) and abs(digits) > MAX_DIGITS:
        raise OutsizeError(f"rounding to {digits:,} digits", limit=MAX_DIGITS, unit="digits")
    rounder: object = getattr(type(number), "__round__", None)
    if not callable(rounder):
        message = f"type {type(number).__name__} doesn't define __round__ method"
        raise TypeError(message)
    return rounder(number) if digits is None else rounder(number, digits)


def text_method(name: str) -> Callable[..., object]:
    """The function that calls the method `name` of a text, and refuses every other value."""
    method: Callable[..., object] = getattr(str, name)

    def call(value: object, *arguments: object) -> object:
        return method(_text_only(value, name), *arguments)

    return call


def _text_only(value: object, name: str) -> str:
    match value:
        case str():
            return value
        case _:
            message = f"'{type(value).__name__}' is not text, so it has no '{name}'"
            raise AttributeError(message)


def display_dict(*parts: object) -> dict[object, object]:
    """A dict out of alternating keys and values."""
    return dict(zip(parts[::2], parts[1::2], strict=True))


def display_set(*parts: object) -> set[object]:
    """A set of its operands."""
    return set(parts)


def display_list(*parts: object) -> list[object]:
    """A list of its operands."""
    return list(parts)


def display_tuple(*parts: object) -> tuple[object, ...]:
    """A tuple of its operands."""
    return parts


def choose(condition: object, then: object, otherwise: object) -> object:
    """One of two values; in an expression the other one is not even computed."""
    return then if condition else otherwise


def all_of(*conditions: object) -> bool:
    """Whether all hold; in an expression those after the first that does not are not computed."""
    return all(conditions)


def any_of(*conditions: object) -> bool:
    """Whether one holds; in an expression those after it are not computed."""
    return any(conditions)
