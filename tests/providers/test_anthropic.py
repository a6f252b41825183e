"""`anthropic:` on the real SDK: the contract of all providers, calls, streams, keys, and every fault."""

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic import LONGEST_WHOLE, AnthropicProvider
from flowdsl.providers.base import (
    Closes,
    CountsTokens,
    KnowsModels,
    KnowsPrices,
    RefusesSchemas,
    Reply,
    StreamsText,
)
from tests.fakes.app import FakeApp
from tests.providers.anthropic_double import (
    ASKED,
    MODEL,
    TEXT,
    WINDOW,
    Double,
)
from tests.providers.contract import SCHEMAS, ProviderContract, Subject, fault, streamed

LONG = replace(ASKED, messages=(Message("user", (TextPart("word " * 2 * WINDOW),)),))


@pytest.fixture
def double() -> Double:
    return Double()


@pytest.fixture
def subject(double: Double) -> Subject:
    slow = Double()
    slow.delay_s = 30
    return Subject(
        make=double.provider,
        plain=ASKED,
        slow=ASKED,
        make_slow=slow.provider,
        too_long=LONG,
        is_free=False,
    )


class TestAnthropic(ProviderContract):
    """The real SDK against the double."""


class TestAnthropicOnTheFake(ProviderContract):
    """The real SDK against our own fake, which knows more rules and counts like the service."""

    @pytest.fixture
    def subject(self) -> Subject:
        fake, slow = FakeApp(), FakeApp()
        slow.house.latency_s = 30
        fake.house.context_tokens = WINDOW
        return Subject(
            make=partial(_at, fake),
            plain=ASKED,
            slow=ASKED,
            make_slow=partial(_at, slow),
            too_long=LONG,
            is_free=False,
        )


def _at(fake: FakeApp) -> AnthropicProvider:
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(fake))
    return AnthropicProvider(
        api_key="sk-test", base_url="http://fake/anthropic", http_client=client
    )


def test_it_does_all_that_a_provider_of_texts_can() -> None:
    provider = AnthropicProvider(api_key=None)

    assert isinstance(provider, StreamsText)
    assert isinstance(provider, CountsTokens)
    assert isinstance(provider, KnowsModels)
    assert isinstance(provider, KnowsPrices)
    assert isinstance(provider, RefusesSchemas)
    assert isinstance(provider, Closes)


# -- what is sent


async def test_the_key_goes_to_the_address_that_was_given(double: Double) -> None:
    await double.provider(api_key=" sk-mine\n").complete(ASKED)

    (sent,) = double.requests
    assert str(sent.url) == "http://double/v1/messages"
    assert sent.headers["authorization"] == "Bearer sk-mine"
    assert sent.headers["anthropic-version"] == "2026-10-21"


async def test_the_environments_key_and_address_are_not_looked_at(
    double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://elsewhere")
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(double.handle))

    with pytest.raises(ProviderError):
        await AnthropicProvider(api_key=None, http_client=client).complete(ASKED)
    await AnthropicProvider(api_key="sk-mine", http_client=client).complete(ASKED)

    assert [each.url.host for each in double.requests] == ["api.anthropic.com"]
    assert double.requests[0].headers["authorization"] == "Bearer sk-mine"


async def test_a_schema_goes_out_as_the_output_format_and_never_as_a_tool(double: Double) -> None:
    await double.provider().complete(replace(ASKED, schema=SCHEMAS["label"], effort="low"))

    assert double.bodies[0]["output_config"] == {
        "effort": "low",
        "format": {
            "type": "json_schema",
            "schema": {
                "type": "object",
                "properties": {"value": {"enum": ["positive", "negative"]}},
                "required": ["value"],
                "additionalProperties": False,
            },
        },
    }
    assert not {"tools", "tool_choice"} & double.bodies[0].keys()


async def test_a_schema_that_it_refuses_is_not_sent(double: Double) -> None:
    free = {"type": "object", "additionalProperties": {"type": "integer"}}

    problem = await fault(double.provider(), replace(ASKED, schema=free))

    assert problem.kind == "bad_request"
    assert "dictionary with free keys" in problem.message
    assert double.bodies == []


