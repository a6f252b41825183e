"""One policy over all providers, on a clock that tests turn: attempts, waits, deadlines, shared pauses, bills."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from flowdsl.errors import ProviderError, StepFailedError
from flowdsl.events.bus import Bus
from flowdsl.events.records import Event, ModelAnswered, ModelAsked, ModelCalled, Retried
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Port
from flowdsl.ir.policy import DEFAULT_POLICY, Limits, Policy, Retry
from flowdsl.ir.prompt import Prompt
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import STR, ListOf
from flowdsl.ir.usage import Tier, Usage
from flowdsl.prompts import parse_template
from flowdsl.providers import Delta, FaultKind, Provider, Reply, Request
from flowdsl.runtime.attempts import ATTEMPT_S, DEADLINE_S, LONGEST_ASKED_S
from flowdsl.runtime.context import Model, RunContext
from flowdsl.runtime.run import Run
from flowdsl.runtime.start import run_graph
from tests.runtime.building import Draft, whole_run

USAGE = Usage(calls=1, input_tokens=10, output_tokens=5)
GOOD = Reply(text="fine", usage=USAGE, model=ModelName("fake:m"), cost_usd=Decimal("0.01"))


class Clock:
    """Time that passes only while somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.now + seconds
        for _ in range(20 if seconds else 1):  # whoever has work does it before time goes on
            await asyncio.sleep(0)
        self.now = max(self.now, until)


class Fake:
    """Answers from a script; when that is used up, well."""

    def __init__(self, clock: Clock, *script: ProviderError | Reply, work_s: float = 0.0) -> None:
        self.clock = clock
        self.script = list(script)
        self.asked: list[tuple[float, Request]] = []
        self.work_s = work_s

    async def complete(self, request: Request, /) -> Reply:
        self.asked.append((self.clock.now, request))
        answer = self.script.pop(0) if self.script else GOOD
        await asyncio.sleep(0)
        self.clock.now += self.work_s
        if isinstance(answer, ProviderError):
            raise answer
        return answer


class Priced(Fake):
    """One dollar a token."""

    def cost_usd(
        self, _model: ModelName, usage: Usage, _tier: Tier = "standard", /
    ) -> Decimal | None:
        return Decimal(usage.input_tokens + usage.output_tokens)

    def worst_case(self, _request: Request, /) -> Usage | None:
        return USAGE


def ask(policy: Policy = DEFAULT_POLICY) -> Generate:
    prompt = Prompt(user=(parse_template("About {{ x }}."),))
    return Generate(label="ask", inputs=(Port("x", STR),), output=STR, prompt=prompt, policy=policy)


def ask_graph(policy: Policy = DEFAULT_POLICY) -> Graph:
    draft = Draft()
    draft.add(ask(policy), x=draft.input("x", STR))
    return draft.graph()


def fan_out() -> Graph:
    body = Draft("body")
    body.add(ask(), x=body.input("item", STR))
    draft = Draft()
    each = Each(
        label="all",
        inputs=(Port("items", ListOf(STR)),),
        output=ListOf(STR),
        body=body.graph(),
        limits=Limits(),
    )
    draft.add(each, items=draft.input("items", ListOf(STR)))
    return draft.graph()


async def go(
    graph: Graph, fake: Fake, heard: list[Event] | None = None, **inputs: object
) -> Run[object]:
    provider: Provider = fake
    context = RunContext(
        models=lambda _: Model(provider, ModelName("m"), ModelName("fake:m")),
        clock=fake.clock,
        sleep=fake.clock.sleep,
        bus=Bus([] if heard is None else [heard.append]),
        seed=1,
    )
    return await run_graph(graph, inputs, context, over=[])


def fault(kind: FaultKind, after: float | None = None, **billed: int) -> ProviderError:
    return ProviderError(kind, "no.", retry_after_s=after, billed=billed)


PASS: list[FaultKind] = [
    "unreachable",
    "timeout",
    "rate_limit",
    "overloaded",
    "server",
    "truncated",
    "malformed",
]
STAY: list[FaultKind] = [
    "authentication",
    "permission",
    "unknown_model",
    "bad_request",
    "context_overflow",
    "max_tokens",
    "refusal",
    "spend_limit",
    "not_ready",
]


