"""What the parser builds for each rule of the Python dialect's grammar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from flowdsl.errors import near
from flowdsl.expressions.operators import OPERATORS
from flowdsl.expressions.spelling import (
    FUNCTIONS,
    METHODS,
    is_name,
    normal_name,
    read_number,
    unquote,
)
from flowdsl.ir.expr import Apply, Const, Expr, Name

_Tail: TypeAlias = tuple[str, Expr]
"""The rest of a comparison: an operator's key and the right side."""

_NOTHING, _TRUE, _FALSE = Const(None), Const(value=True), Const(value=False)


class Word(Protocol):
    """A token of lark's, which is a `str` too."""

    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...


class RefusedError(Exception):
    """A token fits the grammar, but not what it would have to mean."""

    def __init__(self, word: Word, found: str, advice: str = "") -> None:
        super().__init__(found)
        self.line = word.line or 1
        self.column = word.column or 1
        self.found = found
        self.advice = advice


def _apply(key: str) -> Callable[..., Expr]:
    return lambda *operands: Apply(key, operands)


def _word(word: Word) -> str:
    name = normal_name(str(word))
    if not is_name(name):
        raise RefusedError(word, f"'{name}' is a word of Python's own and cannot be a name")
    return name


def _name(word: Word) -> Expr:
    return Name(_word(word))


def _numeral(word: Word) -> int | float:
    literal = str(word)
    try:
        number = read_number(literal)
    except ValueError:
        raise RefusedError(word, "the number has too many digits") from None
    if isinstance(number, int) and literal[0] == "0" and number:
        raise RefusedError(word, f"'{literal}' starts with a zero", f"write {number}.")
    return number


def _number(word: Word) -> Expr:
    return Const(_numeral(word))


def _negative(word: Word) -> Expr:
    return Const(-_numeral(word))


def _text(word: Word) -> Expr:
    try:
        return Const(unquote(str(word)))
    except ValueError as error:
        raise RefusedError(word, str(error), "write a backslash as `\\\\`.") from None


def _attr(owner: Expr, field: Word) -> Expr:
    return Apply("attr", (owner, Const(_word(field))))


def _method(owner: Expr, name: Word, arguments: Sequence[Expr]) -> Expr:
    return _called(name, "method", METHODS, (owner, *arguments))


def _call(name: Word, arguments: Sequence[Expr]) -> Expr:
    return _called(name, "function", FUNCTIONS, tuple(arguments))


def _called(name: Word, kind: str, table: Mapping[str, str], operands: tuple[Expr, ...]) -> Expr:
    called = str(name)
    key = table.get(called)
    if key is None:
        raise RefusedError(name, f"there is no {kind} '{called}'", near(called, list(table)))
    row = OPERATORS[key]
    # A set's display has braces; only the empty one, which has none, is spelled as a call.
    most = 0 if key == "set" else row.most
    if len(operands) < row.least or (most is not None and len(operands) > most):
        raise RefusedError(name, f"{kind} '{called}' does not take so many or so few arguments")
    return Apply(key, operands)


def _compared(first: Expr, *tails: _Tail) -> Expr:
    """One comparison, or Python's chain: `a < b < c` is `a < b and b < c`."""
    parts: list[Expr] = []
    left = first
    for key, right in tails:
        operands = (left,) if key.startswith("is_") else (left, right)
        parts.append(Apply(key, operands))
        left = right
    return parts[0] if len(parts) == 1 else Apply("all_of", tuple(parts))


def _tail(key: str) -> Callable[..., _Tail]:
    def build(right: Expr = _NOTHING) -> _Tail:
        return key, right

    return build


_COMPARISONS = {
    row.symbol: row.key for row in OPERATORS.values() if row.rule in {"equality", "order"}
}


def _compare_tail(sign: object, right: Expr) -> _Tail:
    return _COMPARISONS[str(sign)], right


def _arguments(*found: Expr | None) -> list[Expr]:
    return [each for each in found if each is not None]


def _slice(start: Expr, stop: Expr, step: Expr = _NOTHING) -> Expr:
    return Apply("slice", (start, stop, step))


def _bound(found: Expr | None = None) -> Expr:
    return _NOTHING if found is None else found


def _dict(*pairs: tuple[Expr, Expr]) -> Expr:
    return Apply("dict", tuple(part for pair in pairs for part in pair))


def _pair(key: Expr, value: Expr) -> tuple[Expr, Expr]:
    return key, value


def _choice(then: Expr, condition: Expr, otherwise: Expr) -> Expr:
    return Apply("if", (condition, then, otherwise))


def _tuple_of(first: Expr, rest: Sequence[Expr]) -> Expr:
    return Apply("tuple", (first, *rest))


def _list(items: Sequence[Expr]) -> Expr:
    return Apply("list", tuple(items))


_INLINE: Mapping[str, Callable[..., object]] = {
    **{
        key: _apply(key)
        for key in (
            "add",
            "sub",
            "mul",
            "truediv",
            "floordiv",
            "mod",
            "pow",
            "neg",
            "pos",
            "all_of",
            "any_of",
            "getitem",
        )
    },
    "choice": _choice,
    "not_": _apply("not"),
    "compared": _compared,
    "tail": _compare_tail,
    "tail_in": _tail("in"),
    "tail_not_in": _tail("not_in"),
    "tail_is_none": _tail("is_none"),
    "tail_is_not_none": _tail("is_not_none"),
    "negative": _negative,
    "attr": _attr,
    "method": _method,
    "slice": _slice,
    "bound": _bound,
    "name": _name,
    "call": _call,
    "number": _number,
    "text": _text,
    "none": lambda: _NOTHING,
    "true": lambda: _TRUE,
    "false": lambda: _FALSE,
    "tuple": _apply("tuple"),
    "tuple_of": _tuple_of,
    "list": _list,
    "dict": _dict,
    "set_": _apply("set"),
    "pair": _pair,
    "arguments": _arguments,
}


def _spread(callback: Callable[..., object]) -> Callable[[list[object]], object]:
    return lambda children: callback(*children)


PYTHON_CALLBACKS: Mapping[str, Callable[[list[object]], object]] = {
    rule: _spread(callback) for rule, callback in _INLINE.items()
}
"""By rule: what its parts become."""
