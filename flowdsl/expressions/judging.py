"""What a typing rule sees of an applied operator, and how it reports a problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.expressions import MayBeNoneError, OperandTypeError
from flowdsl.expressions.kinds import is_none, options
from flowdsl.expressions.operators import Operator
from flowdsl.ir.expr import Apply, Expr
from flowdsl.ir.show import show
from flowdsl.ir.types import ANYTHING, Choice, Type


def said(type_: Type) -> str:
    """A type for a message; of a constant, the constant."""
    match type_:
        case Choice((value,)):
            return repr(value)
        case _:
            return show(type_)


@dataclass(slots=True, frozen=True)
class Judged:
    """One applied operator with the types of its operands."""

    row: Operator
    apply: Apply
    types: tuple[Type, ...]
    problems: list[FlowError]
    """Where problems are put."""
    describe: Callable[[Expr], str]
    """Text of a part of the expression."""
    place: Place | None

    def text(self) -> str:
        """The applied operator as text."""
        return self.describe(self.apply)

    def options(self, index: int) -> tuple[Type, ...]:
        """What an operand may be, None reported and left out."""
        type_ = self.types[index]
        found = options(type_)
        if not any(map(is_none, found)):
            return found
        rest = tuple(each for each in found if not is_none(each))
        part = self.describe(self.apply.operands[index])
        if rest:
            self.problems.append(
                MayBeNoneError(self.text(), part=part, found=show(type_), place=self.place)
            )
            return rest
        return (self.wrong(f"'{part}' is always None"),)

    def wrong(self, reason: str, advice: str = "") -> Type:
        """Report that the operands are of the wrong types; the result may then be anything."""
        shown = tuple(map(show, self.types))
        self.problems.append(
            OperandTypeError(
                self.text(), types=shown, reason=reason, advice=advice, place=self.place
            )
        )
        return ANYTHING
