"""`google:` as a whole: what it says without a call, and what a reply carries."""

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import BaseModel

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message
from flowdsl.ir.usage import Usage
from flowdsl.pricing.prices import cost_of
from flowdsl.providers.base import (
    Closes,
    CountsTokens,
    Embeds,
    KnowsModels,
    KnowsPrices,
    RefusesSchemas,
    Reply,
    StreamsText,
)
from flowdsl.providers.catalog import ProviderSettings, make_provider
from flowdsl.providers.google import GoogleProvider
from flowdsl.providers.google_models import IMAGE_TOKENS, LONGEST_WHOLE, MODELS
from flowdsl.providers.google_schema import gemini_schema
from flowdsl.providers.keyless import no_key
from tests.providers.contract import ask, fault, streamed
from tests.providers.google_double import KEY, MODEL, TEXT, Double, always, answer, is_streamed

ASKED = ask("Say hello.", model=MODEL)


class Node(BaseModel):
    after: "Node"


def test_it_is_made_by_its_prefix_with_key_and_address() -> None:
    settings = ProviderSettings(
        key=lambda _prefix: KEY, base_urls={"google": "http://localhost:8101/gemini"}
    )

    assert isinstance(make_provider("google", settings), GoogleProvider)


def test_it_does_all_that_providers_may_do() -> None:
    provider = GoogleProvider(api_key=None)

    for port in (
        *(StreamsText, CountsTokens, KnowsModels, KnowsPrices),
        *(RefusesSchemas, Embeds, Closes),
    ):
        assert isinstance(provider, port)


def test_without_a_key_it_is_not_ready_and_says_the_ways_out() -> None:
    why = GoogleProvider(api_key=" ").unready(ModelName(MODEL))

    assert why == no_key("google")


def test_with_a_key_any_named_model_is_ready() -> None:
    provider = GoogleProvider(api_key=KEY)

    assert provider.unready(ModelName(MODEL)) is None
    assert provider.unready(ModelName("gemini-of-tomorrow")) is None
    assert provider.unready(ModelName("")) is not None
    assert provider.models() == ()


async def test_a_call_without_the_name_of_a_model_is_refused() -> None:
    error = await fault(GoogleProvider(api_key=KEY), replace(ASKED, model=ModelName("models/")))

    assert error.kind == "unknown_model"


def test_models_of_the_table_are_known_and_others_are_not() -> None:
    provider = GoogleProvider(api_key=None)

    assert provider.capabilities(ModelName(MODEL)) == MODELS[MODEL]
    assert provider.capabilities(ModelName(f"models/{MODEL}")) == MODELS[MODEL]
    assert provider.capabilities(ModelName("gemini-of-tomorrow")) is None


def test_types_that_gemini_refuses_are_known_without_a_call() -> None:
    provider = GoogleProvider(api_key=None)

    why = provider.refuses(ModelName(MODEL), Node.model_json_schema())

    assert why is not None
    assert why.startswith("'Node' contains itself")
    assert provider.refuses(ModelName(MODEL), {"type": "object"}) is None


async def test_a_reply_carries_tokens_price_name_and_request() -> None:
    reply = await Double(always(answer())).provider().complete(ASKED)

    assert reply == Reply(
        text=TEXT,
        usage=Usage(
            calls=1, input_tokens=12, output_tokens=7, cache_read_tokens=4, thinking_tokens=2
        ),
        model=ModelName(f"google:{MODEL}"),
        cost_usd=cost_of(
            "google", MODEL, Usage(input_tokens=12, output_tokens=7, cache_read_tokens=4)
        ),
        request_id="answer-1",
    )
    assert reply.cost_usd is not None
    assert reply.cost_usd > Decimal(0)


async def test_a_call_is_priced_by_the_tier_that_it_was_billed_as() -> None:
    double = Double(always(answer(), headers={"x-gemini-service-tier": "flex"}))

    reply = await double.provider().complete(ASKED)

    assert reply.tier == "flex"
    assert reply.cost_usd == cost_of("google", MODEL, reply.usage, tier="flex")


async def test_the_model_that_answered_is_named() -> None:
    double = Double(always(answer(modelVersion="models/gemini-3.8-flash-002")))

    assert (await double.provider().complete(ASKED)).model == "google:gemini-3.8-flash-002"


async def test_an_answer_without_tokens_has_no_known_price() -> None:
    reply = await Double(always(answer(usageMetadata=None))).provider().complete(ASKED)

    assert (reply.usage, reply.cost_usd) == (Usage(calls=1), None)
    assert reply.notes == ("google told no tokens of this call.",)


async def test_a_model_without_a_price_costs_what_nobody_knows() -> None:
    asked = replace(ASKED, model=ModelName("tuned-by-me"))

    assert (await Double(always(answer())).provider().complete(asked)).cost_usd is None


