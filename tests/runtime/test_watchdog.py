"""A step that blocks the loop is named."""

from __future__ import annotations

import asyncio
import time

import pytest

from flowdsl.engine import Options
from flowdsl.events.records import Event, Warned
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.policy import Lane
from flowdsl.ir.prompt import Prompt, Static
from flowdsl.ir.types import STR
from flowdsl.providers import Request
from flowdsl.testing import ScriptedProvider
from tests.runtime.building import Draft, run

BLOCK_S = 0.4


def blocks(n: int) -> int:
    """A step that sleeps where it should not."""
    time.sleep(BLOCK_S)
    return n


async def blocks_async(n: int) -> int:
    """Likewise, on the loop."""
    time.sleep(BLOCK_S)  # noqa: ASYNC251 - the very mistake
    return n


def shouts(text: str) -> str:
    """A step that takes less time than is named, but some."""
    time.sleep(0.07)
    return text.upper()


async def warnings_of(draft: Draft, *, settle_s: float = 0.05) -> list[Warned]:
    heard: list[Event] = []

    async def wait(n: int) -> int:
        await asyncio.sleep(settle_s)
        return n

    draft.step(wait, draft.nodes[-1][0])
    await run(draft.graph(), Options(on_event=heard.append), n=1)
    return [event for event in heard if isinstance(event, Warned)]


async def test_a_blocking_inline_step_is_named_once_with_the_cure() -> None:
    draft = Draft()
    draft.step(blocks, draft.input("n"), lane="inline")

    warned = await warnings_of(draft)

    assert [(event.code, event.path) for event in warned] == [("FD210", "blocks")]
    assert "s. Leave `inline=True` away: a plain" in warned[0].message


async def test_a_blocking_async_step_is_named_too() -> None:
    draft = Draft()
    draft.step(blocks_async, draft.input("n"))

    warned = await warnings_of(draft)

    assert [(event.code, event.path) for event in warned] == [("FD210", "blocks_async")]
    assert "s. Await what takes long" in warned[0].message


@pytest.mark.parametrize("lane", ["lane", "threads"])
async def test_a_step_beside_the_loop_blocks_nobody(lane: Lane) -> None:
    draft = Draft()
    draft.step(blocks, draft.input("n"), lane=lane)

    assert await warnings_of(draft) == []


async def test_what_a_model_call_loads_is_not_blamed_on_the_user() -> None:
    def answers_late(_request: Request) -> str:
        time.sleep(BLOCK_S)
        return "yes"

    draft = Draft()
    draft.add(Generate(label="ask", prompt=Prompt(user=(Static("Well?"),))))
    heard: list[Event] = []
    options = Options(
        model="late:", providers={"late": ScriptedProvider(answers_late)}, on_event=heard.append
    )

    await run(draft.graph(), options)

    assert [event for event in heard if isinstance(event, Warned)] == []


async def test_the_time_of_a_model_call_is_not_put_down_to_the_next_step() -> None:
    def answers_late(_request: Request) -> str:
        time.sleep(BLOCK_S)
        return "yes"

    draft = Draft()
    asked = draft.add(Generate(label="ask", prompt=Prompt(user=(Static("Well?"),))))
    draft.step(shouts, asked, lane="inline", takes=STR, output=STR)
    heard: list[Event] = []
    options = Options(
        model="late:", providers={"late": ScriptedProvider(answers_late)}, on_event=heard.append
    )

    await run(draft.graph(), options)

    assert [event for event in heard if isinstance(event, Warned)] == []


async def test_waiting_is_not_blocking() -> None:
    draft = Draft()
    draft.input("n")

    assert await warnings_of(draft, settle_s=BLOCK_S) == []


async def test_what_blocks_the_loop_outside_of_the_run_is_put_down_to_no_step() -> None:
    heard: list[Event] = []

    async def wait(n: int) -> int:
        await asyncio.sleep(BLOCK_S)
        return n

    draft = Draft()
    draft.step(wait, draft.input("n"))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run(draft.graph(), Options(on_event=heard.append), n=1))
        await asyncio.sleep(0.05)
        time.sleep(BLOCK_S)  # noqa: ASYNC251 - somebody else's mistake

    assert running.result().value == 1
    assert [event for event in heard if isinstance(event, Warned)] == []
