"""Waiting for a run in plain code: scripts, threads, running loops, interrupts."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import threading

import pytest

from flowdsl.engine import run_sync
from flowdsl.errors import RunInterruptedError, StepFailedError
from flowdsl.ir.graph import Graph
from flowdsl.runtime.run import Run
from flowdsl.runtime.threads import run_waiting
from tests.runtime.building import Draft, inc

WHO = contextvars.ContextVar("WHO", default="nobody")


def one_more() -> Graph:
    draft = Draft()
    draft.step(inc, draft.input("n"))
    return draft.graph()


def test_a_script_waits_for_its_run() -> None:
    assert run_sync(one_more(), {"n": 1}).value == 2


async def test_inside_a_running_loop_the_run_has_a_loop_of_its_own() -> None:
    assert run_sync(one_more(), {"n": 1}).value == 2


async def test_errors_come_back_from_the_other_thread() -> None:
    def breaks(n: int) -> int:
        raise ValueError(n)

    draft = Draft()
    draft.step(breaks, draft.input("n"))

    with pytest.raises(StepFailedError, match="ValueError"):
        run_sync(draft.graph(), {"n": 1})


async def test_context_goes_along_to_the_other_thread() -> None:
    async def who() -> str:
        return WHO.get() + " on " + threading.current_thread().name

    WHO.set("somebody")

    assert run_waiting(who) == "somebody on flowdsl-run"


def interrupted_graph() -> Graph:
    """One step that interrupts its own process once it waits, and never ends; another that is done before."""

    async def waits(n: int) -> int:
        asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)
        return n

    draft = Draft()
    draft.step(waits, draft.step(inc, draft.input("n")))
    return draft.graph()


def test_an_interrupt_ends_the_run_and_hands_over_what_was_done() -> None:
    with pytest.raises(RunInterruptedError) as caught:
        run_sync(interrupted_graph(), {"n": 1})

    partial = caught.value.run
    assert isinstance(partial, Run)
    assert partial.status == "cancelled"
    assert partial["inc"] == 2
    assert partial.nodes["waits"].state == "cancelled"


async def test_an_interrupt_reaches_the_run_in_the_other_thread() -> None:
    # The loop of the test has its own idea of SIGINT; a notebook's kernel raises in the main thread.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(RunInterruptedError) as caught:
            run_sync(interrupted_graph(), {"n": 1})
    finally:
        signal.signal(signal.SIGINT, before)

    assert partial_value(caught.value) == 2


def partial_value(error: RunInterruptedError) -> object:
    return error.run["inc"]


async def test_a_second_interrupt_does_not_wait() -> None:
    async def stubborn() -> int:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            try:
                await asyncio.sleep(0.3)
            except asyncio.CancelledError:
                continue
        return 1

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_waiting(stubborn)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_cancelled_caller_inside_a_running_loop_cancels_what_it_waits_for() -> None:
    ended: list[str] = []

    async def caller() -> None:
        task = asyncio.current_task()
        assert task is not None

        async def work() -> None:
            task.cancel()
            try:
                await asyncio.sleep(60)
            finally:
                ended.append("work")

        run_waiting(work)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(caller())
    assert ended == ["work"]