@pytest.mark.parametrize("reason", ["SAFETY", "MAX_TOKENS"])
async def test_what_is_no_whole_answer_is_marked_in_streams_too(reason: str) -> None:
    provider = Double(always(answer("Once", reason))).provider()

    whole = await provider.complete(ASKED)
    _, last = await streamed(provider, ASKED)

    assert whole == last
    assert whole.finish == ("refusal" if reason == "SAFETY" else "max_tokens")
    assert whole.usage.input_tokens == 12


async def test_a_blocked_prompt_is_a_refusal_in_streams_too() -> None:
    said = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}}
    provider = Double(always({**said})).provider()

    whole = await provider.complete(ASKED)
    text, last = await streamed(provider, ASKED)

    assert (whole.finish, whole.text) == ("refusal", "the prompt was blocked for SAFETY.")
    assert (text, last) == ("", whole)
    assert whole.usage == Usage(calls=1, input_tokens=9)


async def test_an_answer_that_may_be_long_is_streamed_and_joined() -> None:
    double = Double(always(answer()))
    provider = double.provider()

    short = await provider.complete(replace(ASKED, max_tokens=LONGEST_WHOLE))
    long = await provider.complete(replace(ASKED, max_tokens=LONGEST_WHOLE + 1))

    assert short == long
    assert [is_streamed(request) for request in double.requests] == [False, True]


async def test_tokens_of_a_prompt_are_counted_with_its_system_text() -> None:
    double = Double(always({"totalTokens": 21}))

    counted = await double.provider().count_tokens(replace(ASKED, system="Be kind."))

    assert counted == 21
    assert double.requests[0].url.path.endswith(f"/{MODEL}:countTokens")
    assert double.bodies[0]["contents"] == [
        {"role": "user", "parts": [{"text": "Be kind."}]},
        {"role": "user", "parts": [{"text": "Say hello."}]},
    ]


async def test_a_count_that_is_not_told_is_malformed() -> None:
    with pytest.raises(ProviderError) as caught:
        await Double(always({})).provider().count_tokens(ASKED)

    assert caught.value.kind == "malformed"


def test_tokens_are_priced_by_their_tier() -> None:
    provider, spent = GoogleProvider(api_key=None), Usage(calls=1, input_tokens=1_000_000)

    standard = provider.cost_usd(ModelName("gemini-2.5-flash"), spent)

    assert standard == Decimal("0.30")
    assert provider.cost_usd(ModelName("gemini-2.5-flash"), spent, "batch") == Decimal("0.15")
    assert provider.cost_usd(ModelName("tuned-by-me"), spent) is None


def test_what_an_attempt_can_cost_at_most_is_known_before_it() -> None:
    provider = GoogleProvider(api_key=None)

    plain = provider.worst_case(replace(ASKED, max_tokens=50))
    kept = provider.worst_case(replace(ASKED, max_tokens=50, cache="1h"))

    assert plain is not None
    assert plain.output_tokens == 50
    assert plain.input_tokens >= len("Say hello.")
    assert kept == plain


def test_a_type_that_is_longer_as_it_is_sent_counts_as_it_is_sent() -> None:
    provider, schema = GoogleProvider(api_key=None), {"type": "string", "pattern": "^a$"}
    sent = gemini_schema(schema)

    bounds = [provider.worst_case(replace(ASKED, schema=each)) for each in (None, schema, sent)]

    assert len(json.dumps(sent)) > len(json.dumps(schema))
    assert bounds[0] != bounds[1] == bounds[2]


def test_a_picture_has_a_bound_and_a_document_that_of_the_window() -> None:
    provider = GoogleProvider(api_key=None)
    picture = replace(ASKED, messages=(Message("user", (MediaPart("image", "image/png", b"x"),)),))
    paper = replace(
        ASKED, messages=(Message("user", (MediaPart("document", "application/pdf", b"x"),)),)
    )

    seen, read = provider.worst_case(picture), provider.worst_case(paper)

    assert seen is not None
    assert IMAGE_TOKENS <= seen.input_tokens < 2 * IMAGE_TOKENS
    assert read is not None
    assert read.input_tokens == MODELS[MODEL].context_tokens
    for each in (picture, paper):
        assert provider.worst_case(replace(each, model=ModelName("gemini-of-tomorrow"))) is None
    assert provider.worst_case(replace(ASKED, model=ModelName("gemini-of-tomorrow"))) is not None


def test_the_sdk_is_loaded_only_when_a_call_is_made() -> None:
    script = (
        "import sys\n"
        "from flowdsl.providers.google import GoogleProvider\n"
        "GoogleProvider(api_key='k').capabilities('gemini-2.5-pro')\n"
        "print([each for each in ('google.genai', 'httpx2', 'pydantic') if each in sys.modules])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout == "[]\n"
