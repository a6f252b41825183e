"""Frames, and what stands where nothing was put."""

from __future__ import annotations

import pytest

from flowdsl.errors import StepFailedError
from flowdsl.runtime.compiler import plan_of
from flowdsl.runtime.ops import UNSET, At, Frame, no_enter, no_handle, no_invoke
from tests.runtime.building import Draft, inc


class Nobody:
    """Owns a frame and does nothing."""

    def finished(self, _frame: Frame, /) -> None: ...

    def failed(self, _frame: Frame, _failure: StepFailedError, /) -> None: ...


def frame_of(parent: Frame | None = None) -> Frame:
    draft = Draft()
    plan = plan_of(draft.graph(draft.step(inc, draft.input("n"))))
    op = None if parent is None else parent.plan.ops[0]
    return Frame(plan, Nobody(), parent=parent, op=op)


def test_a_frame_is_within_those_it_was_opened_from() -> None:
    outer = frame_of()
    inner = frame_of(frame_of(outer))

    assert inner.is_within(outer)
    assert inner.is_within(inner)
    assert not outer.is_within(inner)


def test_a_frame_that_has_not_run_has_no_value_and_no_time() -> None:
    frame = frame_of()

    assert frame.value() is UNSET
    assert frame.value("stop") is UNSET
    assert frame.seconds(frame.plan.ops[0]) is None
    assert repr(UNSET) == "<not there yet>"


async def test_nothing_can_be_run_where_nothing_was_put() -> None:
    frame = frame_of()
    at = At.__new__(At, *(None, frame, frame.plan.ops[0]))  # type: ignore[arg-type]

    with pytest.raises(AssertionError):
        no_invoke([])
    with pytest.raises(AssertionError):
        await no_handle(at)
    with pytest.raises(AssertionError):
        no_enter(at)
