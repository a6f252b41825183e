"""How a body's inputs are filled: from the region's ports, or by what the region itself provides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.runtime.fresh import fresh
from flowdsl.runtime.ops import UNSET, At, Frame, Op, Plan

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph
    from flowdsl.runtime.ops import Owner

Compile = Callable[["Graph"], Plan]
"""Makes a plan of a body."""
_NOTHING: Mapping[str, object] = MappingProxyType({})
KEPT_FRAMES = 1000
"""Frames of one region that are remembered for `run["node"]`; of more, only the results are."""


class Feed(NamedTuple):
    """One input of a body."""

    slot: int
    """In the body."""
    name: str
    source: int | None
    """Slot in the parent; `None` when the region provides it, or the default stands."""
    default: object


class Body(NamedTuple):
    """A plan and what goes into its inputs."""

    plan: Plan
    feeds: tuple[Feed, ...]


def body_of(plan: Plan, slots: Mapping[str, int], own: tuple[str, ...] = ()) -> Body:
    """Settle what goes into a body's inputs.

    Args:
        plan: The body.
        slots: The region's ports and their slots in the parent.
        own: Inputs that the region provides itself (`item`, `carry`).
    """
    feeds = tuple(
        Feed(slot, name, None if name in own else slots.get(name), default)
        for name, slot, default, *_ in plan.inputs
    )
    return Body(plan, feeds)


def open_frame(
    at: At,
    body: Body,
    owner: Owner,
    given: Mapping[str, object] = _NOTHING,
    *,
    key: int | str | None = None,
    suffix: str = "",
) -> Frame:
    """Make a frame of a body with its inputs in place; it is not begun."""
    parent, op = at.frame, at.op
    prefix = f"{parent.prefix}{op.id}{suffix}/"
    frame = Frame(body.plan, owner, parent=parent, op=op, key=key, prefix=prefix)
    values = frame.values
    for slot, name, source, default in body.feeds:
        if source is not None:
            values[slot] = parent.values[source]
        elif name in given:
            values[slot] = given[name]
        elif default is not UNSET:
            values[slot] = fresh(default)
    remember(parent, op, frame)
    return frame


def remember(parent: Frame, op: Op, frame: Frame) -> None:
    """Keep a frame with its parent, up to a bound."""
    if parent.children is None:
        parent.children = {}
    kept = parent.children.setdefault(op.index, [])
    if len(kept) < KEPT_FRAMES:
        kept.append(frame)
        return
    if parent.forgot is None:
        parent.forgot = set()
    parent.forgot.add(op.index)
