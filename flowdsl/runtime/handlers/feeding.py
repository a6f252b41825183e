"""How a body's inputs are filled: from the region's ports, or by what the region itself provides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.runtime.fresh import fresh
from flowdsl.runtime.ops import UNSET, At, Frame, Plan

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
    return Opener(at, body, owner, tuple(given)).open(tuple(given.values()), key, suffix)


class Opener:
    """Opens frames of one body for one region under way; an `each` opens thousands."""

    __slots__ = ("_fresh", "_kept", "_op", "_own", "_owner", "_parent", "_path", "_plan", "_values")

    def __init__(self, at: At, body: Body, owner: Owner, own: tuple[str, ...] = ()) -> None:
        """Settle what is the same in all frames.

        Args:
            at: The region.
            body: What is opened.
            owner: Who is told what becomes of the frames.
            own: Names of the inputs that the region provides itself.
        """
        parent, op = self._parent, self._op = at.frame, at.op
        self._plan, feeds = body
        self._owner = owner
        self._path = parent.prefix + op.id
        if parent.children is None:
            parent.children = {}
        self._kept = parent.children.setdefault(op.index, [])
        self._values = values = self._plan.template.copy()
        slots = {feed.name: feed.slot for feed in feeds if feed.source is None}
        self._own = tuple((slots[name], number) for number, name in enumerate(own) if name in slots)
        self._fresh: list[tuple[int, object]] = []
        for slot, name, source, default in feeds:
            if source is not None:
                values[slot] = parent.values[source]
            elif name not in own and default is not UNSET:
                self._fresh.append((slot, default))

    def open(self, own: tuple[object, ...], key: int | str | None, suffix: str) -> Frame:
        """Make a frame with its inputs in place; it is not begun.

        Args:
            own: What the region provides itself, in the order of the names.
            key: Which frame of the region it is.
            suffix: What its address says of that.
        """
        parent = self._parent
        path = f"{self._path}{suffix}/"
        frame = Frame(
            self._plan, self._owner, parent, self._op, key, prefix=path, values=self._values
        )
        values = frame.values
        for slot, number in self._own:
            values[slot] = own[number]
        for slot, default in self._fresh:
            values[slot] = fresh(default)
        if len(self._kept) < KEPT_FRAMES:
            self._kept.append(frame)
        elif parent.forgot is None:
            parent.forgot = {self._op.index}
        else:
            parent.forgot.add(self._op.index)
        return frame