@pytest.mark.parametrize("kind", PASS)
async def test_a_fault_that_may_pass_is_tried_again_until_it_has_passed(kind: FaultKind) -> None:
    fake = Fake(Clock(), *[fault(kind)] * 4)

    run = await go(ask_graph(), fake, x="it")

    assert run.value == "fine"
    assert len(fake.asked) == 5


@pytest.mark.parametrize("kind", STAY)
async def test_a_fault_that_stays_ends_the_step_at_once(kind: FaultKind) -> None:
    fake = Fake(Clock(), fault(kind))

    with pytest.raises(StepFailedError, match="no"):
        await go(ask_graph(), fake, x="it")

    assert len(fake.asked) == 1
    assert not fake.clock.slept


async def test_five_attempts_are_made_where_nothing_is_said() -> None:
    fake = Fake(Clock(), *[fault("server")] * 9)

    with pytest.raises(StepFailedError, match="no"):
        await go(ask_graph(), fake, x="it")

    assert len(fake.asked) == 5


async def test_a_provider_that_asks_for_a_wait_gets_it() -> None:
    fake = Fake(Clock(), fault("overloaded", 7.0))

    await go(ask_graph(), fake, x="it")

    assert fake.asked[1][0] >= 7.0


async def test_a_wait_of_an_hour_is_refused_and_said() -> None:
    heard: list[Event] = []
    fake = Fake(Clock(), fault("rate_limit", 3600.0))

    with pytest.raises(StepFailedError, match=r"the wait of 3600 s is longer than 120 s"):
        await go(ask_graph(), fake, heard, x="it")

    assert not fake.clock.slept
    assert not any(isinstance(event, Retried) for event in heard)
    assert LONGEST_ASKED_S == 120.0


async def test_no_wait_reaches_beyond_the_deadline() -> None:
    fake = Fake(Clock(), fault("rate_limit", 50.0))

    with pytest.raises(StepFailedError, match=r"the wait of 50 s is longer than 30 s"):
        await go(ask_graph(Policy(deadline_s=30)), fake, x="it")

    assert fake.clock.now == 0


async def test_the_deadline_holds_over_all_attempts_together() -> None:
    fake = Fake(Clock(), *[fault("server")] * 50, work_s=4.0)
    policy = Policy(deadline_s=10, retry=Retry(attempts=50, base_delay_s=0))

    with pytest.raises(StepFailedError):
        await go(ask_graph(policy), fake, x="it")

    assert [at for at, _ in fake.asked] == [0, 4, 8]
    assert [request.timeout_s for _, request in fake.asked] == [10, 6, 2]


@pytest.mark.parametrize(
    ("policy", "wanted"), [(DEFAULT_POLICY, ATTEMPT_S), (Policy(timeout_s=9), 9)]
)
async def test_no_request_is_sent_without_a_time(policy: Policy, wanted: float) -> None:
    fake = Fake(Clock())

    await go(ask_graph(policy), fake, x="it")

    assert fake.asked[0][1].timeout_s == wanted
    assert DEADLINE_S == 1800


async def test_one_caller_that_was_told_to_wait_makes_all_wait() -> None:
    fake = Fake(Clock(), fault("rate_limit", 20.0), *[fault("server")] * 2)

    run = await go(fan_out(), fake, items=["a", "b", "c", "d"])

    # Four were under way when the first was told; whoever comes later comes after the pause.
    assert run.value == ["fine"] * 4
    assert [at for at, _ in fake.asked[:4]] == [0, 0, 0, 0]
    assert all(at >= 20.0 for at, _ in fake.asked[4:])
    assert len(fake.asked) == 7


async def test_a_pause_beyond_the_deadline_is_not_waited_for() -> None:
    clock = Clock()
    fake = Fake(clock, fault("rate_limit", 25.0), fault("server"))
    body = Policy(deadline_s=20, retry=Retry(attempts=5, base_delay_s=0))
    draft = Draft()
    x = draft.input("x", STR)
    draft.add(ask(), x=x)
    draft.add(ask(body), x=x)

    with pytest.raises(StepFailedError, match=r"asks to be left alone for another 25 s"):
        await go(draft.graph(), fake, x="it")


