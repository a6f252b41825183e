"""Types expressions: what a tree gives for operands of known types, and every problem in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.expressions import OutsizeError, UnknownNameError
from flowdsl.expressions.bounds import MAX_DEPTH
from flowdsl.expressions.judging import Judged
from flowdsl.expressions.operators import Operator, row_of, spine
from flowdsl.expressions.rules import RULES
from flowdsl.expressions.writer import describe
from flowdsl.ir.expr import Apply, Const, Expr, Name
from flowdsl.ir.select import without_none
from flowdsl.ir.types import ANYTHING, FLOAT, NONE, Choice, Type


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker found."""

    type: Type
    """Type of the value; `ANYTHING` where a problem leaves it open."""
    problems: tuple[FlowError, ...]


def check(
    expr: Expr,
    types: Mapping[str, Type],
    *,
    place: Place | None = None,
    shown: Mapping[str, str] | None = None,
) -> Checked:
    """The type of an expression's value, and all that is wrong with it.

    Args:
        expr: The tree.
        types: The type of each name.
        place: Where the expression stands, for the problems.
        shown: What messages call a name, where that is not the name itself.

    Raises:
        OutsizeError: The tree nests more than `MAX_DEPTH` levels.
        UnknownOperatorError: The tree has an operator that the table lacks.
    """
    key = (expr, *types, *map(id, types.values()))
    known = _sound.get(key)
    if known is not None:
        return known[0]
    checker = _Checker(types, place, shown or {})
    checked = Checked(checker.type_of(expr, frozenset(), 0), tuple(checker.problems))
    if not checked.problems:
        if len(_sound) >= _MOST_KNOWN:
            _sound.clear()
        # The types are kept beside the answer, so that their ids stay theirs.
        _sound[key] = (checked, tuple(types.values()))
    return checked


_MOST_KNOWN = 4096
_sound: dict[tuple[object, ...], tuple[Checked, tuple[Type, ...]]] = {}
"""Answers without problems: tracing asks the same small questions over and over."""


@dataclass(slots=True, frozen=True)
class _Checker:
    types: Mapping[str, Type]
    place: Place | None
    shown: Mapping[str, str]
    problems: list[FlowError] = field(default_factory=list[FlowError])

    def type_of(self, expr: Expr, given: frozenset[Expr], depth: int) -> Type:
        """The type of a part, where the parts in `given` are known not to be None."""
        if depth > MAX_DEPTH:
            raise OutsizeError("an expression nested deeper", limit=MAX_DEPTH, unit="levels")
        innermost, around = spine(expr)
        type_ = self._leaf(innermost)
        if given and innermost in given:
            type_ = without_none(type_)
        for row, apply in around:
            rest = self._rest(apply, given, depth + 1)
            type_ = RULES[row.rule](self._judged(row, apply, (type_, *rest)))
            if given and apply in given:
                type_ = without_none(type_)
        return type_

    def _leaf(self, expr: Expr) -> Type:
        match expr:
            case Name(name):
                if name in self.types:
                    return self.types[name]
                self.problems.append(
                    UnknownNameError(name, known=tuple(self.types), place=self.place)
                )
                return ANYTHING
            case Const(None):
                return NONE
            case Const(float()):
                return FLOAT
            case Const(value):
                return Choice((value,))
            case _:
                row = row_of(expr)
                return RULES[row.rule](self._judged(row, expr, ()))

    def _judged(self, row: Operator, apply: Apply, types: tuple[Type, ...]) -> Judged:
        return Judged(row, apply, types, self.problems, self._describe, self.place)

    def _describe(self, expr: Expr) -> str:
        return describe(expr, shown=self.shown)

    def _rest(self, apply: Apply, given: frozenset[Expr], depth: int) -> list[Type]:
        """Types of the operands after the first; what a condition has ruled out holds behind it."""
        match apply:
            case Apply("if", (condition, then, otherwise)):
                return [
                    self.type_of(then, given | _not_none(condition, holds=True), depth),
                    self.type_of(otherwise, given | _not_none(condition, holds=False), depth),
                ]
            case Apply("all_of" | "any_of", (first, *rest)):
                found: list[Type] = []
                known = given | _not_none(first, holds=apply.operator == "all_of")
                for operand in rest:
                    found.append(self.type_of(operand, known, depth))
                    known |= _not_none(operand, holds=apply.operator == "all_of")
                return found
            case _:
                return [self.type_of(operand, given, depth) for operand in apply.operands[1:]]


def _not_none(condition: Expr, *, holds: bool) -> frozenset[Expr]:
    """The parts that are not None when a condition holds, or when it does not."""
    found: set[Expr] = set()
    todo = [(condition, holds)]
    while todo:
        match todo.pop():
            case Apply("is_not_none", (part,)), True:
                found.add(part)
            case Apply("is_none", (part,)), False:
                found.add(part)
            case Apply("not", (inner,)), holds_outside:
                todo.append((inner, not holds_outside))
            case Apply("all_of", inner), True:
                todo.extend((each, True) for each in inner)
            case Apply("any_of", inner), False:
                todo.extend((each, False) for each in inner)
            case _:
                pass
    return frozenset(found)
