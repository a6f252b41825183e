"""What goes wrong with `anthropic:`, on the real SDK: before an answer, inside of one, on the way of a stream."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic import AnthropicProvider
from flowdsl.providers.base import Delta, FaultKind
from tests.providers.anthropic_double import (
    ASKED,
    MODEL,
    Double,
    Json,
    Pieces,
    error,
    events_of,
    sse,
    stream,
)
from tests.providers.contract import ask, fault, streamed


@pytest.fixture
def double() -> Double:
    return Double()


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

    problem = await _stream_fault(double.provider(), 1 if name == "silent" else 5)

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

    has_begun = asyncio.Event()

    async def listen() -> None:
        async for _ in double.provider().stream(ASKED):
            has_begun.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        await has_begun.wait()
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
