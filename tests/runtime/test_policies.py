"""Timeouts, retries, skipped failures, late type checks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from flowdsl.engine import Options
from flowdsl.errors import ProviderError, StepFailedError
from flowdsl.events.bus import Bus
from flowdsl.events.records import Event, NodeFailed, NodeSkipped, Retried
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.ir.node import Port
from flowdsl.ir.policy import Policy, Retry
from flowdsl.ir.region_nodes import Subflow
from flowdsl.ir.types import ANYTHING, INT, STR
from flowdsl.runtime.context import Model, RunContext
from flowdsl.runtime.start import run_graph
from tests.runtime.building import (
    Draft,
    body_of,
    double,
    inc,
    partial_run,
    run,
    value_of,
    with_policy,
)


def no_models(_name: ModelName | None) -> Model:
    raise AssertionError


async def test_a_step_that_takes_too_long_is_cut_short() -> None:
    async def slow(n: int) -> int:
        await asyncio.sleep(60)
        return n

    draft = Draft()
    draft.step(slow, draft.input("n"), policy=Policy(timeout_s=0.01))

    with pytest.raises(StepFailedError, match=r"FD207.*within 0\.01 s"):
        await run(draft.graph(), n=1)


async def test_a_time_out_the_step_raises_itself_is_its_own() -> None:
    async def own(n: int) -> int:
        raise TimeoutError("mine")

    draft = Draft()
    draft.step(own, draft.input("n"), policy=Policy(timeout_s=5))

    with pytest.raises(StepFailedError, match="TimeoutError: mine"):
        await run(draft.graph(), n=1)


async def test_each_attempt_has_its_own_time() -> None:
    tries: list[int] = []

    async def first_slow(n: int) -> int:
        tries.append(n)
        if len(tries) == 1:
            await asyncio.sleep(60)
        return n

    draft = Draft()
    policy = Policy(timeout_s=0.02, retry=Retry(attempts=2, base_delay_s=0))
    draft.step(first_slow, draft.input("n"), policy=policy)

    assert await value_of(draft.graph(), n=7) == 7
    assert tries == [7, 7]


def fails_times(count: int) -> tuple[list[int], Graph]:
    """A step that fails so often before it succeeds, with five attempts."""
    tries: list[int] = []

    def shaky(n: int) -> int:
        tries.append(n)
        if len(tries) <= count:
            raise ProviderError("rate_limit", "later", retry_after_s=9.0)
        return n

    draft = Draft()
    retry = Retry(attempts=5, base_delay_s=1.0, max_delay_s=3.0)
    draft.step(shaky, draft.input("n"), policy=Policy(retry=retry), lane="inline")
    return tries, draft.graph()


async def test_waits_are_drawn_from_the_seed_and_never_shorter_than_asked_for() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    heard: list[Event] = []
    for _ in range(2):
        tries, graph = fails_times(3)
        context = RunContext(
            models=no_models, bus=Bus([heard.append]), seed=5, sleep=sleep, clock=lambda: 0.0
        )
        done = await run_graph(graph, {"n": 1}, context, over=[])
        assert done.value == 1
        assert len(tries) == 4

    assert waited == [9.0] * 6
    assert [event.attempt for event in heard if isinstance(event, Retried)] == [1, 2, 3, 1, 2, 3]


async def test_waits_have_full_jitter_below_a_doubling_bound() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    def breaks(n: int) -> int:
        raise ValueError(n)

    draft = Draft()
    retry = Retry(attempts=5, base_delay_s=1.0, max_delay_s=3.0)
    draft.step(breaks, draft.input("n"), policy=Policy(retry=retry), lane="inline")
    context = RunContext(models=no_models, seed=5, sleep=sleep)

    with pytest.raises(StepFailedError):
        await run_graph(draft.graph(), {"n": 1}, context, over=[])

    assert len(waited) == 4
    assert all(0 <= wait <= bound for wait, bound in zip(waited, [1, 2, 3, 3], strict=True))
    assert len(set(waited)) == 4


async def test_the_last_failure_is_told_when_every_attempt_fails() -> None:
    tries, graph = fails_times(9)

    async def at_once(_seconds: float) -> None:
        pass

    context = RunContext(models=no_models, sleep=at_once)
    with pytest.raises(StepFailedError, match="FD230: later"):
        await run_graph(graph, {"n": 1}, context, over=[])
    assert len(tries) == 5


async def test_a_failed_step_may_be_skipped_and_gives_none() -> None:
    def breaks(n: int) -> int:
        raise ValueError(n)

    def is_none(n: object) -> bool:
        return n is None

    heard: list[Event] = []
    draft = Draft()
    broken = draft.step(breaks, draft.input("n"), policy=Policy(on_error="skip"))
    draft.step(is_none, broken, takes=ANYTHING, output=ANYTHING)

    done = await run(draft.graph(), Options(on_event=heard.append), n=1)

    assert done.value is True
    assert done.nodes["breaks"].state == "skipped"
    assert done.nodes["breaks"].error is not None
    kinds = [type(event) for event in heard if isinstance(event, NodeFailed | NodeSkipped)]
    assert kinds == [NodeFailed, NodeSkipped]


async def test_a_region_may_be_skipped_too() -> None:
    def breaks(n: int) -> int:
        raise ValueError(n)

    draft = Draft()
    sub = Subflow(
        label="sub",
        inputs=(),
        output=INT,
        graph=body_of(breaks, "n"),
        constants=(("n", 1),),
        policy=Policy(on_error="skip"),
    )
    draft.add(sub)

    assert await value_of(draft.graph()) is None


def untyped(lane_body: str) -> Graph:
    """A value of unknown type that goes into a typed step."""
    draft = Draft()
    source = draft.input("n", ANYTHING)
    if lane_body == "region":
        sub = Subflow(label="sub", inputs=(), output=INT, graph=body_of(inc, "n"))
        node = replace(sub, inputs=(Port("n", INT),))
        draft.add(node, n=source)
    elif lane_body == "async":
        draft.step(inc, source)
    else:
        draft.step(double, source, lane="inline" if lane_body == "inline" else "lane")
    return draft.graph()


@pytest.mark.parametrize("how", ["async", "inline", "lane", "region"])
async def test_a_value_of_unknown_type_is_checked_where_it_goes(how: str) -> None:
    with pytest.raises(StepFailedError, match=r"FD203.*takes int as .*handed str 'text'"):
        await run(untyped(how), n="text")
    assert await value_of(untyped(how), n=4) in (5, 8)


async def test_a_result_of_another_type_than_declared_fails_its_step() -> None:
    async def lies(n: int) -> object:
        return n

    draft = Draft()
    lie = draft.step(lies, draft.input("n"), output=STR)
    draft.step(inc, lie, takes=STR)

    with pytest.raises(
        StepFailedError, match=r"FD202.*declared to give str, but gave int 1"
    ) as caught:
        await run(draft.graph(), n=1)
    assert partial_run(caught).nodes["inc"].state == "waiting"


async def test_a_policy_changes_how_a_node_runs_and_not_what_it_gives() -> None:
    draft = Draft()
    n = draft.step(inc, draft.input("n"))
    draft.step(double, n)
    graph = draft.graph()
    policy = Policy(timeout_s=5, retry=Retry(attempts=2))

    both = with_policy(with_policy(graph, "inc", policy), "double", policy)

    assert await value_of(both, n=1) == await value_of(graph, n=1) == 4


async def test_no_further_attempt_is_made_once_the_run_stops() -> None:
    tries: list[int] = []
    began = asyncio.Event()

    async def paid(n: int) -> int:
        tries.append(n)
        began.set()
        await asyncio.sleep(0.01)
        raise ValueError(n)

    async def fails(n: int) -> int:
        await began.wait()
        raise KeyError(n)

    from flowdsl.ir.effects import MODEL_CALL

    draft = Draft()
    n = draft.input("n")
    retry = Retry(attempts=3, base_delay_s=0)
    draft.step(paid, n, effects=MODEL_CALL, policy=Policy(retry=retry))
    draft.step(fails, n)

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), n=1)

    assert tries == [1]
    assert [failure.path for failure in caught.value.others] == ["paid"]


def test_an_awaitable_is_what_the_context_sleeps_with() -> None:
    made: Awaitable[object] = RunContext(models=no_models).sleep(0)

    assert asyncio.iscoroutine(made)
    made.close()
