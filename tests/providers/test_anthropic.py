"""`anthropic:` on the real SDK: the contract of all providers, calls, streams, keys, and every fault."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import Message, TextPart
from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic import LONGEST_WHOLE, AnthropicProvider
from flowdsl.providers.base import (
    Closes,
    CountsTokens,
    Delta,
    FaultKind,
    KnowsModels,
    KnowsPrices,
    RefusesSchemas,
    Reply,
    StreamsText,
)
from tests.providers.anthropic_double import (
    MODEL,
    TEXT,
    WINDOW,
    Double,
    Json,
    Pieces,
    error,
    events_of,
    sse,
    stream,
)
from tests.providers.contract import SCHEMAS, ProviderContract, Subject, ask, fault, streamed

ASKED = ask("Say hello.", model=MODEL)
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


# -- faults


def _html(_message: Json) -> httpx2.Response:
    return httpx2.Response(200, text="<html>Sign in</html>", headers={"content-type": "text/html"})


WHOLE: dict[str, tuple[FaultKind, str, httpx2.Response | Exception]] = {
    "html": ("malformed", "no JSON (text/html)", _html({})),
    "broken_json": ("malformed", "no JSON", httpx2.Response(200, text='{"type": "mess')),
    "empty": ("malformed", "no message", httpx2.Response(200, json={})),
    "list": ("malformed", "no message", httpx2.Response(200, json=[])),
    "key": (
        "authentication",
        "invalid bearer (request req_9)",
        error(401, "authentication_error", "invalid bearer"),
    ),
    "permission": ("permission", "no", error(403, "permission_error", "no")),
    "model": ("unknown_model", "model: x", error(404, "not_found_error", "model: x")),
    "path": ("bad_request", "Not Found", httpx2.Response(404, text="Not Found")),
    "large": ("context_overflow", "large", error(413, "request_too_large", "too large")),
    "proxy_large": ("context_overflow", "413", httpx2.Response(413)),
    "long": (
        "context_overflow",
        "too long",
        error(400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"),
    ),
    "rate": ("rate_limit", "slow down", error(429, "rate_limit_error", "slow down")),
    "spent": (
        "spend_limit",
        "limit",
        error(429, "rate_limit_error", "limit", "enforced_spend_limit_reached"),
    ),
    "contract": (
        "spend_limit",
        "limit",
        error(429, "rate_limit_error", "limit", "contract_spend_limit_reached"),
    ),
    "credit": (
        "spend_limit",
        "credit",
        error(400, "invalid_request_error", "Your credit balance is too low to use the API."),
    ),
    "billing": ("spend_limit", "pay", error(402, "billing_error", "pay")),
    "bad": ("bad_request", "no such field", error(400, "invalid_request_error", "no such field")),
    "server": ("server", "oops", error(500, "api_error", "oops")),
    "gateway": ("server", "<b>bad</b>", httpx2.Response(502, text="<b>bad</b>\n\n")),
    "late": ("timeout", "late", error(504, "timeout_error", "late")),
    "overloaded": ("overloaded", "busy", error(529, "overloaded_error", "busy")),
    "refused": ("unreachable", "no route", httpx2.ConnectError("no route")),
    "dropped": ("unreachable", "cut", httpx2.RemoteProtocolError("cut")),
    "read": ("timeout", "ReadTimeout", httpx2.ReadTimeout("slow")),
    "zip": ("malformed", "zip", httpx2.DecodingError("bad zip")),
    "odd": ("unreachable", "odd", RuntimeError("odd")),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
async def test_what_goes_wrong_before_an_answer_is_told_by_its_kind(
    double: Double, name: str, *, is_stream: bool
) -> None:
    kind, said, given = WHOLE[name]
    double.next = [given]

    ask_it = _stream_fault if is_stream else _whole_fault

    problem = await ask_it(double.provider())

    assert problem.kind == kind
    assert is_stream or said in problem.message
    assert problem.billed == {}
    assert len(double.requests) == 1


ENDS: dict[str, tuple[object, FaultKind]] = {
    "none": (None, "truncated"),
    "pause": ("pause_turn", "truncated"),
    "window": ("model_context_window_exceeded", "context_overflow"),
    "tool": ("tool_use", "malformed"),
    "unknown": ("compaction", "malformed"),
    "odd": (["end_turn"], "malformed"),
}


@pytest.mark.parametrize("name", ENDS)
async def test_an_answer_without_a_proper_end_is_an_error_with_its_bill(
    double: Double, name: str
) -> None:
    reason, kind = ENDS[name]
    double.change = lambda message: message.update(stop_reason=reason)

    for ask_it in (_whole_fault, _stream_fault):
        problem = await ask_it(double.provider())
        assert problem.kind == kind
        assert problem.billed == {"input_tokens": 9, "output_tokens": 9}
        assert "(request req_1)" in problem.message


@pytest.mark.parametrize("block", [{"type": "hologram"}, {"type": "text"}, "text"], ids=str)
async def test_a_part_that_nobody_knows_is_an_error_with_its_bill(
    double: Double, block: object
) -> None:
    message = double.message({"model": MODEL, "max_tokens": 100, "messages": []})
    message["content"] = [{"type": "text", "text": "Half."}, block]
    double.next = [httpx2.Response(200, json=message)]

    problem = await fault(double.provider(), ASKED)

    assert problem.kind == "malformed"
    assert problem.billed["output_tokens"] == 9


async def test_a_message_without_content_is_an_error(double: Double) -> None:
    double.change = lambda message: message.update(content=None)

    assert (await fault(double.provider(), ASKED)).kind == "malformed"


async def test_a_message_without_a_bill_has_no_known_cost(double: Double) -> None:
    double.change = lambda message: message.update(usage={})

    reply = await double.provider().complete(ASKED)

    assert reply.usage == Usage(calls=1)
    assert reply.cost_usd is None


def _events(double: Double) -> list[Json]:
    return events_of(double.message({"model": MODEL, "max_tokens": 100, "messages": []}))


def _failed(kind: str) -> Json:
    return {"type": "error", "error": {"type": kind, "message": "in the middle"}}


BROKEN: dict[str, tuple[FaultKind, Callable[[list[Json]], httpx2.Response]]] = {
    "ends_early": ("truncated", lambda events: stream(events[:5])),
    "no_reason": ("truncated", lambda events: stream([*events[:-2], {"type": "message_stop"}])),
    "dropped": ("unreachable", lambda events: stream(events[:5], httpx2.RemoteProtocolError("x"))),
    "stalled": ("timeout", lambda events: stream(events[:5], httpx2.ReadTimeout("x"))),
    "silent": ("timeout", lambda events: stream(events[:5], 30.0)),
    "overloaded": ("overloaded", lambda events: stream([*events[:5], _failed("overloaded_error")])),
    "rate": ("rate_limit", lambda events: stream([*events[:5], _failed("rate_limit_error")])),
    "server": ("server", lambda events: stream([*events[:5], _failed("api_error")])),
    "new_type": ("server", lambda events: stream([*events[:5], _failed("shower_error")])),
    "chunk": (
        "malformed",
        lambda events: _raw(sse(events[:5]), b'event: content_block_delta\ndata: {"ty\n\n'),
    ),
    "no_unicode": (
        "malformed",
        lambda events: _raw(sse(events[:5]), b'event: content_block_delta\ndata: "\xff"\n\n'),
    ),
}


def _raw(*content: bytes) -> httpx2.Response:
    return httpx2.Response(
        200, stream=Pieces(content), headers={"content-type": "text/event-stream"}
    )


async def _whole_fault(provider: AnthropicProvider) -> ProviderError:
    return await fault(provider, ASKED)


async def _stream_fault(provider: AnthropicProvider, timeout_s: float = 5) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await streamed(provider, replace(ASKED, timeout_s=timeout_s))
    return caught.value


@pytest.mark.parametrize("name", BROKEN)
async def test_a_stream_that_breaks_is_an_error_with_the_tokens_told_so_far(
    double: Double, name: str
) -> None:
    kind, broken = BROKEN[name]
    response = broken(_events(double))
    double.next = [response]

    problem = await _stream_fault(double.provider(), 0.2 if name == "silent" else 5)

    assert problem.kind == kind
    assert problem.billed == {"input_tokens": 2, "output_tokens": 1}
    assert response.is_closed


@pytest.mark.parametrize("sent", [0, 1], ids=["nothing", "no_start"])
async def test_a_stream_without_its_beginning_is_no_answer(double: Double, sent: int) -> None:
    double.next = [stream(_events(double)[1:] if sent else [])]

    problem = await _stream_fault(double.provider())

    assert problem.kind == "malformed"
    assert "no message in events" in problem.message


async def test_a_stream_left_early_is_closed(double: Double) -> None:
    response = stream(_events(double))
    double.next = [response]

    async with aclosing(double.provider().stream(ASKED)) as arriving:
        assert await anext(arriving) == Delta("Hello")

    assert response.is_closed


async def test_a_stream_that_is_cancelled_is_closed(double: Double) -> None:
    response = stream(_events(double)[:5], 30.0)
    double.next = [response]

    async with asyncio.TaskGroup() as group:
        task = group.create_task(streamed(double.provider(), ASKED))
        await asyncio.sleep(0.2)
        task.cancel()

    assert task.cancelled()
    assert response.is_closed


async def test_a_wait_that_the_server_asks_for_is_handed_on(double: Double) -> None:
    response = error(429, "rate_limit_error", "slow down")
    response.headers["retry-after"] = "3600"
    double.next = [response]

    assert (await fault(double.provider(), ASKED)).retry_after_s == 3600


async def test_cures_are_named(double: Double) -> None:
    double.next = [
        error(404, "not_found_error", "model: claude-opus-5-6"),
        error(401, "authentication_error", "invalid"),
    ]
    provider = double.provider()

    unknown = await fault(provider, replace(ASKED, model=ModelName("claude-opus-5-6")))
    denied = await fault(provider, ASKED)

    assert "did you mean 'claude-opus-5-5'" in unknown.help
    assert "flowdsl login anthropic" in denied.help


async def test_text_that_is_no_unicode_is_a_bad_request(double: Double) -> None:
    problem = await fault(double.provider(), ask("\ud800", model=MODEL))

    assert problem.kind == "bad_request"
    assert double.requests == []


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


async def test_closing_closes_what_it_opened_and_a_later_call_opens_anew(
    double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[httpx2.AsyncClient] = []

    def client() -> httpx2.AsyncClient:
        opened.append(httpx2.AsyncClient(transport=httpx2.MockTransport(double.handle)))
        return opened[-1]

    monkeypatch.setattr("anthropic.DefaultAsyncHttpxClient", client)
    provider = AnthropicProvider(api_key="sk-test", base_url="http://double")

    await provider.aclose()
    await provider.complete(ASKED)
    await provider.complete(ASKED)
    await provider.aclose()
    await provider.complete(ASKED)

    assert [each.is_closed for each in opened] == [True, False]
    await provider.aclose()


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
