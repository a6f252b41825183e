"""Tokens add up; dollars are shown as people read them."""

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.usage import NO_USAGE, Usage, dollars

counts = st.integers(0, 10**9)
usages = st.builds(
    Usage,
    calls=counts,
    input_tokens=counts,
    output_tokens=counts,
    cache_read_tokens=counts,
    cache_write_tokens=counts,
    thinking_tokens=counts,
)


@given(usages, usages, usages)
def test_adding_has_no_order(one: Usage, two: Usage, three: Usage) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)


@given(usages)
def test_no_usage_adds_nothing(one: Usage) -> None:
    assert one + NO_USAGE == one == NO_USAGE + one


@given(usages, usages)
def test_every_count_is_added(one: Usage, two: Usage) -> None:
    total = one + two

    for field in fields(Usage):
        parts = getattr(one, field.name) + getattr(two, field.name)
        assert getattr(total, field.name) == parts, field.name


def test_a_sum_over_replies_starts_with_nothing() -> None:
    replies = [Usage(calls=1, input_tokens=10, output_tokens=2)] * 3

    assert sum(replies, NO_USAGE) == Usage(calls=3, input_tokens=30, output_tokens=6)


@pytest.mark.parametrize(
    ("cost_usd", "shown"),
    [
        (None, "cost unknown"),
        (Decimal(0), "$0"),
        (Decimal("0.000"), "$0"),
        (Decimal("0.01234"), "$0.0123"),
        (Decimal("12.5"), "$12.5000"),
    ],
)
def test_dollars_are_shown_and_unknown_is_never_nothing(
    cost_usd: Decimal | None, shown: str
) -> None:
    assert dollars(cost_usd) == shown
