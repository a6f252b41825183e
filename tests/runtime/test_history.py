"""Events told after the run."""

from __future__ import annotations

import pytest

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.events.records import (
    Event,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    RunFinished,
    RunStarted,
)
from tests.runtime.building import Draft, double, inc, run, whole_run


async def test_the_events_of_a_run_are_those_a_listener_hears() -> None:
    heard: list[Event] = []
    draft = Draft()
    n = draft.input("n")
    draft.step(double, draft.step(inc, n))

    done = await run(draft.graph(), Options(on_event=heard.append), n=1)

    assert [(type(event), getattr(event, "path", "")) for event in done.events] == [
        (type(event), getattr(event, "path", "")) for event in heard
    ]
    assert [event.at_s for event in done.events] == pytest.approx(
        [event.at_s for event in heard], abs=1.0
    )


async def test_kept_events_are_the_very_ones() -> None:
    heard: list[Event] = []
    draft = Draft()
    draft.step(inc, draft.input("n"))

    done = await run(draft.graph(), Options(on_event=heard.append, keep_events=True), n=1)

    assert done.events == tuple(heard)


async def test_failures_are_among_the_events() -> None:
    def breaks(n: int) -> int:
        raise ValueError(n)

    draft = Draft()
    broken = draft.step(breaks, draft.input("n"))
    draft.step(inc, broken)

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), n=1)

    failed = whole_run(caught)
    kinds = [type(event) for event in failed.events]
    assert kinds == [RunStarted, NodeStarted, NodeFailed, RunFinished]
    assert NodeFinished not in kinds
