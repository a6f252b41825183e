"""Providers behind a tape: asked once, played back the same, streams and faults too."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeGuard

import httpx2
import pytest

from flowdsl.config import Settings
from flowdsl.errors import ProviderError
from flowdsl.errors.testing import SecretAnswerError, UnrecordedCallError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers import catalog
from flowdsl.providers.anthropic import AnthropicProvider
from flowdsl.providers.base import (
    Delta,
    KnowsModels,
    KnowsPrices,
    Provider,
    RefusesSchemas,
    Reply,
    Request,
    StreamsText,
)
from flowdsl.providers.canned import Arriving
from flowdsl.providers.mock import MockProvider
from flowdsl.testing import Raw, ScriptedProvider
from flowdsl.testing.cassette_files import read
from flowdsl.testing.cassette_form import from_document
from flowdsl.testing.cassette_models import CassetteModels
from flowdsl.testing.cassette_tape import Mode, Tape
from tests.providers.anthropic_double import MODEL, Double, error, events_of, stream
from tests.providers.contract import SCHEMAS, Streaming, ask, fault, streamed

ASKED = replace(ask("Say hello.", model=MODEL), path="trial")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "it.yaml"


@pytest.fixture
def double() -> Double:
    return Double()


class Plain:
    """A provider that can only answer."""

    async def complete(self, request: Request, /) -> Reply:
        return await MockProvider().complete(request)


class Deck:
    """One provider behind a tape that is saved on demand."""

    def __init__(self, file: Path, mode: Mode, real: Provider | None = None) -> None:
        self.tape = Tape(file, mode, "")
        self.models = CassetteModels(self.tape, {} if real is None else {"anthropic": real})

    @property
    def provider(self) -> Streaming:
        found: object = self.models["anthropic"]
        assert is_streaming(found)
        return found


def is_streaming(found: object) -> TypeGuard[Streaming]:
    return isinstance(found, StreamsText) and hasattr(found, "complete")


async def recorded(file: Path, real: Provider, *requests: Request, streams: bool) -> list[object]:
    """What the real provider gave, each in turn."""
    deck = Deck(file, "refresh", real)
    given = await asked(deck.provider, requests, streams=streams)
    deck.tape.save()
    return given


async def asked(provider: Streaming, requests: Sequence[Request], *, streams: bool) -> list[object]:
    given: list[object] = []
    for request in requests:
        try:
            given.append(
                (await streamed(provider, request))[1]
                if streams
                else await provider.complete(request)
            )
        except ProviderError as caught:
            given.append((caught.kind, caught.message, caught.help, dict(caught.billed)))
    return given


# -- replay is what was recorded


@pytest.mark.parametrize("recorded_as_stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("played_as_stream", [False, True], ids=["to whole", "to stream"])
async def test_replies_of_an_adapter_come_back_the_same(
    file: Path, double: Double, *, recorded_as_stream: bool, played_as_stream: bool
) -> None:
    requests = [ASKED, replace(ASKED, schema=SCHEMAS["model"]), replace(ASKED, max_tokens=3)]
    first = await recorded(file, double.provider(), *requests, streams=recorded_as_stream)
    calls = len(double.requests)

    again = await asked(Deck(file, "replay").provider, requests, streams=played_as_stream)

    assert again == first
    assert len(double.requests) == calls == 3
    replies = [each for each in first if isinstance(each, Reply)]
    assert replies[0].cost_usd is not None
    assert replies[0].cost_usd > 0
    assert "max_tokens" in str(first[2])


async def test_replies_of_the_mock_come_back_the_same(file: Path) -> None:
    requests = [replace(ASKED, schema=schema) for schema in SCHEMAS.values()]
    first = await recorded(file, MockProvider(), *requests, streams=False)

    assert await asked(Deck(file, "replay").provider, requests, streams=True) == first


async def test_a_streamed_answer_is_played_in_pieces_that_join_to_it(
    file: Path, double: Double
) -> None:
    first = await recorded(file, double.provider(), ASKED, streams=True)

    text, reply = await streamed(Deck(file, "replay").provider, ASKED)

    assert reply == first[0]
    assert text == reply.text
    pieces = [each async for each in Deck(file, "replay").provider.stream(ASKED)]
    assert sum(isinstance(each, Delta) for each in pieces) > 1


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
async def test_faults_come_back_as_they_were(file: Path, double: Double, *, streams: bool) -> None:
    double.next = [
        error(529, "overloaded_error", "busy"),
        httpx2.ConnectError("no way"),
        error(400, "invalid_request_error", "prompt is too long: 9 tokens > 5 maximum"),
    ]
    requests = [ASKED] * 3
    first = await recorded(file, double.provider(), *requests, streams=streams)

    again = await asked(Deck(file, "replay").provider, requests, streams=streams)

    assert again == first
    assert [str(each).split("'")[1] for each in first] == [
        "overloaded",
        "unreachable",
        "context_overflow",
    ]


async def test_a_stream_that_broke_off_is_a_fault_with_its_tokens_and_their_price(
    file: Path, double: Double
) -> None:
    events = events_of(double.message({"max_tokens": 50, "model": MODEL, "messages": []}))
    double.next = [stream(events[:-2])]
    (first,) = await recorded(file, double.provider(), ASKED, streams=True)

    (again,) = await asked(Deck(file, "replay").provider, [ASKED], streams=True)

    assert again == first
    assert "'truncated'" in str(first)
    (recorded_call,) = from_document(read(file)).calls
    assert "cost_usd=Decimal(" in str(recorded_call.answers)


async def test_five_samples_of_one_question_stay_five(file: Path) -> None:
    words = [f"sample {n}" for n in range(5)]
    await recorded(
        file, ScriptedProvider([Raw(word) for word in words]), *[ASKED] * 5, streams=False
    )

    again = await asked(Deck(file, "replay").provider, [ASKED] * 5, streams=False)

    assert [each.text for each in again if isinstance(each, Reply)] == words


async def test_a_provider_that_does_not_stream_is_streamed_whole(file: Path) -> None:
    deck = Deck(file, "record", Plain())

    text, reply = await streamed(deck.provider, ASKED)

    assert (text, deck.tape.new) == (reply.text, 1)
    assert deck.models.requests == [replace(ASKED, model=ModelName(f"anthropic:{MODEL}"))]


async def test_a_stream_without_an_end_is_a_recorded_fault(file: Path) -> None:
    class Endless(MockProvider):
        async def stream(self, request: Request, /) -> Arriving:
            yield Delta("Once upon")

    deck = Deck(file, "record", Endless())

    with pytest.raises(ProviderError, match="before it was complete"):
        await streamed(deck.provider, ASKED)

    assert deck.tape.new == 1


# -- what is not kept


async def test_a_call_that_was_cancelled_is_not_kept(file: Path) -> None:
    deck = Deck(file, "record", MockProvider(latency_s=30))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await deck.provider.complete(ASKED)

    assert deck.tape.new == 0


async def test_a_call_that_ran_out_of_its_time_is_kept_as_that(file: Path) -> None:
    class Deaf(MockProvider):
        async def complete(self, request: Request, /) -> Reply:
            await asyncio.sleep(30)
            return await super().complete(request)

    deck = Deck(file, "refresh", Deaf())
    late = replace(ASKED, timeout_s=0.01)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await deck.provider.complete(late)
    deck.tape.save()

    assert (await fault(Deck(file, "replay").provider, late)).kind == "timeout"


async def test_a_stream_that_is_left_early_is_closed_and_not_kept(file: Path) -> None:
    closed: list[str] = []

    class Long(MockProvider):
        async def stream(self, request: Request, /) -> Arriving:
            try:
                yield Delta("a")
                yield Delta("b")
            finally:
                closed.append("closed")

    deck = Deck(file, "record", Long())
    arriving = deck.provider.stream(ASKED)
    await anext(arriving)
    await arriving.aclose()

    assert (closed, deck.tape.new) == (["closed"], 0)


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
async def test_an_answer_with_a_secret_is_refused(file: Path, *, streams: bool) -> None:
    key = "sk-ant-api03-AbC_123-xyz9876543"
    deck = Deck(file, "record", ScriptedProvider([f"Your key is {key}."]))

    with pytest.raises(SecretAnswerError) as caught:
        await (streamed(deck.provider, ASKED) if streams else deck.provider.complete(ASKED))

    assert key not in str(caught.value)


# -- what the provider behind the tape knows


def test_it_knows_of_models_schemas_and_prices_what_the_real_one_knows(file: Path) -> None:
    real = AnthropicProvider(api_key="sk-x")
    found = Deck(file, "replay", real).models["anthropic"]
    name, usage = ModelName(MODEL), Usage(calls=1, input_tokens=1000)
    tuples = {"type": "object", "properties": {"a": {"prefixItems": [{"type": "null"}]}}}

    assert isinstance(found, KnowsModels)
    assert isinstance(found, KnowsPrices)
    assert isinstance(found, RefusesSchemas)
    assert found.models() == real.models()
    assert found.capabilities(name) == real.capabilities(name)
    assert found.refuses(name, tuples) == real.refuses(name, tuples)
    assert found.cost_usd(name, usage) == real.cost_usd(name, usage)
    assert found.worst_case(ASKED) == real.worst_case(ASKED)
    assert real.cost_usd(name, usage)


def test_of_a_provider_that_knows_nothing_nothing_is_known(file: Path) -> None:
    found = Deck(file, "record", Plain()).models["anthropic"]

    assert isinstance(found, KnowsModels)
    assert isinstance(found, KnowsPrices)
    assert isinstance(found, RefusesSchemas)
    assert found.models() == ()
    assert found.capabilities(ModelName("x")) is None
    assert found.unready(ModelName("x")) is None
    assert found.refuses(ModelName("x"), {}) is None
    assert found.cost_usd(ModelName("x"), Usage()) is None
    assert found.worst_case(ASKED) is None


@pytest.mark.parametrize(
    ("mode", "is_ready"), [("replay", True), ("record", False), ("off", False)]
)
def test_a_key_is_needed_only_to_ask(file: Path, mode: Mode, *, is_ready: bool) -> None:
    found = Deck(file, mode, AnthropicProvider(api_key=None)).models["anthropic"]

    assert isinstance(found, KnowsModels)
    assert (found.unready(ModelName(MODEL)) is None) is is_ready


async def test_where_all_is_recorded_no_key_is_needed_to_record(file: Path, double: Double) -> None:
    await recorded(file, double.provider(), ASKED, streams=False)
    deck = Deck(file, "record", AnthropicProvider(api_key=None))
    found = deck.models["anthropic"]
    assert isinstance(found, KnowsModels)

    assert found.unready(ModelName(MODEL)) is None
    assert (await deck.provider.complete(ASKED)).text
    assert (await fault(deck.provider, ASKED)).kind == "authentication"


# -- the usual providers


class Closing(MockProvider):
    """Counts how often it is closed."""

    closed = 0

    async def aclose(self) -> None:
        self.closed += 1


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> Closing:
    made = Closing(latency_s=0.01)

    def make(_settings: catalog.ProviderSettings) -> Closing:
        return made

    monkeypatch.setattr(catalog, "PROVIDERS", {"anthropic": make})
    monkeypatch.setattr("flowdsl.engine.current", Settings)
    return made


async def test_a_provider_that_was_made_here_is_closed_when_nobody_asks_it_and_one_that_was_given_is_not(
    file: Path, usual: Closing
) -> None:
    deck = Deck(file, "record")
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(deck.provider.complete(ASKED))
    assert usual.closed == 1

    await streamed(deck.provider, ASKED)

    assert usual.closed == 2

    await Deck(file, "record", usual).provider.complete(ASKED)

    assert usual.closed == 2


async def test_replay_looks_for_no_key(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_any: object) -> object:
        raise AssertionError("a key was looked for")

    monkeypatch.setattr("flowdsl.engine.find_key", found)

    with pytest.raises(UnrecordedCallError):
        await Deck(file, "replay").provider.complete(ASKED)
    with pytest.raises(AssertionError):
        _ = Deck(file, "record").provider


def test_a_prefix_that_no_provider_has_is_left_to_the_engine(file: Path) -> None:
    models = CassetteModels(Tape(file, "replay", ""), {"mine": MockProvider()})

    assert models.get("nowhere") is None
    assert models["mine"] is models["mine"]
    assert (list(models), len(models)) == (["mine"], 1)


async def test_prices_of_today_do_not_change_what_a_fault_has_cost(file: Path) -> None:
    class Priced(ScriptedProvider):
        def cost_usd(self, _model: ModelName, usage: Usage, _tier: str = "", /) -> Decimal:
            return Decimal("0.01") * usage.input_tokens

        def worst_case(self, _request: Request, /) -> None:
            return None

    cut = ProviderError("max_tokens", "cut", billed={"input_tokens": 7})
    await recorded(file, Priced([cut]), ASKED, streams=False)
    found = Deck(file, "replay").models["anthropic"]
    assert isinstance(found, KnowsPrices)

    assert found.cost_usd(ModelName(MODEL), Usage(calls=1, input_tokens=7)) == Decimal("0.07")
