"""Messages as replies: bills, tiers and refusals; whole calls have their own file."""

from decimal import Decimal

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import NO_USAGE, Tier, Usage
from flowdsl.providers.anthropic_reply import Asked, billed, reply_of, tier_of, usage_of


def _price(name: ModelName, _usage: Usage, _tier: Tier) -> Decimal | None:
    return Decimal("0.5") if name == "fast-one" else None


ASKED = Asked(ModelName("fast-one"), ("left out.",), _price)


def _message(**changes: object) -> dict[str, object]:
    return {
        "type": "message",
        "model": "claude-opus-5-5",
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
        **changes,
    }


def test_an_answer_is_priced_by_its_own_name_or_else_by_the_one_that_was_asked() -> None:
    reply = reply_of(_message(), ASKED, "req_1")

    assert reply.model == "anthropic:claude-opus-5-5"
    assert reply.cost_usd == Decimal("0.5")
    assert reply.notes == ("left out.",)
    assert reply_of(_message(model=None), ASKED, "").model == "anthropic:fast-one"


def test_a_stop_text_is_a_proper_end() -> None:
    assert reply_of(_message(stop_reason="stop_sequence"), ASKED, "").finish == "stop"


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ({"type": "refusal", "category": "bio", "explanation": "No labs."}, "No labs."),
        ({"type": "refusal", "category": "bio", "explanation": None}, "bio"),
        ({"type": "refusal", "category": None}, ""),
        (None, ""),
    ],
    ids=["explained", "named", "bare", "none"],
)
def test_a_refusal_without_words_tells_why(details: object, text: str) -> None:
    message = _message(stop_reason="refusal", stop_details=details, content=[])

    assert reply_of(message, ASKED, "").text == text


def test_a_refusal_with_words_keeps_them() -> None:
    message = _message(stop_reason="refusal", stop_details={"category": "bio"})

    assert reply_of(message, ASKED, "").text == "Hi"


@pytest.mark.parametrize(
    "content",
    [[], [{"type": "text", "text": ""}], [{"type": "thinking", "thinking": "Hm."}]],
    ids=["nothing", "no words", "thoughts alone"],
)
def test_an_empty_answer_is_no_answer_and_is_billed(content: object) -> None:
    with pytest.raises(ProviderError, match="it is empty") as caught:
        reply_of(_message(content=content), ASKED, "req_1")

    assert caught.value.kind == "malformed"
    assert caught.value.billed == {"input_tokens": 3, "output_tokens": 2}


def test_what_is_written_to_the_cache_is_counted_once_whichever_way_it_is_told() -> None:
    kinds = {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 7}
    total = {"cache_creation_input_tokens": 12}
    wanted = Usage(
        calls=1,
        input_tokens=15,
        output_tokens=2,
        cache_write_tokens=12,
        cache_write_1h_tokens=7,
    )

    for told in ({"cache_creation": kinds}, {**total, "cache_creation": kinds}):
        assert usage_of({"input_tokens": 3, "output_tokens": 2, **told}) == wanted
    nothing_more = {**total, "cache_creation": None, "output_tokens_details": None}
    assert usage_of({"input_tokens": 3, **nothing_more}) == Usage(
        calls=1, input_tokens=15, cache_write_tokens=12
    )


@pytest.mark.parametrize("said", [None, {}, [], {"tokens": 3}], ids=repr)
def test_a_bill_that_counts_nothing_is_none(said: object) -> None:
    assert usage_of(said) is None


def test_errors_carry_tokens_by_the_names_of_usage_and_no_calls() -> None:
    usage = Usage(calls=1, input_tokens=9, cache_read_tokens=4, cache_write_1h_tokens=2)

    assert Usage(calls=1, **billed(usage)) == usage
    assert "calls" not in billed(usage)
    assert billed(None) == billed(NO_USAGE) == {}


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ({"service_tier": "priority"}, "priority"),
        ({"service_tier": "batch"}, "batch"),
        ({"service_tier": "standard"}, "standard"),
        ({"service_tier": ["odd"]}, "standard"),
        ({"service_tier": "priority", "speed": "fast"}, "fast"),
        ({"speed": "standard"}, "standard"),
        (None, "standard"),
    ],
    ids=repr,
)
def test_the_tier_is_what_the_bill_says(said: object, tier: str) -> None:
    assert tier_of(said) == tier
