"""The laws of a run: the answer of a plain interpreter, failures that stay where they are, nothing left behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.events.records import Event, NodeStarted
from flowdsl.ir.effects import MODEL_CALL
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.policy import Lane, OnFailure
from tests.runtime.building import Draft, double, inc, partial_run, run, total, value_of


class PlannedError(Exception):
    """A step was told to fail."""


Shape = list[tuple[list[int], str]]
"""Of each node: which earlier ones it reads, and how it runs."""


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    count = draw(st.integers(1, 14))
    nodes: Shape = []
    for number in range(count):
        earlier = st.integers(0, number - 1) if number else st.nothing()
        parents = draw(st.lists(earlier, max_size=3)) if number else []
        nodes.append(
            (parents, draw(st.sampled_from(["async", "sleepy", "inline", "lane", "threads"])))
        )
    return nodes


def _work(number: int, how: str, failing: frozenset[int], ran: list[int]) -> Callable[..., object]:
    def plain(*ns: int) -> int:
        ran.append(number)
        if number in failing:
            raise PlannedError(number)
        return (sum(ns) * 3 + number) % 1_000_003

    async def at_once(*ns: int) -> int:
        return plain(*ns)

    async def sleepy(*ns: int) -> int:
        for _ in range(number % 4):
            await asyncio.sleep(0)
        return plain(*ns)

    works: dict[str, Callable[..., object]] = {"async": at_once, "sleepy": sleepy}
    return works.get(how, plain)


_LANES: dict[str, Lane] = {"inline": "inline", "lane": "lane", "threads": "threads"}


def _graph_of(shape: Shape, failing: frozenset[int], ran: list[int]) -> Graph:
    draft = Draft()
    ids: list[NodeId] = []
    for number, (parents, how) in enumerate(shape):
        work = _work(number, how, failing, ran)
        lane = _LANES.get(how, "loop")
        sources = [ids[parent] for parent in parents]
        ids.append(draft.step(work, *sources, lane=lane, label=f"n{number}"))
    return draft.graph(ids[-1])


def _expected(shape: Shape, failing: frozenset[int] = frozenset()) -> dict[int, int]:
    """The naive interpreter: one step after the other, in order."""
    found: dict[int, int] = {}
    for number, (parents, _) in enumerate(shape):
        if number not in failing and all(parent in found for parent in parents):
            found[number] = (sum(found[each] for each in parents) * 3 + number) % 1_000_003
    return found


@given(shape=shapes(), limit=st.sampled_from([1, 2, 3, 1024]))
def test_any_graph_under_any_limit_gives_what_running_it_in_order_gives(
    shape: Shape, limit: int
) -> None:
    ran: list[int] = []
    graph = _graph_of(shape, frozenset(), ran)

    done = asyncio.run(run(graph, Options(max_parallel=limit)))

    assert {n: done[f"n{n}"] for n in range(len(shape))} == _expected(shape)
    assert sorted(ran) == list(range(len(shape)))


@given(
    shape=shapes(),
    data=st.data(),
    on_failure=st.sampled_from(["stop", "continue"]),
    limit=st.sampled_from([1, 2, 1024]),
)
def test_nothing_that_depends_on_a_failed_step_runs_and_others_do_as_on_failure_says(
    shape: Shape, data: st.DataObject, on_failure: OnFailure, limit: int
) -> None:
    failing = frozenset(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1, max_size=3)))
    ran: list[int] = []
    graph = _graph_of(shape, failing, ran)
    options = Options(max_parallel=limit, on_failure=on_failure)

    with pytest.raises(StepFailedError) as caught:
        asyncio.run(run(graph, options))

    expected = _expected(shape, failing)
    reachable = {
        n for n, (parents, _) in enumerate(shape) if all(parent in expected for parent in parents)
    }
    assert set(ran) <= reachable
    assert len(ran) == len(set(ran))
    nodes = partial_run(caught).nodes
    given_values = {
        n: nodes[f"n{n}"].value for n in range(len(shape)) if nodes[f"n{n}"].state == "done"
    }
    assert given_values.items() <= expected.items()
    named = {failure.path for failure in (caught.value, *caught.value.others)}
    assert named <= {f"n{n}" for n in failing}
    if on_failure == "continue":
        assert set(ran) == reachable
        assert given_values == expected
        assert named == {f"n{n}" for n in failing & reachable}


async def test_the_longest_path_is_taken_first() -> None:
    order: list[str] = []
    draft = Draft()
    x = draft.input("x")
    for name in ("short", "also_short"):
        draft.step(_noting(order, name), x, label=name, lane="inline")
    tail = draft.step(_noting(order, "long"), x, label="long", lane="inline")
    for number in range(3):
        tail = draft.step(inc, tail, label=f"tail{number}")

    await run(draft.graph(tail), Options(max_parallel=1), x=1)

    assert order == ["long", "short", "also_short"]


async def test_what_becomes_ready_later_is_taken_by_the_same_rule() -> None:
    order: list[str] = []
    draft = Draft()
    first = draft.step(inc, draft.input("x"), label="first")
    for name in ("short", "also_short"):
        draft.step(_noting(order, name), first, label=name, lane="inline")
    tail = draft.step(_noting(order, "long"), first, label="long", lane="inline")
    tail = draft.step(inc, tail, label="tail")

    await run(draft.graph(tail), Options(max_parallel=1), x=1)

    assert order == ["long", "short", "also_short"]


def _noting(order: list[str], name: str) -> Callable[[int], int]:
    def note(n: int) -> int:
        order.append(name)
        return n

    return note


async def test_the_same_run_takes_the_same_order_each_time() -> None:
    draft = Draft()
    x = draft.input("x")
    level = [draft.step(inc, x, label=f"a{n}") for n in range(20)]
    for n in range(20):
        draft.step(total, level[n], level[(n * 7) % 20], label=f"b{n}")
    graph = draft.graph()

    orders: list[list[str]] = []
    for _ in range(3):
        heard: list[Event] = []
        await run(graph, Options(seed=7, on_event=heard.append, max_parallel=4), x=1)
        orders.append([event.path for event in heard if isinstance(event, NodeStarted)])

    assert orders[0] == orders[1] == orders[2]
    assert len(orders[0]) == 40


async def test_a_run_leaves_no_task_and_no_thread_behind() -> None:
    before = {each for each in threading.enumerate() if each.name != "flowdsl-watchdog"}
    draft = Draft()
    x = draft.input("x")
    a = draft.step(double, x)
    b = draft.step(double, x, lane="threads", label="threaded")
    draft.step(total, a, b)

    assert await value_of(draft.graph(), x=4) == 16

    assert asyncio.all_tasks() == {asyncio.current_task()}
    after = {each for each in threading.enumerate() if each.name != "flowdsl-watchdog"}
    assert after == before


async def test_at_most_as_many_steps_as_the_limit_are_at_work() -> None:
    at_work = 0
    most = 0

    async def busy(n: int) -> int:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        return n

    draft = Draft()
    x = draft.input("x")
    for number in range(50):
        draft.step(busy, x, label=f"b{number}")

    await run(draft.graph(), Options(max_parallel=5), x=1)

    assert most == 5


async def test_pure_work_in_flight_is_cancelled_and_paid_work_is_kept() -> None:
    cancelled: list[str] = []
    began = asyncio.Event()

    async def pure(n: int) -> int:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append("pure")
            raise
        return n

    async def paid(n: int) -> int:
        began.set()
        await asyncio.sleep(0.02)
        return n + 100

    async def fails(n: int) -> int:
        await began.wait()
        raise PlannedError(n)

    draft = Draft()
    x = draft.input("x")
    draft.step(pure, x)
    paid_id = draft.step(paid, x, effects=MODEL_CALL)
    draft.step(inc, paid_id, label="after_paid")
    draft.step(fails, x)

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), x=1)

    nodes = partial_run(caught).nodes
    assert cancelled == ["pure"]
    assert nodes["paid"].value == 101
    assert {name: record.state for name, record in nodes.items()} == {
        "pure": "cancelled",
        "paid": "done",
        "after_paid": "waiting",
        "fails": "failed",
    }


async def test_paid_work_that_outlives_the_grace_is_cut_short() -> None:
    began = asyncio.Event()

    async def paid(n: int) -> int:
        began.set()
        await asyncio.sleep(60)
        return n

    async def fails(n: int) -> int:
        await began.wait()
        raise PlannedError(n)

    draft = Draft()
    x = draft.input("x")
    draft.step(paid, x, effects=MODEL_CALL)
    draft.step(fails, x)

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), Options(grace_s=0.01), x=1)

    assert partial_run(caught).nodes["paid"].state == "cancelled"


async def test_a_step_that_cancels_itself_fails_and_takes_nothing_with_it() -> None:
    async def suicidal(n: int) -> int:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)
        return n

    draft = Draft()
    x = draft.input("x")
    draft.step(suicidal, x)
    draft.step(inc, x)

    with pytest.raises(StepFailedError, match="cancelled from inside") as caught:
        await run(draft.graph(), Options(on_failure="continue"), x=1)

    assert partial_run(caught)["inc"] == 2


async def test_a_step_that_cancels_itself_again_and_again_fails_alone() -> None:
    async def stubborn(n: int) -> int:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        task.cancel()
        await asyncio.sleep(0)
        return n

    draft = Draft()
    n = draft.input("n")
    stops = draft.step(stubborn, n)
    graph = draft.graph(draft.step(inc, n), stops=stops)

    with pytest.raises(StepFailedError, match="cancelled from inside") as caught:
        await run(graph, Options(on_failure="continue"), n=1)

    assert partial_run(caught)["inc"] == 2


async def test_cancelling_the_caller_cancels_the_run_and_lets_paid_work_finish() -> None:
    began = asyncio.Event()
    finished: list[int] = []

    async def paid(n: int) -> int:
        began.set()
        await asyncio.sleep(0.02)
        finished.append(n)
        return n

    draft = Draft()
    x = draft.input("x")
    draft.step(paid, x, effects=MODEL_CALL)
    task = asyncio.get_running_loop().create_task(run(draft.graph(), x=1))
    await began.wait()

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished == [1]


async def test_order_edges_make_a_step_wait() -> None:
    order: list[str] = []
    draft = Draft()
    x = draft.input("x")
    first = draft.step(_noting(order, "first"), x, label="first")
    second = draft.step(_noting(order, "second"), x, label="second", lane="inline")
    draft.after(second, first)

    await run(draft.graph(), x=1)

    assert order == ["first", "second"]


async def test_a_graph_without_steps_gives_its_input() -> None:
    draft = Draft()
    x = draft.input("x")

    assert await value_of(draft.graph(x), x=3) == 3