async def test_a_temperature_is_dropped_and_told(double: Double) -> None:
    reply = await double.provider().complete(replace(ASKED, temperature=0.0, seed=7))

    assert "temperature" not in double.bodies[0]
    assert reply.notes == (
        "temperature=0 was not sent: Claude models take none any more; use effort.",
        "seed=7 was not sent: Claude models take none.",
    )


async def test_a_very_long_answer_is_streamed_on_the_way(double: Double) -> None:
    asked = replace(ASKED, max_tokens=LONGEST_WHOLE + 1)

    reply = await double.provider().complete(asked)

    assert double.bodies[0]["stream"] is True
    assert reply == await double.provider().complete(replace(asked, max_tokens=LONGEST_WHOLE))
    assert "stream" not in double.bodies[1]


async def test_tokens_are_counted_without_what_an_answer_needs_only(double: Double) -> None:
    asked = replace(ASKED, system="You are a pirate.", stop=("END",), schema=SCHEMAS["label"])

    assert await double.provider().count_tokens(asked) == 12

    assert double.requests[0].url.path == "/v1/messages/count_tokens"
    assert double.bodies[0].keys() == {"model", "messages", "system", "output_config"}


async def test_a_count_that_is_none_is_an_error(double: Double) -> None:
    double.next = [httpx2.Response(200, json={"tokens": 3})]

    with pytest.raises(ProviderError, match="it counts no tokens") as caught:
        await double.provider().count_tokens(ASKED)

    assert caught.value.kind == "malformed"


# -- what comes back


async def test_a_reply_tells_its_whole_bill_and_its_name(double: Double) -> None:
    def charge(message: dict[str, object]) -> None:
        message["usage"] = {
            "input_tokens": 10,
            "cache_read_input_tokens": 200,
            "cache_creation_input_tokens": 3000,
            "cache_creation": {
                "ephemeral_1h_input_tokens": 1000,
                "ephemeral_5m_input_tokens": 2000,
            },
            "output_tokens": 50,
            "output_tokens_details": {"thinking_tokens": 40},
            "service_tier": "priority",
        }

    double.change = charge
    provider = double.provider()
    usage = Usage(
        calls=1,
        input_tokens=3210,
        output_tokens=50,
        cache_read_tokens=200,
        cache_write_tokens=3000,
        cache_write_1h_tokens=1000,
        thinking_tokens=40,
    )

    reply = await provider.complete(ASKED)

    assert reply == Reply(
        text=TEXT,
        usage=usage,
        model=ModelName("anthropic:claude-opus-5-5"),
        cost_usd=provider.cost_usd(ModelName(MODEL), usage, "priority"),
        tier="priority",
        request_id="req_1",
    )
    assert (await streamed(provider, ASKED))[1] == reply


@pytest.mark.parametrize("finish", ["refusal", "max_tokens"])
async def test_a_refusal_and_a_cut_answer_are_marked_and_keep_their_bill(
    double: Double, finish: str
) -> None:
    double.change = lambda message: message.update(stop_reason=finish)

    for reply in (
        await double.provider().complete(ASKED),
        (await streamed(double.provider(), ASKED))[1],
    ):
        assert reply.finish == finish
        assert reply.usage.output_tokens == 9
        assert reply.cost_usd


async def test_thoughts_are_no_part_of_the_text(double: Double) -> None:
    def think(message: dict[str, object]) -> None:
        message["content"] = [
            {"type": "thinking", "thinking": "Hm.", "signature": "x"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "text", "text": "Two "},
            {"type": "text", "text": "parts"},
        ]

    double.change = think

    assert (await double.provider().complete(ASKED)).text == "Two parts"
    assert (await streamed(double.provider(), ASKED))[0] == "Two parts"


# -- keys, prices, closing


