"""What an unquoted scalar means."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compat_yaml.scalars import Scalar, is_plain_text, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("NULL", None),
        ("nil", "nil"),
        ("True", True),
        ("tRue", "tRue"),
        ("yes", "yes"),
        ("off", "off"),
        ("012", 12),
        ("+1", 1),
        ("0o14", 12),
        ("0x1F", 31),
        ("0x", "0x"),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("1e400", "1e400"),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("-", "-"),
        (".", "."),
        ("٣", "٣"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_scalar_is_read_by_the_core_schema_of_1_2(text: str, value: Scalar) -> None:
    found = resolve(text)

    assert found == value
    assert type(found) is type(value)


def test_what_is_no_number_is_not_equal_to_itself() -> None:
    assert isinstance(resolve(".nan"), float)
    assert resolve(".nan") != resolve(".nan")


@pytest.mark.parametrize(
    "text",
    ["yes", "Off", "y", "012", "0b1", "1_000", "12:30", "2024-01-01", "<<", "1e3", "", "=", "0o7"],
)
def test_what_an_older_reader_takes_for_something_else_wants_quotes(text: str) -> None:
    assert not is_plain_text(text)


@given(st.text(alphabet="yesnoYNtrufalse0123456789+._exobTZ~", min_size=1, max_size=12))
def test_a_text_that_needs_no_quotes_is_read_as_text_by_readers_of_1_1_too(text: str) -> None:
    if is_plain_text(text):
        assert yaml.safe_load(text) == text
