"""Expressions, text and a person's yes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from flowdsl.errors.run import NoApproverError, NotApprovedError
from flowdsl.runtime.approvers import approver_of_terminal
from flowdsl.runtime.ops import At, Mode, Op, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowdsl.ir.data_nodes import Approve, Compute, Text


def make_compute(op: Op, node: Compute, slots: dict[str, int]) -> None:
    """Make an expression's op."""
    from flowdsl.expressions import compile_expr
    from flowdsl.ir.expr import names_in

    names = names_in(node.expr)
    function = compile_expr(node.expr, names)
    op.mode = Mode.CALL
    order = [slots[name] for name in names]
    match order:
        case [slot]:
            op.invoke = lambda values: function(values[slot])
        case _:
            op.invoke = lambda values: function(*[values[slot] for slot in order])


def make_text(op: Op, node: Text, slots: dict[str, int]) -> None:
    """Make a text's op."""
    op.mode = Mode.CALL
    op.invoke = _rendering(node, slots)


def _rendering(node: Text, slots: dict[str, int]) -> Callable[[Values], object]:
    from flowdsl.prompts import render_text

    def invoke(values: Values) -> object:
        return render_text(node.template, named(values, slots))

    return invoke


def named(values: Values, slots: Mapping[str, int]) -> dict[str, object]:
    """Values by port."""
    return {name: values[slot] for name, slot in slots.items()}


def make_approve(op: Op, node: Approve, slots: dict[str, int]) -> None:
    """Make the op that asks a person."""
    op.mode, op.handle = Mode.HANDLE, partial(_ask, node, slots["value"])


async def _ask(node: Approve, slot: int, at: At) -> object:
    approver = at.execution.context.approver or approver_of_terminal()
    value = at.frame.values[slot]
    if approver is None:
        raise NoApproverError(at.op.id, node.question)
    if not await approver(node.question, value):
        raise NotApprovedError(at.op.id, node.question)
    return value
