"""Parts of earlier replies."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.errors import RenderError
from flowdsl.ir.prompt import FromStep
from flowdsl.prompts.extract import take

REPLY = {"title": "T", "issues": [{"line": 3, "note": None}], "long": "x" * 600}


@pytest.mark.parametrize(
    ("select", "argument", "text"),
    [
        ("field", "title", "T"),
        ("field", "issues.0.line", "3"),
        ("field", "issues", '[{"line": 3, "note": null}]'),
        ("excerpt", "7", '{\n  "ti'),
        ("excerpt", "-1", ""),
        ("summary", "7", "{\n  ..."),
        ("summary", "2", "..."),
    ],
)
def test_a_part_is_shown(
    select: Literal["field", "excerpt", "summary"], argument: str, text: str
) -> None:
    assert take(REPLY, FromStep("reply", select, argument)) == text


@given(st.text())
def test_a_whole_text_stands_as_it_is(text: str) -> None:
    assert take(text, FromStep("reply")) == text


def test_what_is_short_enough_is_its_own_summary() -> None:
    assert take("short", FromStep("reply", "summary", "5")) == "short"
    assert len(take("x" * 600, FromStep("reply", "summary"))) == 500


@pytest.mark.parametrize(
    ("value", "select", "argument", "says"),
    [
        (None, "whole", None, "the step behind 'reply' gave no value"),
        (REPLY, "field", "titel", "no 'titel' on the way to 'titel'"),
        (REPLY, "field", "issues.1", "no '1'"),
        (REPLY, "field", "title.x", "no 'x'"),
        (REPLY, "field", None, "no ''"),
        (REPLY, "field", "issues.0.note", "is empty"),
        (REPLY, "excerpt", "ten", "'ten' is no length"),
    ],
)
def test_what_cannot_be_had_is_an_error(
    value: object, select: Literal["whole", "field", "excerpt"], argument: str | None, says: str
) -> None:
    with pytest.raises(RenderError, match="cannot be rendered") as caught:
        take(value, FromStep("reply", select, argument))

    assert says in caught.value.message


def test_near_field_names_are_offered() -> None:
    with pytest.raises(RenderError) as caught:
        take(REPLY, FromStep("reply", "field", "titel"))

    assert caught.value.help == "did you mean 'title'?"
