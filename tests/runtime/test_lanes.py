"""Threads of our own, and what they hand back."""

from __future__ import annotations

import asyncio
import threading

import pytest

from flowdsl.runtime.lanes import Lanes, Threads, call_by_name


async def test_threads_are_started_as_they_are_needed_and_end() -> None:
    threads = Threads(3, "test-threads")

    assert await threads.run(lambda: threading.current_thread().name) == "test-threads-1"
    assert await threads.run(lambda: threading.current_thread().name) == "test-threads-1"
    threads.close(wait=True)

    assert not [each for each in threading.enumerate() if each.name.startswith("test-threads")]


async def test_a_stop_iteration_is_not_lost() -> None:
    threads = Threads(1, "test-lane")

    def ends() -> object:
        raise StopIteration(3)

    with pytest.raises(RuntimeError, match="StopIteration"):
        await threads.run(ends)
    threads.close(wait=True)


async def test_a_job_that_was_cancelled_while_it_waited_is_not_begun() -> None:
    threads = Threads(1, "test-lane")
    began, free = threading.Event(), threading.Event()
    ran: list[str] = []

    def holds() -> object:
        began.set()
        return free.wait(10)

    loop = asyncio.get_running_loop()
    first = loop.create_task(threads.run(holds))
    assert await asyncio.to_thread(began.wait, 10)
    second = loop.create_task(threads.run(lambda: ran.append("second")))
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.sleep(0)
    free.set()

    assert await first is True
    threads.close(wait=True)
    assert ran == []


def test_lanes_that_were_not_used_hold_nothing() -> None:
    before = threading.active_count()

    Lanes(threads=4, processes=1).close(wait=True)

    assert threading.active_count() == before


class Step:
    """Stands for a decorated function."""

    @staticmethod
    def fn(n: int) -> int:
        return n + 1


decorated = Step()
not_a_function = 3


def test_a_function_is_found_by_name_through_its_decorator() -> None:
    assert call_by_name(__name__, "decorated", (4,), {}) == 5
    assert call_by_name(__name__, "Step.fn", (), {"n": 1}) == 2
    with pytest.raises(TypeError, match="is not a function"):
        call_by_name(__name__, "not_a_function", (), {})


@pytest.mark.timeout(60)
def test_busy_processes_are_ended_when_nobody_waits() -> None:
    import time

    lanes = Lanes(threads=1, processes=1)
    lanes.processes.submit(time.sleep, 30)

    lanes.close(wait=False)
