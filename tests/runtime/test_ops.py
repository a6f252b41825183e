"""Frames, and what stands where nothing was put."""

from __future__ import annotations

import pytest

from flowdsl.errors import StepFailedError
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.runtime.compiler import plan_of
from flowdsl.runtime.context import Model, RunContext
from flowdsl.runtime.executor import Execution
from flowdsl.runtime.ops import UNSET, At, Frame, no_enter, no_handle, no_invoke
from flowdsl.runtime.start import Pipelines
from tests.runtime.building import Draft, inc


class Nobody:
    """Owns a frame and does nothing."""

    def finished(self, _frame: Frame, /) -> None: ...

    def failed(self, _frame: Frame, _failure: StepFailedError, /) -> None: ...


def small_graph() -> Graph:
    draft = Draft()
    return draft.graph(draft.step(inc, draft.input("n")))


def no_models(_name: ModelName | None) -> Model:
    raise AssertionError


def frame_of(parent: Frame | None = None) -> Frame:
    plan = plan_of(small_graph())
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
    context = RunContext(models=no_models)
    at = At(Execution(context, Pipelines(small_graph())), frame, frame.plan.ops[0])

    with pytest.raises(AssertionError):
        no_invoke([])
    with pytest.raises(AssertionError):
        await no_handle(at)
    with pytest.raises(AssertionError):
        no_enter(at)
