"""Writes an expression as text: the parser's inverse, with as few brackets as the reader needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flowdsl.errors.base import FlowError
from flowdsl.errors.expressions import OutsizeError, UnwritableError
from flowdsl.expressions import operators as binding
from flowdsl.expressions.bounds import MAX_DEPTH
from flowdsl.expressions.operators import Dialect, Operator, spine
from flowdsl.expressions.spelling import is_name, number_text, quote
from flowdsl.ir.expr import Apply, Const, Expr, Name

_SHOWN = 80
"""Characters of an expression that a message quotes."""


class _Text(NamedTuple):
    """A written part, and how tightly it binds."""

    text: str
    binds: int
    number: bool = False
    """A bare number, which a dot or a sign before it would change."""

    def at(self, least: int) -> str:
        """The text, in brackets unless it binds at least so tightly."""
        return self.text if self.binds >= least else f"({self.text})"


def write(expr: Expr, *, dialect: Dialect = "python") -> str:
    """The expression as text that `parse` reads back to the same tree.

    Raises:
        OutsizeError: The tree nests more than `MAX_DEPTH` levels.
        UnknownOperatorError: The tree has an operator that the table lacks.
        UnwritableError: A name or a value has no spelling in the dialect.
    """
    return _Writer(dialect).whole(expr, 0).text


def describe(expr: Expr, *, shown: Mapping[str, str] | None = None) -> str:
    """The expression for a message: cut when long, and never failing.

    Args:
        expr: The tree.
        shown: What to write for a name, where that is not the name itself.
    """
    try:
        text = _Writer("python", shown).whole(expr, 0).text
    except FlowError:
        text = f"{expr.operator}(…)" if isinstance(expr, Apply) else "…"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


class _Writer:
    def __init__(self, dialect: Dialect, shown: Mapping[str, str] | None = None) -> None:
        self._dialect: Dialect = dialect
        self._shown = shown or {}

    def whole(self, expr: Expr, depth: int) -> _Text:
        if depth > MAX_DEPTH:
            raise OutsizeError("an expression nested deeper", limit=MAX_DEPTH, unit="levels")
        innermost, around = spine(expr)
        text = self._leaf(innermost)
        for row, apply in around:
            if self._dialect not in row.dialects:
                raise UnwritableError(f"the operator '{row.key}'", dialect=self._dialect)
            text = self._around(row, apply, text, depth + 1)
        return text

    def _around(self, row: Operator, apply: Apply, first: _Text, depth: int) -> _Text:
        match apply.operands:
            case (_, Const(str() as field)) if row.key == "attr":
                return _Text(f"{_owner(first)}.{self._name(field)}", binding.POSTFIX)
            case (_, index) if row.key == "getitem":
                return _Text(f"{_owner(first)}[{self._index(index, depth)}]", binding.POSTFIX)
            case _:
                parts = [first, *(self.whole(operand, depth) for operand in apply.operands[1:])]
                return _Text(
                    _form(row, parts), row.binds if len(parts) > 1 or row.least else binding.ATOM
                )

    def _index(self, index: Expr, depth: int) -> str:
        match index:
            case Apply("slice", (start, stop, step)):
                written = [self._bound(part, depth + 1) for part in (start, stop, step)]
                return ":".join(written if written[2] else written[:2])
            case _:
                return self.whole(index, depth).text

    def _bound(self, part: Expr, depth: int) -> str:
        return "" if part == Const(None) else self.whole(part, depth).text

    def _leaf(self, expr: Expr) -> _Text:
        match expr:
            case Name(name):
                return _Text(self._shown.get(name) or self._name(name), binding.ATOM)
            case Const():
                return self._constant(expr)
            case _:
                empty = {"list": "[]", "tuple": "()", "dict": "{}"}
                return _Text(empty.get(expr.operator, f"{expr.operator}()"), binding.ATOM)

    def _constant(self, constant: Const) -> _Text:
        match constant.value:
            case str() as value:
                return _Text(quote(value), binding.ATOM)
            case None | bool() as value:
                return _Text(str(value), binding.ATOM)
            case value:
                return self._number(value)

    def _number(self, value: float) -> _Text:
        text = number_text(value)
        if text is None:
            raise UnwritableError(
                f"a number of type {type(value).__name__} like this one", dialect=self._dialect
            )
        return (
            _Text(text, binding.SIGN)
            if text.startswith("-")
            else _Text(text, binding.ATOM, number=True)
        )

    def _name(self, name: str) -> str:
        if not is_name(name):
            raise UnwritableError(f"the name '{name}'", dialect=self._dialect)
        return name


def _owner(owner: _Text) -> str:
    return f"({owner.text})" if owner.number else owner.at(binding.POSTFIX)


def _form(row: Operator, parts: list[_Text]) -> str:
    """An operator around its written operands."""
    match row.form:
        case "infix" if len(parts) > 1:
            return _infix(row, parts)
        case "prefix":
            return _prefix(row, parts[0])
        case "infix" | "call":
            return f"{row.symbol if row.form == 'call' else row.key}({_listed(parts)})"
        case "method":
            return f"{_owner(parts[0])}.{row.symbol}({_listed(parts[1:])})"
        case _:
            return _SPECIAL[row.key](parts)


def _infix(row: Operator, parts: list[_Text]) -> str:
    left = row.binds if row.side == "left" else row.binds + 1
    # Python lets a sign stand bare on the right of a power: 2 ** -1.
    right = binding.SIGN if row.side == "right" else row.binds + 1
    written = [parts[0].at(left), *(part.at(right) for part in parts[1:])]
    return f" {row.symbol} ".join(written)


def _prefix(row: Operator, operand: _Text) -> str:
    if row.symbol.isalpha():
        return f"{row.symbol} {operand.at(row.binds)}"
    bare = row.symbol == "-" and operand.number
    return f"{row.symbol}({operand.text})" if bare else row.symbol + operand.at(row.binds)


def _listed(parts: list[_Text]) -> str:
    return ", ".join(part.text for part in parts)


def _choice(parts: list[_Text]) -> str:
    condition, then, otherwise = parts
    above = binding.TERNARY + 1
    return f"{then.at(above)} if {condition.at(above)} else {otherwise.text}"


def _dict(parts: list[_Text]) -> str:
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return "{" + ", ".join(f"{key.text}: {value.text}" for key, value in pairs) + "}"


_SPECIAL: Mapping[str, Callable[[list[_Text]], str]] = {
    "if": _choice,
    "is_none": lambda parts: f"{parts[0].at(binding.COMPARE + 1)} is None",
    "is_not_none": lambda parts: f"{parts[0].at(binding.COMPARE + 1)} is not None",
    "list": lambda parts: f"[{_listed(parts)}]",
    "tuple": lambda parts: f"({_listed(parts)},)" if len(parts) == 1 else f"({_listed(parts)})",
    "dict": _dict,
    "set": lambda parts: f"{{{_listed(parts)}}}",
}
"""Operators with a form of their own; reading a field or an item is written where its second operand is known."""
