"""`openai:` before servers that fail, lie, break off and hold on: each end is told as what it is."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.providers.base import (
    Delta,
)
from tests.providers.contract import ask, fault, streamed
from tests.providers.openai_double import (
    OLLAMA,
    SPENT,
    TEXT,
    Answering,
    Double,
    Said,
    Travelling,
    always,
    completion,
    events,
    lines,
    piece,
    pieces,
    streaming,
)

QUESTION = ask("Hello?", model="tiny")


async def _stream_fault(answering: Answering, base_url: str = OLLAMA) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await streamed(Double(answering).provider(base_url), QUESTION)
    return caught.value


HTML = httpx2.Response(200, html="<html>Welcome</html>")
FAULTS: dict[str, tuple[Answering, str]] = {
    "a page": (lambda _body: HTML, "malformed"),
    "a page of a gateway": (lambda _body: httpx2.Response(502, html="<p>Bad</p>"), "server"),
    "nothing": (lambda _body: httpx2.Response(200), "malformed"),
    "broken JSON": (lambda _body: httpx2.Response(200, text='{"choices": [{'), "malformed"),
    "junk": (
        lambda _body: httpx2.Response(
            200, stream=Travelling([b"junk"]), headers={"content-encoding": "gzip"}
        ),
        "malformed",
    ),
    "a list": (lambda _body: httpx2.Response(200, json=[1]), "malformed"),
    "an empty object": (always({}), "malformed"),
    "no choices": (always({"choices": []}), "malformed"),
    "no finish_reason": (always(completion("half", None)), "truncated"),
    "an empty answer": (always(completion("")), "malformed"),
    "an error in a success": (always({"error": {"code": 429, "message": "slow"}}), "rate_limit"),
    "another address": (
        lambda _body: httpx2.Response(308, headers={"location": "/x"}),
        "bad_request",
    ),
    "no money": (always({"error": {"code": "insufficient_quota"}}, 429), "spend_limit"),
    "busy": (
        always({"error": {"message": "slow down"}}, 429, {"retry-after": "3"}),
        "rate_limit",
    ),
    "too long": (always({"error": {"code": "context_length_exceeded"}}, 400), "context_overflow"),
    "no such model": (always({"error": "model 'tiny' not found"}, 404), "unknown_model"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_is_told_streamed_or_not(name: str) -> None:
    answering, kind = FAULTS[name]

    whole = await fault(Double(answering).provider(), QUESTION)
    stream = await _stream_fault(answering)

    assert whole.kind == kind
    assert stream.kind in {kind, "truncated"}


async def test_an_incomplete_answer_is_billed() -> None:
    error = await fault(Double(always(completion("half", None))).provider(), QUESTION)

    assert error.billed["input_tokens"] == 12


async def test_a_model_that_ollama_lacks_is_to_be_pulled() -> None:
    error = await fault(Double(FAULTS["no such model"][0]).provider(), QUESTION)

    assert error.help.startswith("run `ollama pull tiny`")


async def test_the_waiting_time_that_a_server_asks_for_is_kept() -> None:
    error = await fault(Double(FAULTS["busy"][0]).provider(), QUESTION)

    assert error.retry_after_s == 3


STREAM_FAULTS: dict[str, tuple[Answering, str]] = {
    "no event": (events(done=False), "truncated"),
    "no end": (events(piece("a"), done=False), "truncated"),
    "a mark of the end only": (events(piece("a")), "truncated"),
    "an error object": (events(piece("a"), {"error": {"code": 502, "message": "down"}}), "server"),
    "an error in a last choice": (
        events(piece("a"), piece(reason="error", error={"code": 429, "message": "slow"})),
        "rate_limit",
    ),
    "a broken event": (
        lambda _body: streaming([*lines([piece("a")], done=False), b'data: {"cho\n\n']),
        "malformed",
    ),
    "an event of error": (
        lambda _body: streaming(
            [b'event: error\ndata: {"message": "busy", "type": "overloaded_error"}\n\n']
        ),
        "overloaded",
    ),
    "an event of error in words": (
        lambda _body: streaming([b"event: error\ndata: it broke\n\n"]),
        "server",
    ),
    "a dropped connection": (
        lambda _body: streaming(
            Travelling(lines([piece("a")], done=False), then=httpx2.RemoteProtocolError("cut"))
        ),
        "unreachable",
    ),
    "a stall": (
        lambda _body: streaming(
            Travelling(lines([piece("a")], done=False), then=httpx2.ReadTimeout("slow"))
        ),
        "timeout",
    ),
}


@pytest.mark.parametrize("name", STREAM_FAULTS)
async def test_every_fault_inside_a_stream_is_told(name: str) -> None:
    answering, kind = STREAM_FAULTS[name]

    error = await _stream_fault(answering)

    assert error.kind == kind


async def test_tokens_told_before_a_stream_broke_are_billed() -> None:
    spent = piece("a", usage=SPENT)
    broken = streaming([*lines([spent], done=False), b"data: {oh\n\n"])
    ended = events(spent, {"error": {"code": 500, "message": "down"}})

    def breaking(_body: Said) -> httpx2.Response:
        return broken

    for answering in (breaking, ended, events(spent)):
        error = await _stream_fault(answering)
        assert error.billed["input_tokens"] == 12


async def test_an_answer_that_ended_needs_no_mark_of_the_end() -> None:
    _, reply = await streamed(Double(events(*pieces(), done=False)).provider(), QUESTION)

    assert reply.text == TEXT


async def test_a_stream_that_stalls_ends_in_time() -> None:
    body = Travelling(lines([piece("a")], done=False), wait_s=30)
    provider = Double(lambda _body: streaming(body)).provider()

    with pytest.raises(ProviderError, match=r"within 0\.05 s") as caught:
        await streamed(provider, replace(QUESTION, timeout_s=0.05))

    assert caught.value.kind == "timeout"
    assert body.is_closed


async def test_a_stream_left_early_is_closed() -> None:
    body = Travelling(lines(pieces()), wait_s=30)
    provider = Double(lambda _body: streaming(body)).provider()

    async with aclosing(provider.stream(QUESTION)) as arriving:
        assert await anext(arriving) == Delta("Hello")

    assert body.is_closed


async def test_a_stream_that_is_cancelled_is_closed() -> None:
    body = Travelling(lines([piece("a")], done=False), wait_s=30)
    provider, heard = Double(lambda _body: streaming(body)).provider(), asyncio.Event()

    async def listen() -> None:
        async with aclosing(provider.stream(QUESTION)) as arriving:
            async for _ in arriving:
                heard.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        await heard.wait()
        task.cancel()

    assert task.cancelled()
    assert body.is_closed


async def test_a_server_that_holds_on_after_the_end_holds_nobody_up() -> None:
    body = Travelling(lines(pieces()), wait_s=30)
    provider = Double(lambda _body: streaming(body)).provider()

    _, reply = await streamed(provider, QUESTION)

    assert reply.text == TEXT
    assert body.is_closed


@pytest.mark.parametrize("then", [None, httpx2.ReadError("reset")])
async def test_what_follows_the_end_is_nobodys_answer(then: Exception | None) -> None:
    body = Travelling([*lines(pieces()), *lines([piece(" and more")])], then=then)

    joined, reply = await streamed(Double(lambda _body: streaming(body)).provider(), QUESTION)

    assert joined == reply.text == TEXT
