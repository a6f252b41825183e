"""Plain functions in every lane."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable

import pytest

from flowdsl.errors import StepFailedError
from flowdsl.ir.data_nodes import Input, Transform
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.node import FunctionRef, Port
from flowdsl.ir.policy import Lane
from flowdsl.ir.types import ANYTHING, INT
from tests.runtime.building import Draft, run, value_of

REQUEST = contextvars.ContextVar("REQUEST", default="none")


def one_step(function: Callable[..., object], lane: Lane) -> Graph:
    draft = Draft()
    draft.step(function, draft.input("n"), lane=lane, output=ANYTHING)
    return draft.graph()


def where(_n: int) -> str:
    return threading.current_thread().name


def process_id(_n: int) -> int:
    return os.getpid()


def breaks(_n: int) -> int:
    raise KeyError("in the other process")


async def test_each_lane_runs_where_it_says() -> None:
    assert await value_of(one_step(where, "inline"), n=1) == threading.current_thread().name
    assert await value_of(one_step(where, "lane"), n=1) == "flowdsl-lane-1"
    assert str(await value_of(one_step(where, "threads"), n=1)).startswith("flowdsl-threads-")


async def test_plain_steps_share_one_worker_and_never_overlap() -> None:
    at_work: list[int] = []
    most: list[int] = []

    def busy(n: int) -> int:
        at_work.append(n)
        most.append(len(at_work))
        threading.Event().wait(0.002)
        at_work.remove(n)
        return n

    draft = Draft()
    n = draft.input("n")
    for number in range(6):
        draft.step(busy, n, label=f"b{number}")

    await run(draft.graph(), n=1)

    assert most == [1] * 6


async def test_threaded_steps_overlap() -> None:
    both = threading.Barrier(2, timeout=10)

    def meet(n: int) -> int:
        both.wait()
        return n

    draft = Draft()
    n = draft.input("n")
    draft.step(meet, n, lane="threads", label="one")
    draft.step(meet, n, lane="threads", label="two")

    assert await value_of(draft.graph(), n=1) == 1


async def test_the_loop_stays_free_while_a_plain_step_waits() -> None:
    opened = threading.Event()

    def waits(n: int) -> int:
        assert opened.wait(10)
        return n

    async def opens(n: int) -> int:
        opened.set()
        return n

    draft = Draft()
    n = draft.input("n")
    draft.step(waits, n)
    draft.step(opens, n)

    assert await value_of(draft.graph(NodeId("waits")), n=3) == 3


async def test_context_variables_are_carried_to_threads() -> None:
    def read(_n: int) -> str:
        return REQUEST.get()

    REQUEST.set("from the caller")

    assert await value_of(one_step(read, "lane"), n=1) == "from the caller"


@pytest.mark.parametrize("lane", ["lane", "inline", "threads"])
async def test_a_plain_step_that_gives_a_coroutine_is_told_to_be_async(lane: Lane) -> None:
    async def fetch(n: int) -> int:
        return n

    def forgets(n: int) -> object:
        return fetch(n)

    with pytest.raises(StepFailedError, match=r"FD209.*coroutine instead of a value") as caught:
        await run(one_step(forgets, lane), n=1)

    assert "async def" in caught.value.help


async def test_an_error_on_a_thread_is_the_cause_of_the_failure() -> None:
    with pytest.raises(StepFailedError, match="KeyError") as caught:
        await run(one_step(breaks, "threads"), n=1)

    assert isinstance(caught.value.__cause__, KeyError)
    assert caught.value.given == "p0=1"


@pytest.mark.timeout(60)
async def test_a_step_runs_in_a_process_of_its_own() -> None:
    draft = Draft()
    first = draft.step(process_id, draft.input("n"), lane="process")
    done = await run(draft.graph(draft.step(process_id, first, lane="process")), n=1)
    assert os.getpid() not in (done["process_id"], done["process_id#2"])
    with pytest.raises(StepFailedError, match="in the other process"):
        await run(one_step(breaks, "process"), n=1)


async def test_what_cannot_go_to_another_process_is_told_with_the_cure() -> None:
    def local(n: int) -> int:
        return n

    with pytest.raises(StepFailedError, match="inside another function") as caught:
        await run(one_step(local, "process"), n=1)
    assert "threads=True" in caught.value.help

    draft = Draft()
    draft.step(process_id, draft.input("n", ANYTHING), takes=ANYTHING, lane="process")
    with pytest.raises(StepFailedError, match="cannot be sent"):
        await run(draft.graph(), n=threading.Lock())


async def test_a_function_of_a_notebook_cannot_go_to_another_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)

    def cell(n: int) -> int:
        return n

    cell.__module__, cell.__qualname__ = "__main__", "cell"

    with pytest.raises(StepFailedError, match="notebook"):
        await run(one_step(cell, "process"), n=1)


async def test_a_graph_from_a_document_whose_function_is_not_loaded_says_so() -> None:
    node = Transform(
        label="gone",
        inputs=(Port("n", INT),),
        output=INT,
        function=FunctionRef("some.module", "gone"),
    )
    graph = Graph(
        PipelineName("flow"),
        ((NodeId("n"), Input(label="n", output=INT)), (NodeId("gone"), node)),
        (Edge(NodeId("n"), NodeId("gone"), "n"),),
        (Output("value", NodeId("gone")),),
    )

    with pytest.raises(StepFailedError, match=r"FD222.*some\.module:gone"):
        await run(graph, n=1)


async def test_cancelling_does_not_wait_for_a_thread_that_is_stuck() -> None:
    began, free = threading.Event(), threading.Event()

    def stuck(n: int) -> int:
        began.set()
        free.wait(10)
        return n

    task = asyncio.get_running_loop().create_task(run(one_step(stuck, "lane"), n=1))
    assert await asyncio.to_thread(began.wait, 10)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert not free.is_set()
    free.set()
