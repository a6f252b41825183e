"""Hiring: many at once are hired in batches, and what is given up is forgotten everywhere."""

from __future__ import annotations

import asyncio

import pytest

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.ir.effects import MODEL_CALL
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Port
from flowdsl.ir.policy import Limits
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import INT, ListOf
from flowdsl.runtime.workforce import BATCH
from tests.runtime.building import Draft, body_of, run, total, value_of


async def test_more_than_a_batch_of_steps_are_all_at_work_at_once() -> None:
    count = 3 * BATCH + 5
    at_work = 0
    everybody = asyncio.Event()

    async def waits(n: int) -> int:
        nonlocal at_work
        at_work += 1
        if at_work == count:
            everybody.set()
        await everybody.wait()
        return n

    draft = Draft()
    n = draft.input("n")
    ids = [draft.step(waits, n, label=f"w{number}") for number in range(count)]
    draft.step(total, *ids)

    assert await value_of(draft.graph(), n=1) == count


async def test_a_failure_takes_away_what_was_handed_out_and_not_begun() -> None:
    ran: list[int] = []

    async def breaks(n: int) -> int:
        raise ValueError(n)

    async def notes(n: int) -> int:
        ran.append(n)
        return n

    draft = Draft()
    n = draft.input("n")
    draft.step(breaks, n)
    for number in range(2 * BATCH):
        draft.step(notes, n, label=f"n{number}")

    with pytest.raises(StepFailedError):
        await run(draft.graph(), n=1)

    assert ran == []


def nested(inner_body: Graph, *, limit: int | None = None) -> Graph:
    """An each, whose failed items are left out, over lists, each gone over by another each."""
    body = Draft("body")
    items = body.input("item", ListOf(INT))
    inner = Each(
        label="inner",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(INT),
        body=inner_body,
        limits=Limits(limit),
    )
    body.add(inner, items=items)
    draft = Draft()
    outer = Each(
        label="outer",
        inputs=(Port("items", ListOf(ListOf(INT))),),
        output=ListOf(ListOf(INT)),
        body=body.graph(),
        on_item_error="skip",
    )
    draft.add(outer, items=draft.input("items", ListOf(ListOf(INT))))
    return draft.graph()


@pytest.mark.parametrize("limit", [1, 2, None])
async def test_a_given_up_item_starts_nothing_more_though_paid_work_in_it_finishes(
    limit: int | None,
) -> None:
    finished: list[int] = []

    async def paid(n: int) -> int:
        await asyncio.sleep(0)
        if n == 13:
            raise ValueError(n)
        for _ in range(5):
            await asyncio.sleep(0)
        finished.append(n)
        return n

    body = Draft("inner")
    item = body.input("item")
    body.step(paid, item, effects=MODEL_CALL)
    graph = nested(body.graph(), limit=limit)

    value = await value_of(graph, items=[[1, 2], [3, 13, 4, 5, 6], [7, 8]])

    assert value == [[1, 2], [7, 8]]
    assert 13 not in finished


async def test_pure_work_of_a_given_up_item_is_cancelled() -> None:
    cancelled: list[int] = []
    waiting = asyncio.Event()

    async def pure(n: int) -> int:
        if n == 13:
            await waiting.wait()
            raise ValueError(n)
        if n == 1:
            return n
        try:
            waiting.set()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(n)
            raise
        return n

    graph = nested(body_of(pure, "item"))

    assert await value_of(graph, items=[[2, 13], [1]]) == [[1]]
    assert cancelled == [2]


async def test_one_at_a_time_means_one_on_every_lane() -> None:
    at_work: list[int] = []
    most: list[int] = []

    def plain(n: int) -> int:
        at_work.append(n)
        most.append(len(at_work))
        at_work.pop()
        return n

    async def on_loop(n: int) -> int:
        at_work.append(n)
        most.append(len(at_work))
        await asyncio.sleep(0)
        at_work.pop()
        return n

    draft = Draft()
    n = draft.input("n")
    for number in range(6):
        draft.step(plain, n, label=f"p{number}")
        draft.step(plain, n, label=f"t{number}", lane="threads")
        draft.step(on_loop, n, label=f"l{number}")

    await run(draft.graph(), Options(max_parallel=1), n=1)

    assert most == [1] * 18


async def test_in_a_given_up_item_pure_work_is_cut_and_nothing_follows_paid_work() -> None:
    told: list[str] = []
    both = asyncio.Barrier(3)

    async def pure(n: int) -> int:
        try:
            await both.wait()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            told.append("pure cut")
            raise
        return n

    async def paid(n: int) -> int:
        await both.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        told.append("paid done")
        return n

    async def breaks(n: int) -> int:
        await both.wait()
        raise ValueError(n)

    async def after(n: int) -> int:
        told.append("after")
        return n

    body = Draft("body")
    item = body.input("item")
    body.step(pure, item)
    body.step(after, body.step(paid, item, effects=MODEL_CALL))
    body.step(breaks, item)
    draft = Draft()
    each = Each(
        label="each",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(INT),
        body=body.graph(),
        on_item_error="skip",
    )
    draft.add(each, items=draft.input("items", ListOf(INT)))

    assert await value_of(draft.graph(), items=[1]) == []
    assert told == ["pure cut", "paid done"]
