"""Asking a model: typed answers, repairs, faults, bills, streams."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from flowdsl.engine import Options
from flowdsl.errors import ProviderError, StepFailedError
from flowdsl.events.records import Event, ModelCalled, Retried, TextArrived
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Port
from flowdsl.ir.policy import DEFAULT_POLICY, Policy, Retry
from flowdsl.ir.prompt import FromFile, Prompt, Static
from flowdsl.ir.types import INT, STR, ListOf, Media, Type
from flowdsl.ir.usage import Usage
from flowdsl.prompts import Document, parse_template
from flowdsl.providers import Capabilities, Delta, FinishReason, Provider, Reply, Request
from tests.runtime.building import Draft, partial_run, run, whole_run

USAGE = Usage(calls=1, input_tokens=10, output_tokens=5)


def reply(text: str, finish: FinishReason = "end", cost: str | None = "0.01") -> Reply:
    return Reply(
        text=text,
        usage=USAGE,
        model=ModelName("fake:m"),
        finish=finish,
        cost_usd=None if cost is None else Decimal(cost),
    )


class Fake:
    """Gives what it was told to, in turn, and remembers what it was asked."""

    def __init__(self, *script: Reply | ProviderError) -> None:
        self.script = list(script)
        self.asked: list[Request] = []

    async def complete(self, request: Request, /) -> Reply:
        self.asked.append(request)
        answer = self.script.pop(0)
        if isinstance(answer, ProviderError):
            raise answer
        return answer


class Streaming(Fake):
    """Gives its answer letter by letter."""

    async def stream(self, request: Request, /) -> AsyncIterator[Delta | Reply]:
        whole = await self.complete(request)
        for letter in whole.text:
            yield Delta(letter)
        if whole.finish == "end":
            yield whole


def ask_graph(output: Type = STR, policy: Policy = DEFAULT_POLICY) -> Graph:
    draft = Draft()
    node = Generate(
        label="ask",
        inputs=(Port("x", STR),),
        output=output,
        prompt=Prompt(user=(parse_template("About {{ x }}."),), system=(Static("Be brief."),)),
        policy=policy,
    )
    draft.add(node, x=draft.input("x", STR))
    return draft.graph()


def asking(fake: Provider, *, heard: list[Event] | None = None) -> Options:
    listeners = () if heard is None else (heard.append,)
    return Options(model="fake:m", providers={"fake": fake}, seed=1, listeners=listeners)


async def test_the_prompt_is_rendered_and_the_answer_is_the_value() -> None:
    fake = Fake(reply("short"))

    done = await run(ask_graph(), asking(fake), x="life")

    assert done.value == "short"
    assert fake.asked[0].system == "Be brief."
    assert fake.asked[0].messages[0].text == "About life."
    assert (fake.asked[0].model, fake.asked[0].step, fake.asked[0].schema) == ("m", "ask", None)
    assert (done.usage, done.cost_usd) == (USAGE, Decimal("0.01"))
    assert done.nodes["ask"].cost_usd == Decimal("0.01")


async def test_an_answer_of_another_type_is_repaired_and_both_are_paid() -> None:
    heard: list[Event] = []
    fake = Fake(reply("[1, 2"), reply('{"value": [1, 2]}'))

    done = await run(ask_graph(ListOf(INT)), asking(fake, heard=heard), x="life")

    assert done.value == [1, 2]
    roles = [message.role for message in fake.asked[1].messages]
    assert roles == ["user", "assistant", "user"]
    assert fake.asked[1].messages[1].text == "[1, 2"
    assert done.usage.calls == 2
    assert done.cost_usd == Decimal("0.02")
    assert [event.accepted for event in heard if isinstance(event, ModelCalled)] == [False, True]


async def test_answers_that_never_fit_are_an_error_and_are_paid() -> None:
    fake = Fake(*[reply("no") for _ in range(3)])

    with pytest.raises(StepFailedError, match=r"FD241.*asked 3 times"):
        await run(ask_graph(INT), asking(fake), x="life")

    assert len(fake.asked) == 3


async def test_repairs_can_be_switched_off() -> None:
    fake = Fake(reply("no"))

    with pytest.raises(StepFailedError, match="asked once"):
        await run(ask_graph(INT, Policy(repairs=0)), asking(fake), x="life")


async def test_a_fault_that_may_pass_is_tried_again_and_its_tokens_are_billed() -> None:
    heard: list[Event] = []
    fault = ProviderError("overloaded", "busy", billed={"input_tokens": 7})
    fake = Fake(fault, reply("there"))
    policy = Policy(retry=Retry(attempts=2, base_delay_s=0))

    done = await run(ask_graph(policy=policy), asking(fake, heard=heard), x="life")

    assert done.value == "there"
    assert done.usage.input_tokens == 17
    assert done.cost_usd is None
    assert [event.reason for event in heard if isinstance(event, Retried)] == [
        "ProviderError: FD230: busy"
    ]


@pytest.mark.parametrize("kind", ["authentication", "refusal", "max_tokens"])
async def test_a_fault_that_stays_is_not_tried_again(kind: str) -> None:
    fake = Fake(ProviderError(kind, "no"), reply("never"))

    with pytest.raises(StepFailedError, match="FD230: no"):
        await run(ask_graph(), asking(fake), x="life")

    assert len(fake.asked) == 1


async def test_faults_that_go_on_end_the_step() -> None:
    fake = Fake(*[ProviderError("server", "down") for _ in range(3)])
    policy = Policy(retry=Retry(attempts=3, base_delay_s=0))

    with pytest.raises(StepFailedError, match="down"):
        await run(ask_graph(policy=policy), asking(fake), x="life")

    assert len(fake.asked) == 3


@pytest.mark.parametrize(("finish", "said"), [("refusal", "refused"), ("max_tokens", "cut at")])
async def test_a_refusal_or_a_cut_answer_is_never_a_success(
    finish: FinishReason, said: str
) -> None:
    with pytest.raises(StepFailedError, match=said) as caught:
        await run(ask_graph(), asking(Fake(reply("sorry", finish))), x="life")

    failed = whole_run(caught)
    assert failed.nodes["ask"].state == "failed"
    assert (failed.usage, failed.cost_usd) == (USAGE, Decimal("0.01"))


async def test_an_unknown_price_makes_the_cost_unknown() -> None:
    done = await run(ask_graph(), asking(Fake(reply("x", cost=None))), x="life")

    assert done.cost_usd is None


async def test_text_streams_to_listeners_and_to_the_caller() -> None:
    heard: list[Event] = []
    pieces: list[tuple[str, str]] = []

    def take(path: str, piece: str) -> None:
        pieces.append((path, piece))

    options = Options(
        model="fake:m",
        providers={"fake": Streaming(reply("mot"))},
        on_event=heard.append,
        on_text=take,
    )
    done = await run(ask_graph(), options, x="life")

    assert done.value == "mot"
    assert pieces == [("ask", "m"), ("ask", "o"), ("ask", "t")]
    assert [event.text for event in heard if isinstance(event, TextArrived)] == ["m", "o", "t"]


async def test_a_stream_that_stops_before_its_end_is_a_fault() -> None:
    fake = Streaming(reply("ab", "stop"))
    policy = Policy(retry=Retry(attempts=1))

    with pytest.raises(StepFailedError, match="before it was complete"):
        await run(ask_graph(policy=policy), asking(fake, heard=[]), x="life")


async def test_a_late_answer_is_a_fault() -> None:
    class Late(Fake):
        async def complete(self, request: Request, /) -> Reply:
            import asyncio

            await asyncio.sleep(60)
            return await super().complete(request)

    policy = Policy(timeout_s=0.01, retry=Retry(attempts=1))

    with pytest.raises(StepFailedError, match=r"did not finish within 0\.01 s"):
        await run(ask_graph(policy=policy), asking(Late(reply("x"))), x="life")


async def test_a_time_out_of_the_provider_itself_is_told_as_it_is() -> None:
    class Broken(Fake):
        async def complete(self, request: Request, /) -> Reply:
            raise TimeoutError("its own")

    with pytest.raises(StepFailedError, match="its own"):
        await run(ask_graph(policy=Policy(timeout_s=5)), asking(Broken()), x="life")


async def test_a_file_of_the_workspace_is_read_when_the_prompt_runs(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "rules.md").write_text("Rule one.", encoding="utf-8")
    draft = Draft()
    draft.add(Generate(label="ask", output=STR, prompt=Prompt(user=(FromFile("rules.md"),))))
    fake = Fake(reply("ok"))

    await run(draft.graph(), Options(model="fake:m", providers={"fake": fake}, workspace=folder))

    assert fake.asked[0].messages[0].text == "Rule one."


class Blind(Fake):
    """Takes no documents, and knows it."""

    def models(self) -> tuple[ModelName, ...]:
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        return None if model == "unknown" else Capabilities(documents=model == "sighted")

    def unready(self, _model: ModelName, /) -> str | None:
        return None


def scan(paper: Document) -> Document:
    """A document that is there only while running."""
    return paper


@pytest.mark.parametrize(
    ("model", "is_asked"), [("m", False), ("sighted", True), ("unknown", True)]
)
async def test_a_binary_document_for_a_model_that_takes_none_is_not_sent(
    model: str, is_asked: object
) -> None:
    draft = Draft()
    ask = Generate(
        label="ask",
        inputs=(Port("paper", Media("document")),),
        output=STR,
        prompt=Prompt(user=(parse_template("Read {{ paper }}"),)),
    )
    scanned = draft.step(
        scan, draft.input("paper", Media("document")), output=Media("document"), lane="inline"
    )
    draft.add(ask, paper=scanned)
    blind = Blind(reply("read"))
    options = Options(model=f"fake:{model}", providers={"fake": blind})
    paper = Document(b"%PDF-1.4 ...", media_type="application/pdf")

    refused = (
        contextlib.nullcontext()
        if is_asked
        else pytest.raises(StepFailedError, match=r"FD242.*'ask' shows a document \('paper'\)")
    )
    with refused:
        await run(draft.graph(), options, paper=paper)

    assert bool(blind.asked) is is_asked


async def test_a_caller_of_text_that_fails_does_not_fail_the_run() -> None:
    def breaks(_path: str, _piece: str) -> None:
        raise ValueError("closed")

    options = Options(model="fake:m", providers={"fake": Streaming(reply("abc"))}, on_text=breaks)

    assert (await run(ask_graph(), options, x="life")).value == "abc"


class Unhurried(Fake):
    """Answers once another step has failed, and knows whether that costs anything."""

    def __init__(self, *, is_free: bool) -> None:
        super().__init__(reply("late"))
        self._is_free = is_free
        self.began = asyncio.Event()

    async def complete(self, request: Request, /) -> Reply:
        self.began.set()
        await asyncio.sleep(0.05)
        return await super().complete(request)

    def models(self) -> tuple[ModelName, ...]:
        return ()

    def capabilities(self, _model: ModelName, /) -> Capabilities | None:
        return Capabilities(is_free=self._is_free)

    def unready(self, _model: ModelName, /) -> str | None:
        return None


@pytest.mark.parametrize(("is_free", "state"), [(True, "cancelled"), (False, "done")])
async def test_only_a_call_that_costs_something_is_waited_for_after_a_failure(
    is_free: object, state: str
) -> None:
    provider = Unhurried(is_free=bool(is_free))

    async def fails(n: int) -> int:
        await provider.began.wait()
        raise ValueError(n)

    draft = Draft()
    draft.add(Generate(label="ask", output=STR, prompt=Prompt(user=(Static("?"),))))
    draft.step(fails, draft.input("n"))

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), Options(model="fake:m", providers={"fake": provider}), n=1)

    assert partial_run(caught).nodes["ask"].state == state
