"""A cap that holds under fan-out: money is reserved at the worst case before a call, and settled after it."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from random import Random

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import ProviderError, StepFailedError
from flowdsl.errors.budget import BudgetExceededError
from flowdsl.events.bus import Bus
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.ir.policy import OnFailure, Policy, Retry
from flowdsl.ir.usage import Tier, Usage
from flowdsl.providers import Capabilities, FaultKind, Provider, Reply, Request
from flowdsl.runtime.budget import FREE, Budget
from flowdsl.runtime.context import Model, RunContext
from flowdsl.runtime.run import Run
from flowdsl.runtime.start import run_graph
from tests.runtime.building import whole_run
from tests.runtime.test_attempts import ask_graph, fan_out, fault

RETRIED = Policy(retry=Retry(attempts=3, base_delay_s=0.001))
MOST = Decimal("0.0020")
REAL = Decimal("0.0007")


class Billing:
    """Answers after a moment, and sends a bill; it knows what was under way at once."""

    def __init__(
        self, *, is_priced: bool = True, fails: int = 0, kind: FaultKind = "malformed"
    ) -> None:
        self.billed = Decimal(0)
        self.calls = self.under_way = self.most_under_way = 0
        self._is_priced = is_priced
        self._fails = fails
        self._kind: FaultKind = kind
        self._chance = Random(7)

    async def complete(self, request: Request, /) -> Reply:
        self.calls += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self._chance.uniform(0, 0.003))
        self.under_way -= 1
        if self.calls <= self._fails:
            self.billed += REAL
            raise fault(self._kind, None, input_tokens=5)
        self.billed += REAL
        usage = Usage(calls=1, input_tokens=5, output_tokens=2)
        return Reply(text="ok", usage=usage, model=ModelName("fake:m"), cost_usd=REAL)

    def cost_usd(
        self, _model: ModelName, usage: Usage, _tier: Tier = "standard", /
    ) -> Decimal | None:
        if not self._is_priced:
            return None
        return MOST if usage.output_tokens > 100 else REAL

    def worst_case(self, request: Request, /) -> Usage | None:
        return Usage(calls=1, input_tokens=5, output_tokens=request.max_tokens)


class Free(Billing):
    def models(self) -> tuple[ModelName, ...]:
        return ()

    def capabilities(self, _model: ModelName, /) -> Capabilities | None:
        return Capabilities(is_free=True)

    def unready(self, _model: ModelName, /) -> str | None:
        return None


async def go(
    graph: Graph,
    provider: Provider,
    limit: str,
    on_failure: OnFailure = "stop",
    **inputs: object,
) -> Run[object]:
    context = RunContext(
        models=lambda _: Model(provider, ModelName("m"), ModelName("fake:m")),
        budget=Budget(Decimal(limit)),
        bus=Bus(),
        seed=1,
        on_failure=on_failure,
    )
    return await run_graph(graph, inputs, context, over=[])


@pytest.mark.parametrize("on_failure", ["stop", "continue"])
async def test_a_hundred_calls_at_once_never_cost_more_than_the_cap(on_failure: OnFailure) -> None:
    billing = Billing()

    with pytest.raises(StepFailedError, match="FD250") as caught:
        await go(fan_out(), billing, "0.05", on_failure, items=["x"] * 100)

    run = whole_run(caught)
    assert billing.billed <= Decimal("0.05")
    assert run.cost_usd == billing.billed
    # 25 worst cases fit at once; what they give back lets others in, until the next might not fit any more.
    assert billing.most_under_way == 25
    assert billing.billed > Decimal("0.05") - 2 * MOST
    assert len(run.undone) == 100 - billing.calls
    assert all(path.endswith("/ask") for path in run.undone)
    named = ", ".join(run.undone[:10])
    assert f"left undone: {named} and {len(run.undone) - 10} more" in str(caught.value)


async def test_a_run_within_its_cap_is_like_any_other() -> None:
    billing = Billing()

    run = await go(fan_out(), billing, "1", items=["x"] * 100)

    assert run.value == ["ok"] * 100
    assert run.cost_usd == 100 * REAL
    assert run.undone == ()


async def test_every_attempt_is_reserved_anew_and_counted() -> None:
    billing = Billing(fails=2)

    run = await go(ask_graph(), billing, "1", x="it")

    assert run.cost_usd == billing.billed == 3 * REAL


async def test_attempts_may_use_the_budget_up() -> None:
    billing = Billing(fails=9, kind="truncated")

    with pytest.raises(StepFailedError, match="FD250"):
        await go(ask_graph(), billing, "0.0050", x="it")

    # An answer that was cut off may have been billed in full, whatever it told until then.
    assert billing.calls == 2


@pytest.mark.parametrize(
    ("fault", "calls"),
    [(httpx2.ConnectError("refused"), 3), (httpx2.ReadError("reset"), 2), (None, 2)],
)
async def test_a_connection_that_broke_may_be_billed_and_one_that_never_was_is_not(
    fault: Exception | None, calls: int
) -> None:
    class Breaking(Billing):
        async def complete(self, _request: Request, /) -> Reply:
            self.calls += 1
            raise ProviderError("unreachable", "no.") from fault

    breaking = Breaking()

    with pytest.raises(StepFailedError, match="FD250" if calls == 2 else "unreachable|no"):
        await go(ask_graph(RETRIED), breaking, "0.0050", x="it")

    assert breaking.calls == calls


async def test_a_model_without_a_price_is_not_asked_under_a_budget() -> None:
    billing = Billing(is_priced=False)

    with pytest.raises(StepFailedError, match="FD251"):
        await go(ask_graph(), billing, "1", x="it")

    assert billing.calls == 0


async def test_a_model_without_a_bound_is_not_asked_under_a_budget() -> None:
    class Boundless(Billing):
        def worst_case(self, _request: Request, /) -> Usage | None:
            return None

    boundless = Boundless()

    with pytest.raises(StepFailedError, match="FD251"):
        await go(ask_graph(), boundless, "1", x="it")

    assert boundless.calls == 0


async def test_a_call_is_reserved_at_the_dearest_kind_of_input() -> None:
    class DearReads(Billing):
        def cost_usd(
            self, _model: ModelName, usage: Usage, _tier: Tier = "standard", /
        ) -> Decimal | None:
            return MOST * 3 if usage.cache_read_tokens else MOST

    dear = DearReads()

    with pytest.raises(StepFailedError, match="FD250"):
        await go(ask_graph(), dear, str(MOST * 2), x="it")

    assert dear.calls == 0


async def test_free_models_need_no_budget() -> None:
    assert (await go(ask_graph(), Free(is_priced=False), "0.0000001", x="it")).value == "ok"


async def test_a_call_waits_for_what_others_give_back_in_the_order_of_the_calls() -> None:
    budget, order = Budget(Decimal(10)), list[str]()

    async def call(name: str, most: int) -> None:
        reservation = await budget.reserve(Decimal(most), "m")
        order.append(name)
        await asyncio.sleep(0.001)
        reservation.settle(Decimal(1))

    async with asyncio.TaskGroup() as group:
        for name, most in (("a", 7), ("b", 6), ("c", 2), ("d", 5)):
            group.create_task(call(name, most))

    # The small one could have gone at once; but then a large one might wait for ever.
    assert order == ["a", "b", "c", "d"]
    assert (budget.spent_usd, budget.reserved_usd) == (4, 0)


async def test_nobody_overtakes_one_that_has_waited() -> None:
    budget, order = Budget(Decimal(10)), list[str]()
    first = await budget.reserve(Decimal(8), "m")

    async def call(name: str, most: int) -> None:
        reservation = await budget.reserve(Decimal(most), "m")
        order.append(name)
        reservation.settle(Decimal(0))

    async with asyncio.TaskGroup() as group:
        group.create_task(call("waiting", 6))
        await asyncio.sleep(0)
        first.settle(Decimal(1))
        # There is no turn of the loop in between: the one that waits has been let in, but does not know it yet.
        await call("at once", 4)

    assert order == ["waiting", "at once"]


async def test_one_that_is_cancelled_as_it_is_let_in_gives_all_back() -> None:
    budget = Budget(Decimal(10))
    first = await budget.reserve(Decimal(8), "m")
    async with asyncio.TaskGroup() as group:
        second = group.create_task(budget.reserve(Decimal(9), "m"))
        await asyncio.sleep(0)
        first.settle(Decimal(1))
        second.cancel()

    assert second.cancelled()
    assert (budget.spent_usd, budget.reserved_usd) == (1, 0)


async def test_one_that_will_never_fit_does_not_wait_for_those_before_it() -> None:
    budget = Budget(Decimal(10))
    first = await budget.reserve(Decimal(8), "m")
    async with asyncio.TaskGroup() as group:
        before = group.create_task(budget.reserve(Decimal(3), "m"))
        await asyncio.sleep(0)

        with pytest.raises(BudgetExceededError):
            await budget.reserve(Decimal(11), "m")

        assert not before.done()
        first.settle(Decimal(0))
    before.result().settle(None)
    assert (budget.spent_usd, budget.reserved_usd) == (3, 0)


async def test_one_that_gives_up_waiting_lets_the_next_one_in() -> None:
    budget = Budget(Decimal(10))
    first = await budget.reserve(Decimal(8), "m")
    async with asyncio.TaskGroup() as group:
        large = group.create_task(budget.reserve(Decimal(9), "m"))
        small = group.create_task(budget.reserve(Decimal(2), "m"))
        await asyncio.sleep(0)
        assert not small.done()
        large.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert small.done()
    first.settle(Decimal(1))
    small.result().settle(Decimal(1))

    assert (budget.spent_usd, budget.reserved_usd) == (2, 0)


async def test_what_can_never_fit_is_refused_at_once() -> None:
    budget = Budget(Decimal(10))
    under_way = await budget.reserve(Decimal(1), "m")

    with pytest.raises(BudgetExceededError) as caught:
        await budget.reserve(Decimal(11), "m")

    assert (caught.value.limit_usd, caught.value.next_usd) == (10, 11)
    assert (caught.value.spent_usd, caught.value.reserved_usd) == (0, 1)
    under_way.settle(None)
    assert budget.spent_usd == 1


def test_a_reservation_is_settled_once_and_free_ones_count_for_nothing() -> None:
    async def settle() -> Budget:
        budget = Budget(Decimal(10))
        reservation = await budget.reserve(Decimal(5), "m")
        reservation.settle(Decimal(2))
        reservation.settle(None)
        FREE.settle(Decimal(100))
        return budget

    budget = asyncio.run(settle())

    assert (budget.spent_usd, budget.reserved_usd) == (2, 0)


CALLS = st.lists(
    st.tuples(st.integers(0, 12), st.floats(0, 1), st.integers(0, 3), st.booleans()), max_size=25
)


@given(CALLS, st.integers(1, 30))
def test_no_order_of_calls_and_answers_goes_over_the_cap(
    calls: list[tuple[int, float, int, bool]], limit: int
) -> None:
    async def trial() -> None:
        budget = Budget(Decimal(limit))

        async def call(most: int, share: float, wait: int, *, is_unknown: bool) -> None:
            await turns(wait)
            try:
                reservation = await budget.reserve(Decimal(most), "m")
            except BudgetExceededError:
                return
            assert budget.spent_usd + budget.reserved_usd <= limit
            await turns(wait + 1)
            cost = None if is_unknown else Decimal(most) * Decimal(str(share))
            reservation.settle(cost)
            assert budget.spent_usd + budget.reserved_usd <= limit

        async with asyncio.TaskGroup() as group:
            for most, share, wait, is_unknown in calls:
                group.create_task(call(most, share, wait, is_unknown=is_unknown))
        # Nobody waits for ever, and nothing stays reserved.
        assert budget.reserved_usd == 0

    asyncio.run(trial())


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def cancelled(task: asyncio.Task[None], after: int) -> None:
    await turns(after)
    task.cancel()


MOMENTS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 3), st.one_of(st.none(), st.integers(0, 4))),
    max_size=25,
)


@given(MOMENTS, st.integers(1, 30))
def test_calls_that_are_cancelled_at_any_moment_leave_nothing_set_aside(
    calls: list[tuple[int, int, int | None]], limit: int
) -> None:
    budget = Budget(Decimal(limit))
    let_in = list[int]()

    async def call(number: int, most: int, work: int) -> None:
        try:
            reservation = await budget.reserve(Decimal(most), "m")
        except BudgetExceededError:
            return
        try:
            let_in.append(number)
            assert budget.spent_usd + budget.reserved_usd <= limit
            await turns(work)
        finally:
            reservation.settle(Decimal(most) / 2)

    async def trial() -> None:
        async with asyncio.TaskGroup() as group:
            for number, (most, work, after) in enumerate(calls):
                task = group.create_task(call(number, most, work))
                if after is not None:
                    group.create_task(cancelled(task, after))

    asyncio.run(trial())

    assert budget.reserved_usd == 0
    assert budget.spent_usd <= limit
    # Nobody overtakes.
    assert let_in == sorted(let_in)