@pytest.mark.parametrize(
    ("kind", "billed", "cost"),
    [
        ("max_tokens", {"input_tokens": 10, "output_tokens": 4}, Decimal(14)),
        ("server", {}, Decimal(0)),
        ("timeout", {}, None),
        ("truncated", {}, None),
        ("malformed", {}, None),
        ("malformed", {"input_tokens": 10}, Decimal(10)),
        ("truncated", {"input_tokens": 10}, None),
        ("unreachable", {"input_tokens": 10}, None),
    ],
)
async def test_what_a_failed_attempt_costs_is_counted_and_unknown_is_not_called_free(
    kind: FaultKind, billed: dict[str, int], cost: Decimal | None
) -> None:
    heard: list[Event] = []
    fake = Priced(Clock(), fault(kind, None, **billed))

    with pytest.raises(StepFailedError) as caught:
        await go(ask_graph(Policy(retry=Retry(attempts=1))), fake, heard, x="it")

    run = whole_run(caught)
    assert run.cost_usd == cost
    calls = [event for event in heard if isinstance(event, ModelCalled)]
    assert [(each.finish, each.accepted) for each in calls] == (
        [] if cost == 0 else [(kind, False)]
    )


async def test_the_attempt_that_gave_the_answer_is_told() -> None:
    heard: list[Event] = []
    reply = Reply(
        text="ok", usage=USAGE, model=ModelName("fake:m"), request_id="req_1", tier="priority"
    )
    fake = Fake(Clock(), fault("server"), fault("server"), reply)

    await go(ask_graph(), fake, heard, x="it")

    [called] = [event for event in heard if isinstance(event, ModelCalled)]
    assert (called.attempt, called.request_id, called.tier) == (3, "req_1", "priority")
    assert called.finish == "end"


async def test_the_same_seed_waits_alike() -> None:
    clocks = [Clock(), Clock()]
    for clock in clocks:
        await go(ask_graph(), Fake(clock, *[fault("server")] * 3), x="it")

    assert clocks[0].slept == clocks[1].slept
    assert len(set(clocks[0].slept)) == 3


class Curious:
    """Wants to hear what is said, word for word."""

    wants_content = True

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.heard.append(event)


async def test_what_is_asked_and_answered_is_told_to_those_who_want_it() -> None:
    fake, curious, plain = Fake(Clock(), fault("server")), Curious(), list[Event]()
    provider: Provider = fake
    context = RunContext(
        models=lambda _: Model(provider, ModelName("m"), ModelName("fake:m")),
        clock=fake.clock,
        sleep=fake.clock.sleep,
        bus=Bus([curious, plain.append]),
        seed=1,
    )

    await run_graph(ask_graph(), {"x": "it"}, context, over=[])

    asked = [event for event in curious.heard if isinstance(event, ModelAsked)]
    assert [each.model for each in asked] == ["fake:m", "fake:m"]
    assert asked[0].messages == (
        {"role": "user", "parts": [{"type": "text", "content": "About it."}]},
    )
    assert [each.text for each in curious.heard if isinstance(each, ModelAnswered)] == ["fine"]
    assert not any(isinstance(event, ModelAsked | ModelAnswered) for event in plain)


async def test_an_answer_that_ends_in_a_call_of_a_tool_is_no_value() -> None:
    calling = Reply(text="I'll look.", usage=USAGE, model=ModelName("fake:m"), finish="tool_use")
    fake = Fake(Clock(), calling)

    with pytest.raises(StepFailedError, match="nobody offered one") as caught:
        await go(ask_graph(), fake, x="it")

    assert len(fake.asked) == 1
    assert whole_run(caught).usage.calls == 1


async def test_a_stream_that_is_left_in_its_middle_is_closed() -> None:
    class Talking(Fake):
        closed = 0

        async def stream(self, _request: Request, /) -> AsyncIterator[Delta | Reply]:
            try:
                yield Delta("fi")
                yield GOOD
                yield Delta("never heard")
            finally:
                self.closed += 1

    talking, heard = Talking(Clock()), list[Event]()

    run = await go(ask_graph(), talking, heard, x="it")

    assert run.value == "fine"
    assert talking.closed == 1
