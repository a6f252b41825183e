"""Prepared answers are written as the request wants them."""

import json
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from flowdsl.providers.canned import Raw, Rule, answer_text, pieces, prompt_text, tokens_of
from tests.providers.contract import Schema, ask, inside_value


class Issue(BaseModel):
    name: str
    day: date


@dataclass
class Point:
    x: int


OBJECT: Schema = {"type": "object", "properties": {"name": {}, "day": {}}}
VALUE = inside_value({})


@pytest.mark.parametrize(
    ("answer", "schema", "text"),
    [
        ("hello", None, "hello"),
        (["a", "b"], None, '["a", "b"]'),
        ("hello", VALUE, '{"value": "hello"}'),
        ("[1]", VALUE, '{"value": "[1]"}'),
        ('{"value": 3}', VALUE, '{"value": 3}'),
        (
            [Issue(name="ä", day=date(2026, 1, 2))],
            VALUE,
            '{"value": [{"name": "ä", "day": "2026-01-02"}]}',
        ),
        (None, VALUE, '{"value": null}'),
        ({"value": 3}, VALUE, '{"value": 3}'),
        ({"value": 3, "more": 4}, VALUE, '{"value": {"value": 3, "more": 4}}'),
        (Point(2), VALUE, '{"value": {"x": 2}}'),
        (Issue(name="n", day=date(2026, 1, 2)), OBJECT, '{"name": "n", "day": "2026-01-02"}'),
        ('{"name": 1}', OBJECT, '{"name": 1}'),
        ("broken", OBJECT, '"broken"'),
        (Raw("{broken"), VALUE, "{broken"),
    ],
)
def test_an_answer_is_written_as_the_request_wants_it(
    answer: object, schema: Schema | None, text: str
) -> None:
    assert answer_text(answer, schema) == text


@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert all(pieces(text))


def test_pieces_are_words() -> None:
    assert list(pieces("one two  three\nfour")) == ["one", " two", "  three", "\nfour"]


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 1), ("abcd", 1), ("abcde", 2), ("ää", 1), ("äää", 2)]
)
def test_four_bytes_count_as_a_token(text: str, tokens: int) -> None:
    assert tokens_of(text) == tokens


def test_the_prompt_is_all_that_the_model_is_told() -> None:
    from dataclasses import replace

    assert prompt_text(replace(ask("Hello."), system="Be kind.")) == "Be kind.\n\nHello."


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule(answer=1), True),
        (Rule(answer=1, step="trial"), True),
        (Rule(answer=1, step="other"), False),
        (Rule(answer=1, contains="Hel"), True),
        (Rule(answer=1, contains="Hel", step="other"), False),
        (Rule(answer=1, contains="hel", step="trial"), False),
    ],
)
def test_a_rule_fits_where_all_it_names_fits(rule: Rule, *, fits: bool) -> None:
    assert rule.fits(ask("Hello.")) is fits


def test_answers_are_json_that_can_be_read_back() -> None:
    assert json.loads(answer_text({"a": [1, None, True]}, OBJECT)) == {"a": [1, None, True]}
