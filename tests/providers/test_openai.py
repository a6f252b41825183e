"""`openai:` before servers that do well, fail, lie and break off: each end is told as what it is."""

from contextlib import aclosing
from contextvars import copy_context
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest

from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message
from flowdsl.ir.usage import Usage
from flowdsl.pricing import OwnPrice, use_prices
from flowdsl.providers.base import (
    Closes,
    Delta,
    Embeds,
    KnowsModels,
    KnowsPrices,
    Reply,
    StreamsText,
)
from flowdsl.providers.json_schema import is_schema
from flowdsl.providers.openai import OpenAIProvider
from tests.providers.contract import SCHEMAS, ask, fault, streamed
from tests.providers.openai_double import (
    KEY,
    OLLAMA,
    OPENAI,
    OPENROUTER,
    SPENT,
    TEXT,
    Double,
    always,
    completion,
    events,
    obliging,
    pieces,
)

ELSEWHERE = "https://llm.example.com/v1"
QUESTION = ask("Hello?", model="tiny")


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
    _, last = await streamed(Double(events(*pieces("a b", reason))).provider(), QUESTION)

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


async def test_a_window_that_is_full_is_told_from_a_limit_that_was_set() -> None:
    provider = Double(always(completion("a b", "length"))).provider()

    full = await provider.complete(replace(QUESTION, max_tokens=8))
    limited = await provider.complete(replace(QUESTION, max_tokens=7))

    assert "the model's window was full" in full.notes[0]
    assert limited.notes == ()


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


def test_what_the_user_says_a_model_costs_counts_at_every_address() -> None:
    spent, model = Usage(calls=1, input_tokens=2_000_000), ModelName("big")
    said = {"openai:big": OwnPrice(input=Decimal(3), output=Decimal(9))}

    def ask_all() -> list[tuple[Decimal | None, bool]]:
        use_prices(said)
        all_of_them = [
            OpenAIProvider(api_key=KEY, base_url=each)
            for each in (OPENAI, OPENROUTER, ELSEWHERE, OLLAMA)
        ]
        return [(each.cost_usd(model, spent), _is_free(each, model)) for each in all_of_them]

    assert copy_context().run(ask_all) == [(Decimal(6), False)] * 4


def _is_free(provider: OpenAIProvider, model: ModelName) -> bool:
    can = provider.capabilities(model)
    return can is not None and can.is_free


def test_the_most_that_a_call_can_cost_is_known_before() -> None:
    image = MediaPart("image", "image/png", b"png")
    pdf = MediaPart("document", "application/pdf", b"pdf")
    shown = replace(QUESTION, messages=(Message("user", (image,)),))
    read = replace(QUESTION, messages=(Message("user", (pdf,)),))
    openai, router = (OpenAIProvider(api_key=KEY, base_url=each) for each in (OPENAI, OPENROUTER))

    most, most_shown = openai.worst_case(QUESTION), openai.worst_case(shown)

    assert most is not None
    assert most_shown is not None
    assert most.output_tokens == QUESTION.max_tokens
    assert most_shown.input_tokens > most.input_tokens + 49_000
    assert openai.worst_case(read) is None
    assert router.worst_case(shown) is None
    assert router.worst_case(QUESTION) == most


def test_only_own_servers_are_free() -> None:
    addresses = (OLLAMA, None, OPENROUTER, ELSEWHERE)
    all_of_them = [OpenAIProvider(api_key=KEY, base_url=each) for each in addresses]

    assert [_is_free(each, ModelName("m")) for each in all_of_them] == [True, False, False, False]


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


async def test_a_schema_that_can_not_be_changed_is_sent_like_any_other() -> None:
    double = Double(obliging)

    await double.provider().complete(replace(QUESTION, schema=MappingProxyType(SCHEMAS["label"])))

    form = double.bodies[0]["response_format"]
    assert is_schema(form)
    assert form["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMAS["label"]}
