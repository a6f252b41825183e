"""`openai:` before servers that do well, fail, lie and break off: each end is told as what it is."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import (
    Closes,
    Delta,
    EmbedRequest,
    Embeds,
    KnowsModels,
    KnowsPrices,
    Reply,
    StreamsText,
)
from flowdsl.providers.openai import OpenAIProvider
from tests.providers.contract import ask, fault, streamed
from tests.providers.openai_double import (
    KEY,
    OLLAMA,
    OPENAI,
    OPENROUTER,
    SPENT,
    TEXT,
    Answering,
    Double,
    Said,
    Travelling,
    always,
    completion,
    embedding,
    lines,
    obliging,
    piece,
    pieces,
    streaming,
)

ELSEWHERE = "https://llm.example.com/v1"
QUESTION = ask("Hello?", model="tiny")
TEXTS = EmbedRequest(model=ModelName("tiny"), texts=("a cat", "a ship"))


async def _stream_fault(answering: Answering, base_url: str = OLLAMA) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await streamed(Double(answering).provider(base_url), QUESTION)
    return caught.value


def _events(*said: Said, done: bool = True) -> Answering:
    return lambda _body: streaming(lines(list(said), done=done))


def test_it_is_all_that_the_port_asks_for() -> None:
    provider = OpenAIProvider(api_key=None)

    for protocol in (StreamsText, KnowsModels, KnowsPrices, Embeds, Closes):
        assert isinstance(provider, protocol)
    assert provider.models() == ()


async def test_a_call_goes_to_the_servers_route_with_its_key() -> None:
    double = Double(obliging)

    await double.provider().complete(QUESTION)

    (request,) = double.requests
    assert (request.method, str(request.url)) == ("POST", f"{OLLAMA}/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert "stream" not in double.bodies[0]


async def test_without_a_key_none_is_sent() -> None:
    double = Double(obliging)

    await double.provider(key=None).complete(QUESTION)

    assert "authorization" not in double.requests[0].headers


async def test_a_reply_tells_all_that_the_server_told() -> None:
    double = Double(always(completion(service_tier="priority"), headers={"x-request-id": "req_1"}))

    reply = await double.provider().complete(replace(QUESTION, cache="5m"))

    assert reply == Reply(
        text=TEXT,
        usage=Usage(
            calls=1, input_tokens=12, output_tokens=7, cache_read_tokens=4, thinking_tokens=2
        ),
        model=ModelName("openai:tiny"),
        cost_usd=Decimal(0),
        tier="priority",
        request_id="req_1",
        notes=(f"cache was not sent: {OLLAMA} keeps prompts by rules of its own.",),
    )


async def test_a_stream_asks_for_its_tokens_and_gives_word_by_word() -> None:
    double = Double(obliging)

    async with aclosing(double.provider().stream(QUESTION)) as arriving:
        items = [item async for item in arriving]

    assert double.bodies[0]["stream"] is True
    assert double.bodies[0]["stream_options"] == {"include_usage": True}
    assert items[:-1] == [Delta("Hello"), Delta(" "), Delta("there, how are you today?")]
    assert isinstance(items[-1], Reply)
    assert items[-1].usage.output_tokens == 6


async def test_a_server_that_streams_nothing_is_heard_all_the_same() -> None:
    joined, reply = await streamed(Double(always(completion())).provider(), QUESTION)

    assert (joined, reply.text) == (TEXT, TEXT)


@pytest.mark.parametrize(
    ("reason", "finish"), [("length", "max_tokens"), ("content_filter", "refusal")]
)
async def test_a_cut_or_refused_answer_is_marked_streamed_or_not(reason: str, finish: str) -> None:
    whole = await Double(always(completion("a b", reason))).provider().complete(QUESTION)
    _, last = await streamed(Double(_events(*pieces("a b", reason))).provider(), QUESTION)

    assert (whole.finish, last.finish) == (finish, finish)
    assert whole.usage == last.usage
    assert whole.usage.output_tokens == 7


async def test_a_reply_without_tokens_says_so_and_has_no_price() -> None:
    said = {**completion(), "usage": None}

    reply = await Double(always(said)).provider(ELSEWHERE).complete(QUESTION)
    own = await Double(always(said)).provider().complete(QUESTION)

    assert (reply.usage, reply.cost_usd) == (Usage(calls=1), None)
    assert reply.notes == (f"{ELSEWHERE} told no tokens of this call.",)
    assert own.cost_usd == 0


async def test_what_openrouter_says_a_call_cost_is_taken() -> None:
    said = completion(usage={**SPENT, "cost": 0.00078})

    reply = await Double(always(said)).provider(OPENROUTER).complete(QUESTION)
    lying = await Double(always(said)).provider(ELSEWHERE).complete(QUESTION)

    assert reply.cost_usd == Decimal("0.00078")
    assert lying.cost_usd is None


async def test_prices_come_from_the_table_where_there_is_one() -> None:
    spent = Usage(calls=1, input_tokens=1_000_000)
    known = ModelName("gpt-4o-mini")

    assert OpenAIProvider(api_key=KEY).cost_usd(known, spent) == Decimal("0.15")
    assert OpenAIProvider(api_key=KEY).cost_usd(ModelName("no-such-model"), spent) is None
    assert OpenAIProvider(api_key=KEY, base_url=ELSEWHERE).cost_usd(known, spent) is None
    assert OpenAIProvider(api_key=None, base_url=OLLAMA).cost_usd(known, spent) == 0


def test_only_own_servers_are_free() -> None:
    addresses = (OLLAMA, None, OPENROUTER, ELSEWHERE)
    all_can = [
        OpenAIProvider(api_key=KEY, base_url=each).capabilities(ModelName("m"))
        for each in addresses
    ]

    assert [can is not None and can.is_free for can in all_can] == [True, False, False, False]


async def test_openai_wants_a_key_and_others_do_not() -> None:
    double = Double(obliging)
    keyless = double.provider(OPENAI, key=None)

    why = keyless.unready(ModelName("gpt-4o"))
    error = await fault(keyless, QUESTION)

    assert why is not None
    assert "set OPENAI_API_KEY" in why
    assert (error.kind, double.requests) == ("authentication", [])
    assert double.provider(OPENAI).unready(ModelName("gpt-4o")) is None
    assert double.provider(OLLAMA, key=None).unready(ModelName("m")) is None


async def test_a_model_has_to_be_named() -> None:
    provider = Double(obliging).provider()

    error = await fault(provider, replace(QUESTION, model=ModelName("")))

    assert error.kind == "unknown_model"
    assert f"{OLLAMA}/models lists" in error.message


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
    "no event": (_events(done=False), "truncated"),
    "no end": (_events(piece("a"), done=False), "truncated"),
    "a mark of the end only": (_events(piece("a")), "truncated"),
    "an error object": (_events(piece("a"), {"error": {"code": 502, "message": "down"}}), "server"),
    "an error in a last choice": (
        _events(piece("a"), piece(reason="error", error={"code": 429, "message": "slow"})),
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
    ended = _events(spent, {"error": {"code": 500, "message": "down"}})

    def breaking(_body: Said) -> httpx2.Response:
        return broken

    for answering in (breaking, ended, _events(spent)):
        error = await _stream_fault(answering)
        assert error.billed["input_tokens"] == 12


async def test_an_answer_that_ended_needs_no_mark_of_the_end() -> None:
    _, reply = await streamed(Double(_events(*pieces(), done=False)).provider(), QUESTION)

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


async def test_the_key_is_in_no_error() -> None:
    echo = always({"error": {"message": f"wrong key {KEY}"}}, 401)

    error = await fault(Double(echo).provider(), QUESTION)

    assert error.message == f"{OLLAMA} said (HTTP 401): wrong key …"


@pytest.mark.parametrize("key", ["sk-\nabc", "sk-ключ"])
async def test_a_key_that_can_be_none_is_told_without_showing_it(key: str) -> None:
    error = await fault(Double(obliging).provider(key=key), QUESTION)

    assert error.kind == "authentication"
    assert key not in f"{error.message}{error.help}"


async def test_a_key_may_have_been_pasted_with_its_line_end() -> None:
    double = Double(obliging)

    await double.provider(key=f" {KEY}\n").complete(QUESTION)

    assert double.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_half_characters_are_told() -> None:
    error = await fault(Double(obliging).provider(), ask("\ud800", model="tiny"))

    assert error.kind == "bad_request"
    assert "surrogates" in error.help


async def test_texts_become_vectors() -> None:
    double = Double(embedding)

    reply = await double.provider().embed(TEXTS)

    assert str(double.requests[0].url) == f"{OLLAMA}/embeddings"
    assert double.bodies == [{"model": "tiny", "input": ["a cat", "a ship"]}]
    assert reply.vectors == ((5.0, ord("t") / 256, 0.5), (6.0, ord("p") / 256, 0.5))
    assert reply.usage == Usage(calls=1, input_tokens=4)
    assert (reply.model, reply.cost_usd) == ("openai:tiny", Decimal(0))


async def test_many_texts_take_several_calls() -> None:
    double = Double(embedding)

    reply = await double.provider().embed(replace(TEXTS, texts=("a",) * 2049))

    assert len(reply.vectors) == 2049
    assert reply.usage == Usage(calls=2, input_tokens=2 * 2049)


async def test_vectors_made_before_a_fault_are_billed() -> None:
    def answering(body: Said) -> httpx2.Response:
        first = len(json.dumps(body["input"])) > 100
        return embedding(body) if first else httpx2.Response(503, text="busy")

    with pytest.raises(ProviderError) as caught:
        await Double(answering).provider().embed(replace(TEXTS, texts=("a",) * 2049))

    assert caught.value.kind == "overloaded"
    assert caught.value.billed == {"input_tokens": 2 * 2048}


async def test_vectors_whose_tokens_nobody_told_have_no_price() -> None:
    said: Said = {"data": [{"embedding": [1.0]}, {"embedding": [2.0]}]}

    reply = await Double(always(said)).provider(ELSEWHERE).embed(TEXTS)

    assert (reply.vectors, reply.cost_usd) == (((1.0,), (2.0,)), None)
    assert reply.model == "openai:tiny"