async def test_without_a_key_the_cure_is_said_before_and_at_the_call(double: Double) -> None:
    provider = double.provider(api_key=None)
    why = provider.unready(ModelName(MODEL))

    problem = await fault(provider, ASKED)

    assert why is not None
    assert "flowdsl login anthropic" in why
    assert (problem.kind, problem.message) == ("authentication", why)
    assert double.requests == []


async def test_a_key_that_no_header_can_hold_is_told_and_not_shown(double: Double) -> None:
    problem = await fault(double.provider(api_key="sk-secret\nx"), ASKED)

    assert problem.kind == "authentication"
    assert "characters that no key has" in problem.message
    assert "secret" not in str(problem)
    assert Double().provider().unready(ModelName(MODEL)) is None


def test_models_are_known_by_the_table_but_any_name_may_be_asked() -> None:
    provider = AnthropicProvider(api_key=None)
    can = provider.capabilities(ModelName(MODEL))

    assert provider.models() == ()
    assert can is not None
    assert can.images
    assert provider.capabilities(ModelName("claude-next")) is None


def test_prices_are_known_before_a_call_and_unknown_ones_are_none() -> None:
    provider = AnthropicProvider(api_key=None)
    usage = Usage(calls=1, input_tokens=1_000_000, output_tokens=1_000_000)

    most = provider.worst_case(ASKED)

    assert provider.cost_usd(ModelName(MODEL), usage) == Decimal(24)
    assert provider.cost_usd(ModelName("no-such-model"), usage) is None
    assert most is not None
    assert most.output_tokens == ASKED.max_tokens
    assert most.input_tokens >= 2


def test_a_picture_has_a_bound_and_a_document_is_bounded_by_the_window() -> None:
    provider = AnthropicProvider(api_key=None)
    image = MediaPart("image", "image/png", b"x")
    document = MediaPart("document", "application/pdf", b"x")

    seen, read = (
        provider.worst_case(replace(ASKED, messages=(Message("user", (part,)),)))
        for part in (image, document)
    )

    assert seen is not None
    assert read is not None
    assert 5_000 <= seen.input_tokens < 6_000
    assert read.input_tokens > 1_000_000
    unknown = replace(ASKED, model=ModelName("claude-next"))
    assert provider.worst_case(replace(unknown, messages=(Message("user", (document,)),))) is None


async def test_closing_closes_the_connection_and_a_later_call_opens_another(
    double: Double,
) -> None:
    opened: list[asyncio.Event] = []
    answer = json.dumps(double.message({"model": MODEL, "max_tokens": 99, "messages": []})).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(closed := asyncio.Event())
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                (length,) = re.findall(rb"(?i)content-length: (\d+)", head)
                await reader.readexactly(int(length))
                size = str(len(answer)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: " + size + b"\r\n\r\n" + answer)
        writer.close()
        closed.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        provider = AnthropicProvider(api_key="sk-test", base_url=f"http://127.0.0.1:{port}")
        await provider.aclose()
        await provider.complete(ASKED)
        assert (await provider.complete(ASKED)).text == TEXT
        assert [each.is_set() for each in opened] == [False]
        await provider.aclose()
        await opened[0].wait()
        await provider.complete(ASKED)
        assert len(opened) == 2
        await provider.aclose()
        await opened[1].wait()


async def test_a_client_that_was_given_stays_open(double: Double) -> None:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(double.handle))
    provider = AnthropicProvider(api_key="sk-test", base_url="http://double", http_client=client)

    await provider.complete(ASKED)
    await provider.aclose()

    assert not client.is_closed
    assert (await provider.complete(ASKED)).text == TEXT


async def test_a_schema_is_prepared_once_for_all_calls_of_a_step(double: Double) -> None:
    provider = double.provider()
    fresh = [json.loads(json.dumps(SCHEMAS["model"])) for _ in range(300)]

    for schema in (SCHEMAS["label"], *fresh, SCHEMAS["label"]):
        await provider.count_tokens(replace(ASKED, schema=schema))

    assert double.bodies[0] == double.bodies[-1]
    assert double.bodies[1] == double.bodies[300] != double.bodies[0]
