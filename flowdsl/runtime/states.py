"""What became of each op of a frame."""

from __future__ import annotations

from typing import Literal, TypeAlias

from flowdsl.runtime.ops import UNSET, Frame, Op

State: TypeAlias = Literal["done", "failed", "skipped", "cancelled", "waiting"]
"""`skipped`: it failed and `None` stands in its place; `waiting`: it was not started."""


def state_of(frame: Frame, op: Op) -> State:
    """What became of one op."""
    index = op.index
    if frame.failures and index in frame.failures:
        return "failed"
    if frame.skipped and index in frame.skipped:
        return "skipped"
    if frame.values[index] is not UNSET:
        return "done"
    # A region is never at work itself: it was under way when its bodies were opened.
    if (frame.cut and index in frame.cut) or (frame.children and index in frame.children):
        return "cancelled"
    return "waiting"
