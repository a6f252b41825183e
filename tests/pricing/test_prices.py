"""Exact dollars from the table, the user's own first, nothing where a price is not known."""

from __future__ import annotations

from decimal import Decimal
from importlib.metadata import version

import pytest
from genai_prices import Usage as Counted
from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.usage import Tier, Usage
from flowdsl.pricing import OwnPrice, cost_of, dearest, price_source, use_prices

MILLION = Usage(calls=1, input_tokens=1_000_000, output_tokens=1_000_000)


def tokens(
    read: int = 0, write: int = 0, write_1h: int = 0, plain: int = 0, output: int = 0
) -> Usage:
    return Usage(
        calls=1,
        input_tokens=plain + read + write + write_1h,
        output_tokens=output,
        cache_read_tokens=read,
        cache_write_tokens=write + write_1h,
        cache_write_1h_tokens=write_1h,
    )


@pytest.mark.parametrize(
    ("provider", "model", "usage", "tier", "dollars"),
    [
        ("anthropic", "claude-opus-5-5", MILLION, "standard", "24"),
        ("anthropic", "claude-opus-5-5", MILLION, "batch", "12"),
        ("anthropic", "claude-opus-5-5", MILLION, "fast", "48"),
        ("anthropic", "claude-opus-5-5", tokens(read=1_000_000), "standard", "0.20"),
        ("anthropic", "claude-opus-5-5", tokens(write=1_000_000), "standard", "5"),
        ("anthropic", "claude-opus-5-5", tokens(write_1h=1_000_000), "standard", "8"),
        (
            "anthropic",
            "claude-sonnet-5-5",
            tokens(plain=500, read=500, output=100),
            "standard",
            "0.00205",
        ),
        ("anthropic", "claude-haiku-5-5", tokens(plain=100_000), "standard", "0.01"),
        ("anthropic", "claude-haiku-5-5", tokens(plain=100_001), "standard", "0.0500005"),
        ("google", "gemini-3.8-flash", MILLION, "standard", "4.5"),
    ],
)
def test_a_price_is_exact(
    provider: str, model: str, usage: Usage, tier: Tier, dollars: str
) -> None:
    assert cost_of(provider, model, usage, tier=tier) == Decimal(dollars)


@pytest.mark.parametrize(
    ("provider", "model", "tier"),
    [
        ("anthropic", "claude-of-tomorrow", "standard"),
        ("nobody", "claude-opus-5-5", "standard"),
        ("google", "gemini-3.7-flash", "batch"),
        ("anthropic", "claude-haiku-4-5", "fast"),
        ("anthropic", "claude-opus-5-5", "flex"),
        ("google", "gemma-3", "standard"),
        ("openai", "gpt-live-1", "standard"),
        ("openai", "text-embedding-3-small", "standard"),
        # Its answers hold pictures, at twelve times the price of text.
        ("google", "gemini-3.1-flash-image-preview", "standard"),
    ],
)
def test_what_is_not_known_is_not_free(provider: str, model: str, tier: Tier) -> None:
    assert cost_of(provider, model, MILLION, tier=tier) is None


def test_a_model_that_only_reads_needs_no_price_of_answers() -> None:
    read = Usage(calls=1, input_tokens=1_000_000)

    assert cost_of("openai", "text-embedding-3-small", read) == Decimal("0.02")


@pytest.mark.parametrize(
    ("provider", "model", "kept", "dollars"),
    [
        ("anthropic", "claude-opus-5-5", 0, "4"),
        ("anthropic", "claude-opus-5-5", 1_000_000, "5"),
        # What is written to the cache costs less than other input here, by this table.
        ("openrouter", "google/gemini-2.5-flash", 1_000_000, "0.3"),
        # What is read from it costs more here.
        ("openrouter", "~deepseek/deepseek-pro-latest", 0, "0.23"),
    ],
)
def test_a_bound_is_the_dearest_kind_of_input(
    provider: str, model: str, kept: int, dollars: str
) -> None:
    most = Usage(calls=1, input_tokens=1_000_000, cache_write_tokens=kept)

    assert dearest(lambda usage: cost_of(provider, model, usage), most) == Decimal(dollars)


def test_a_bound_without_a_price_is_none() -> None:
    assert dearest(lambda _: None, MILLION) is None


def test_tokens_that_do_not_add_up_have_no_price() -> None:
    wrong = Usage(calls=1, input_tokens=10, cache_read_tokens=20)

    assert cost_of("anthropic", "claude-opus-5-5", wrong) is None


def test_a_price_of_the_users_own_stands_first() -> None:
    own = OwnPrice(
        input=Decimal(3), output=Decimal(15), cache_write=Decimal(4), cache_read=Decimal("0.3")
    )
    use_prices({"anthropic:mine": own, "anthropic:claude-opus-5-5": own})
    try:
        assert cost_of("anthropic", "mine", MILLION) == 18
        assert cost_of("anthropic", "claude-opus-5-5", MILLION) == 18
        assert cost_of("anthropic", "mine", tokens(read=1_000_000)) == Decimal("0.3")
        assert cost_of("anthropic", "mine", tokens(write_1h=1_000_000)) == 4
        assert cost_of("anthropic", "mine", MILLION, tier="batch") is None
    finally:
        use_prices({})

    assert cost_of("anthropic", "mine", MILLION) is None


def test_the_table_has_a_name_and_a_version() -> None:
    assert price_source().package == "genai-prices"
    assert price_source().version[0].isdigit()
    assert str(price_source()) == f"genai-prices {version('genai-prices')}"


COUNTS = st.integers(0, 1_000_000)


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_more_tokens_never_cost_less(
    read: int, write: int, write_1h: int, plain: int, output: int
) -> None:
    usage = tokens(read, write, write_1h, plain, output)
    more = tokens(read, write, write_1h, plain + 1, output + 1)
    cost, dearer = (cost_of("anthropic", "claude-opus-5-5", each) for each in (usage, more))

    assert cost is not None
    assert dearer is not None
    assert cost < dearer


MODELS = [
    (provider.id, model.id)
    for provider in get_snapshot().providers
    if provider.id in {"anthropic", "google", "openai", "openrouter"}
    for model in provider.models
]


@given(st.sampled_from(MODELS), st.builds(tokens, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_a_price_is_the_one_that_the_table_gives(name: tuple[str, str], usage: Usage) -> None:
    provider, model = name
    own = cost_of(provider, model, usage)

    if own is not None:
        counted = Counted(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            cache_write_1h_tokens=usage.cache_write_1h_tokens,
        )
        assert own == calc_price(counted, model, provider_id=provider).total_price


@pytest.mark.parametrize(("provider", "least"), [("anthropic", 27), ("google", 50), ("openai", 85)])
def test_nearly_every_model_of_the_table_has_a_price(provider: str, least: int) -> None:
    usage = Usage(calls=1, input_tokens=10, output_tokens=10)

    assert sum(cost_of(*name, usage) is not None for name in MODELS if name[0] == provider) >= least
