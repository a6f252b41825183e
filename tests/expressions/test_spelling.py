"""Names, texts and numbers are read back as they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.expressions.spelling import (
    FUNCTIONS,
    METHODS,
    is_name,
    number_text,
    quote,
    read_number,
    unquote,
)


@given(st.text())
def test_a_quoted_text_is_read_back(text: str) -> None:
    assert unquote(quote(text)) == text


@given(st.text())
def test_a_quoted_text_is_pythons_literal_too(text: str) -> None:
    from ast import literal_eval

    assert literal_eval(quote(text)) == text


@given(st.one_of(st.integers(min_value=0), st.floats(min_value=0, allow_nan=False)))
def test_a_number_is_read_back(number: float) -> None:
    literal = number_text(number)

    assert literal is not None
    assert repr(read_number(literal)) == repr(number)


def test_a_number_without_a_literal_has_none() -> None:
    assert number_text(float("nan")) is None
    assert number_text(10**5000) is None


@pytest.mark.parametrize(
    ("word", "good"),
    [
        ("a", True),
        ("é", True),
        ("_a1", True),
        ("1a", False),
        ("class", False),
        ("None", False),
        ("ﬁ", False),
    ],
)
def test_names_are_pythons_names_without_its_keywords(word: str, *, good: bool) -> None:
    assert is_name(word) is good


@pytest.mark.parametrize("literal", [r"'\d'", r"'\U99999999'", r"'\u12'"])
def test_an_unknown_escape_is_refused(literal: str) -> None:
    with pytest.raises(ValueError, match="is not known"):
        unquote(literal)


def test_calls_and_methods_lead_to_operators() -> None:
    assert FUNCTIONS["len"] == "size"
    assert FUNCTIONS["bool"] == "truth"
    assert METHODS["lower"] == "lower"
