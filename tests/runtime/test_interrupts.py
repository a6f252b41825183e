"""A run that is interrupted: what was under way is cancelled, and nobody waits who does not want to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from flowdsl import Graph, each, pipeline, step
from flowdsl.engine import Options, run_async
from flowdsl.events.records import Event, NodeStarted, Warned
from flowdsl.runtime.run import Run

pytestmark = pytest.mark.timeout(20)


@step
async def waits(n: int) -> int:
    """Much longer than a test may take."""
    await asyncio.sleep(600)
    return n


@step(spends=True)
async def paid(n: int) -> int:
    """The same, and it is let finish."""
    await asyncio.sleep(600)
    return n


@step
async def fails(n: int) -> int:
    """Fails while others are at work."""
    raise ValueError(n)


@step
def add(ns: list[int]) -> int:
    """Never begun."""
    return sum(ns)


@pipeline
def many(ns: list[int]) -> int:
    """An `each` that is under way."""
    return add(each(ns, waits))


@pipeline
def many_paid(ns: list[int]) -> int:
    """An `each` that is let finish."""
    return add(each(ns, paid))


@pipeline
def beside(n: int) -> int:
    """A failure beside what is paid for."""
    return add([paid(n), fails(n)])


async def interrupted(
    graph: Graph, *moments: Callable[[Event], bool], **inputs: object
) -> Run[object]:
    """A run that is cancelled at each of these moments."""
    left = list(moments)
    over: list[Run[object]] = []
    tasks: list[asyncio.Task[Run[object]]] = []

    def listen(event: Event) -> None:
        if left and left[0](event):
            del left[0]
            asyncio.get_running_loop().call_soon(tasks[0].cancel)

    run = run_async(graph, inputs, Options(on_event=listen, grace_s=300), over=over)
    async with asyncio.TaskGroup() as group:
        tasks.append(group.create_task(run))
    (found,) = over
    return found


def begun(path: str) -> Callable[[Event], bool]:
    """A node has begun."""
    return lambda event: isinstance(event, NodeStarted) and event.path == path


def warned(event: Event) -> bool:
    """It was told what is waited for."""
    return isinstance(event, Warned)


def states(run: Run[object]) -> dict[str, str]:
    """What became of each node of the pipeline itself."""
    return {path: each.state for path, each in run.nodes.items() if "/" not in path}


async def test_an_each_under_way_is_cancelled_and_what_follows_waits() -> None:
    run = await interrupted(many.graph, begun("each_waits[1]/waits"), ns=[1, 2])

    assert run.status == "cancelled"
    assert states(run) == {"each_waits": "cancelled", "add": "waiting"}
    assert run.nodes["each_waits[0]/waits"].state == "cancelled"


async def test_a_second_interrupt_cancels_what_is_paid_for() -> None:
    run = await interrupted(many_paid.graph, begun("each_paid[1]/paid"), warned, ns=[1, 2])

    assert states(run) == {"each_paid": "cancelled", "add": "waiting"}
    assert run.nodes["each_paid[1]/paid"].state == "cancelled"
    assert run.failures == ()


async def test_an_interrupt_ends_a_run_that_waits_after_a_failure() -> None:
    run = await interrupted(beside.graph, warned, n=1)

    assert run.nodes["paid"].state == "cancelled"
    assert [failure.path for failure in run.failures] == ["fails"]
