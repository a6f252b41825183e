"""Schemas are made strict for a small model's grammar, or refused with the place and the cure."""

import re
from typing import Annotated, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter

from flowdsl.providers.json_schema import Schema
from flowdsl.providers.local_schema import Bounds, harden, too_hard
from flowdsl.providers.mock_values import example
from tests.providers.contract import SCHEMAS, inside_value

TIGHT = Bounds(text=200, items=8, digits=6)


def _hardened(schema: Schema, bounds: Bounds = TIGHT) -> dict[str, object]:
    hard = harden(schema, bounds)
    assert hard.pop("x-guidance") == {"whitespace_flexible": False}
    return hard


@pytest.mark.parametrize(
    ("schema", "hard"),
    [
        ({"type": "string"}, {"type": "string", "maxLength": 200}),
        (
            {"type": "string", "minLength": 300},
            {"type": "string", "minLength": 300, "maxLength": 300},
        ),
        ({"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 9}),
        ({"enum": ["a"], "type": "string"}, {"enum": ["a"], "type": "string"}),
        (
            {"type": "string", "pattern": "^a+$"},
            {"type": "string", "pattern": "^a+$", "maxLength": 200},
        ),
        ({"type": "string", "pattern": r"^(?!x)\w+$"}, {"type": "string", "maxLength": 200}),
        ({"type": "string", "pattern": r"\bfoo"}, {"type": "string", "maxLength": 200}),
        ({"type": "string", "format": "path"}, {"type": "string", "maxLength": 200}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"], "maxLength": 200}),
        (
            {"type": "array", "items": {"type": "null"}},
            {"type": "array", "items": {"type": "null"}, "maxItems": 8},
        ),
        ({"type": "array", "minItems": 9}, {"type": "array", "minItems": 9, "maxItems": 9}),
        ({"type": "array", "maxItems": 2}, {"type": "array", "maxItems": 2}),
        (
            {"type": "array", "prefixItems": [{"const": 1}], "items": False},
            {"type": "array", "prefixItems": [{"const": 1}], "items": False, "maxItems": 1},
        ),
        ({"type": "integer"}, {"type": "integer", "minimum": -1000000, "maximum": 1000000}),
        (
            {"type": "integer", "minimum": 5000000},
            {"type": "integer", "minimum": 5000000, "maximum": 6000000},
        ),
        (
            {"type": "integer", "exclusiveMaximum": -5},
            {"type": "integer", "exclusiveMaximum": -5, "minimum": -1000005},
        ),
        (
            {"type": "number", "minimum": 0, "maximum": 1},
            {"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 1e-06},
        ),
        ({"oneOf": [{"const": 1}]}, {"anyOf": [{"const": 1}]}),
        (
            {"type": "object", "properties": {"a": {"const": 1}}, "title": "T", "not": {}},
            {"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": False},
        ),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"const": 1, "default": 1}}},) * 2,
    ],
)
def test_free_values_get_an_end_and_unknown_words_go(schema: Schema, hard: Schema) -> None:
    if "$defs" in schema:
        hard = {"$ref": "#/$defs/A", "$defs": {"A": {"const": 1}}}

    assert _hardened(schema) == hard


def test_without_bounds_nothing_is_cut() -> None:
    schema: Schema = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "items": {"type": "array", "items": {"type": "number"}},
        },
        "required": ["text"],
        "additionalProperties": False,
    }

    assert _hardened(schema, Bounds()) == schema


@pytest.mark.parametrize(
    ("form", "good"),
    [
        ("date", "2026-12-31"),
        ("time", "23:59:00"),
        ("date-time", "2026-12-31T23:59:00Z"),
        ("duration", "PT5M"),
        ("email", "a.b@c-d.example"),
        ("hostname", "www.example.com"),
        ("uri", "https://example.com/a?b=c#d"),
        ("uuid", "123e4567-e89b-42d3-a456-426614174000"),
    ],
)
def test_a_format_becomes_a_pattern_with_an_end(form: str, good: str) -> None:
    hard = _hardened({"type": "string", "format": form})

    assert set(hard) == {"type", "pattern"}
    pattern = re.compile(str(hard["pattern"]))
    assert pattern.search(good)
    assert not any(pattern.search(bad) for bad in ("", "x y", f"{good} ", f" {good}"))
    assert not pattern.search(good + "0" * 300)


@pytest.mark.parametrize("name", SCHEMAS)
@given(seed=st.integers(0, 2**32))
def test_what_meets_the_hardened_schema_meets_the_first(name: str, seed: int) -> None:
    jsonschema.validate(example(_hardened(SCHEMAS[name]), seed), SCHEMAS[name])


class Node(BaseModel):
    name: str
    children: list["Node"]


class Bag(BaseModel):
    tags: dict[str, int]


class Untyped(BaseModel):
    rest: list[object]


class Base(BaseModel):
    x: int


_REFUSED: list[tuple[Schema, str]] = [
    (Node.model_json_schema(), "the answer.children.items contains itself (Node)"),
    (inside_value(Bag.model_json_schema()), "the answer.value.tags is a dictionary"),
    (Untyped.model_json_schema(), "the answer.rest.items has no declared type"),
    (inside_value({}), "the answer.value has no declared type"),
    ({"type": "object"}, "the answer is a dictionary with free keys"),
    (inside_value({"type": "array"}), "the answer.value.items has no declared type"),
    ({"type": "object", "patternProperties": {"a": {}}, "properties": {}}, "free keys"),
    ({"type": "object", "properties": {}, "additionalProperties": True}, "free keys"),
    (
        inside_value({"anyOf": [{"type": "null"}, {"type": "object"}]}),
        "the answer.value is a dictionary",
    ),
    ({"allOf": [{"type": "object", "properties": {}}] * 2}, "several schemas at once"),
]


@pytest.mark.parametrize(("schema", "said"), _REFUSED)
def test_a_type_without_an_end_is_refused_with_its_place_and_a_cure(
    schema: Schema, said: str
) -> None:
    why = too_hard(schema)

    assert why is not None
    assert said in why
    assert "; declare " in why


@pytest.mark.parametrize(
    "schema",
    [
        *SCHEMAS.values(),
        TypeAdapter(Annotated[list[Base], Field(max_length=3)]).json_schema(),
        TypeAdapter(tuple[Base, Base | None]).json_schema(),
        inside_value(TypeAdapter(Literal[1, "a"] | None).json_schema()),
        {"type": "object", "properties": {}, "additionalProperties": False},
        {"allOf": [{"const": 1}]},
    ],
)
def test_a_type_with_an_end_is_taken(schema: Schema) -> None:
    assert too_hard(schema) is None
