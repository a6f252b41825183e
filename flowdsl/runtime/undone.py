"""What a run that ended early has left undone of its model calls."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TYPE_CHECKING

from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.region_nodes import Each
from flowdsl.runtime.lookup import steps_of
from flowdsl.runtime.states import state_of

if TYPE_CHECKING:
    from flowdsl.runtime.ops import Frame, Op


def undone(root: Frame) -> Iterator[str]:
    """Addresses of model calls without an answer; what was not begun of an `each` as one range, `each[64…99]`."""
    for path, frame, op in steps_of(root):
        state = state_of(frame, op)
        if state == "done":
            continue
        if isinstance(op.node, Generate):
            yield path
        elif isinstance(op.node, Each):
            yield from _items(path, frame, op)
        elif op.bodies and not _opened(frame, op) and any(plan.asks for _, plan in op.bodies):
            yield path


def _opened(frame: Frame, op: Op) -> int:
    return len((frame.children or {}).get(op.index, ()))


def _items(path: str, frame: Frame, op: Op) -> Iterator[str]:
    if not any(plan.asks for _, plan in op.bodies):
        return
    slot = dict(op.sources).get("items")
    items = None if slot is None else frame.values[slot]
    opened = _opened(frame, op)
    total = len(items) if isinstance(items, Sized) else None
    if total is None:
        yield f"{path}[{opened}…]" if opened else path
    elif opened < total:
        yield f"{path}[{opened}…{total - 1}]" if total - opened > 1 else f"{path}[{opened}]"
