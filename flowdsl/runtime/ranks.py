"""Which op is urgent: the longest path that still lies behind it. Pure functions of a plan's ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.region_nodes import Each
from flowdsl.runtime.ops import Crew, Mode

if TYPE_CHECKING:
    from flowdsl.runtime.ops import Op

# Rough milliseconds of one step: only their order of size matters.
MODEL_CALL = 1000.0
ON_LOOP = 10.0
BESIDE_LOOP = 20.0
IN_PLACE = 0.01
ITEMS = 2.0
"""An `each` takes longer than one of its items, even when they run side by side."""


def weight(op: Op) -> float:
    """How long an op takes, roughly."""
    if isinstance(op.node, Generate):
        return MODEL_CALL
    if op.bodies:
        longest = max(plan.span for _, plan in op.bodies)
        return longest * ITEMS if isinstance(op.node, Each) else longest
    match op.mode:
        case Mode.CALL:
            return IN_PLACE
        case Mode.AWAIT:
            return ON_LOOP
        case Mode.HANDLE:
            return ON_LOOP if op.crew is Crew.LOOP else BESIDE_LOOP
        case Mode.REGION:
            return ON_LOOP
        case _:
            assert_never(op.mode)


def rank(ops: Sequence[Op]) -> float:
    """Give each op its rank; gives the longest of all.

    Args:
        ops: In an order in which they could run.
    """
    for op in reversed(ops):
        behind = max((reader.rank for reader in op.successors), default=0.0)
        op.rank = weight(op) + behind
    return max((op.rank for op in ops), default=0.0)
