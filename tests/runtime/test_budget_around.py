"""Runs that steps of another run start: they spend from its budget, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from threading import Event as Flag

import pytest

from flowdsl import each, pipeline, prompt, step
from flowdsl.errors import StepFailedError
from flowdsl.errors.budget import BudgetExceededError
from flowdsl.runtime.budget import AROUND, Budget
from tests.runtime.test_budget import MOST, REAL, Billing


@prompt("About {{ x }}.", model="fake:m")
def ask_alone(x: str) -> str: ...


@pipeline
def alone(xs: list[str]) -> list[str]:
    return each(xs, ask_alone)


@pytest.mark.parametrize("lane", ["loop", "lane", "threads"])
@pytest.mark.parametrize("limit", ["0.02", "0.05"])
def test_runs_that_steps_start_spend_from_the_same_budget(lane: str, limit: str) -> None:
    billing = Billing()
    inner = alone.using(providers={"fake": billing})

    def work(x: str) -> str:
        return str(inner.run(xs=[x] * 5).value)

    async def work_on_the_loop(x: str) -> str:
        return work(x)

    starts = {
        "loop": step(work_on_the_loop),
        "lane": step(work),
        "threads": step(threads=True)(work),
    }[lane]

    @pipeline
    def outer(xs: list[str]) -> tuple[list[str], list[str]]:
        return each(xs, ask_alone), each(xs, starts)

    run = outer.using(providers={"fake": billing}, budget_usd=Decimal(limit))
    with pytest.raises(StepFailedError, match=r"FD250: the budget of \$0\.0"):
        run.run(xs=["x"] * 20)

    assert Decimal(0) < billing.billed <= Decimal(limit)


def test_a_run_in_a_step_has_its_own_budget_too() -> None:
    billing = Billing()
    inner = alone.using(providers={"fake": billing}, budget_usd=MOST)

    @step
    def starts(x: str) -> str:
        return str(inner.run(xs=[x] * 9).value)

    @pipeline
    def outer(x: str) -> str:
        return starts(x)

    with pytest.raises(StepFailedError, match=r"the budget of \$0\.002 is used up"):
        outer.using(budget_usd=1).run(x="x")

    assert billing.billed == REAL


def test_a_budget_ends_with_its_run() -> None:
    billing = Billing()

    for limit in (1, None):
        done = alone.using(providers={"fake": billing}, budget_usd=limit).run(xs=["x"])
        assert done.value == ["ok"]

    assert AROUND.get() is None


async def test_a_run_waits_for_what_one_inside_of_it_gives_back_on_another_thread() -> None:
    outer = Budget(Decimal(10))
    is_held, may_end = Flag(), Flag()

    async def hold() -> None:
        reservation = await Budget(Decimal(9), outer).reserve(Decimal(8), "m")
        is_held.set()
        await asyncio.to_thread(may_end.wait)
        reservation.settle(Decimal(1))

    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(asyncio.run, hold()))
        await asyncio.to_thread(is_held.wait)
        waiting = group.create_task(outer.reserve(Decimal(5), "m"))
        await asyncio.sleep(0)
        assert not waiting.done()
        may_end.set()

    waiting.result().settle(Decimal(2))
    assert (outer.spent_usd, outer.reserved_usd) == (3, 0)


async def test_a_run_inside_of_another_does_not_wait_for_it() -> None:
    outer = Budget(Decimal(10))
    inner = Budget(Decimal(10), outer)
    await outer.reserve(Decimal(8), "m")

    with pytest.raises(BudgetExceededError) as caught:
        await inner.reserve(Decimal(3), "m")

    assert (caught.value.limit_usd, caught.value.reserved_usd) == (10, 8)
    assert (inner.reserved_usd, outer.reserved_usd) == (0, 8)
