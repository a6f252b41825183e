"""Starts and ends of steps, told after the run from what its frames remember."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowdsl.events.records import Event, NodeFinished, NodeStarted
from flowdsl.runtime.lookup import steps_of
from flowdsl.runtime.ops import NEVER, UNSET

if TYPE_CHECKING:
    from flowdsl.runtime.ops import Frame


def steps_told(root: Frame, zero: float) -> Iterator[Event]:
    """The events a listener would have heard; failures are not among them, for they are noted."""
    for path, frame, op in steps_of(root):
        began, ended = frame.span(op)
        if ended == NEVER:
            continue
        yield NodeStarted(began - zero, path)
        if frame.values[op.index] is not UNSET:
            yield NodeFinished(ended - zero, path, ended - began)
