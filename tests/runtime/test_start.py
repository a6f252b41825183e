"""A run as a whole: time limits, several failures, pipelines in sight."""

from __future__ import annotations

import asyncio

import pytest

from flowdsl.engine import Options
from flowdsl.errors import RunTimeoutError, StepFailedError
from flowdsl.events.records import Event, RunFinished, RunStarted
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Each, Subflow
from flowdsl.ir.types import INT, ListOf
from flowdsl.runtime.run import Run
from flowdsl.runtime.start import Pipelines
from tests.runtime.building import Draft, body_of, inc, run


async def test_a_run_that_takes_too_long_is_ended_with_what_was_done() -> None:
    async def slow(n: int) -> int:
        await asyncio.sleep(60)
        return n

    draft = Draft()
    draft.step(slow, draft.step(inc, draft.input("n")))

    with pytest.raises(RunTimeoutError, match=r"FD208.*within 0\.02 s") as caught:
        await run(draft.graph(), Options(timeout_s=0.02), n=1)

    partial = caught.value.run
    assert isinstance(partial, Run)
    assert (partial["inc"], partial.status) == (2, "failed")
    assert partial.nodes["slow"].state == "cancelled"


async def test_a_run_in_time_is_not_ended() -> None:
    draft = Draft()
    draft.step(inc, draft.input("n"))

    assert (await run(draft.graph(), Options(timeout_s=20), n=1)).value == 2


async def test_several_failures_are_all_named() -> None:
    def breaks(n: int) -> int:
        raise ValueError(n)

    draft = Draft()
    n = draft.input("n")
    for name in ("one", "two"):
        draft.step(breaks, n, label=name, lane="inline")

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), Options(on_failure="continue"), n=1)

    assert [problem.message.split("'")[1] for problem in caught.value.problems] == ["one", "two"]
    assert str(caught.value).count("FD201") == 2


async def test_a_run_is_announced_and_closed() -> None:
    heard: list[Event] = []
    draft = Draft("named")
    draft.step(inc, draft.input("n"))

    done = await run(draft.graph(), Options(on_event=heard.append), n=1)

    first, last = heard[0], heard[-1]
    assert isinstance(first, RunStarted)
    assert (first.pipeline, first.nodes, first.run_id) == ("named", 2, done.run_id)
    assert first.started_at.endswith("Z")
    assert isinstance(last, RunFinished)
    assert (last.status, last.cost_usd) == ("done", 0)


async def test_a_seed_repeats_the_id_of_a_run() -> None:
    draft = Draft()
    draft.step(inc, draft.input("n"))

    one = await run(draft.graph(), Options(seed=3), n=1)
    two = await run(draft.graph(), Options(seed=3), n=1)
    three = await run(draft.graph(), n=1)

    assert one.run_id == two.run_id != three.run_id


def test_pipelines_in_sight_are_found_in_bodies_too() -> None:
    inner = Draft("inner")
    inner.step(inc, inner.input("n"))
    body = Draft("body")
    sub = Subflow(label="sub", inputs=(Port("n", INT),), output=INT, graph=inner.graph())
    body.add(sub, n=body.input("item"))
    draft = Draft("outer")
    each = Each(
        label="each", inputs=(Port("items", ListOf(INT)),), output=ListOf(INT), body=body.graph()
    )
    draft.add(each, items=draft.input("items", ListOf(INT)))

    pipelines = Pipelines(draft.graph())

    assert pipelines.names == ("inner", "outer")
    found = pipelines.find("inner")
    assert found is not None
    assert found.name == "inner"
    assert pipelines.find("body") is None


def test_a_body_is_no_pipeline() -> None:
    assert Pipelines(body_of(inc, "n")).names == ("body",)
