"""Schemas as Gemini takes them."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, Field

from flowdsl.providers.google_schema import endless, gemini_schema
from flowdsl.providers.json_schema import Schema, is_list, is_schema
from tests.providers.contract import SCHEMAS

KNOWN = frozenset(
    {"$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items"}
    | {"prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties"}
    | {"additionalProperties", "required", "propertyOrdering"}
)
"""What the SDK names at `GenerateContentConfig.response_json_schema`."""


def _words(schema: object) -> Iterator[str]:
    """Every word of a schema, names of properties and definitions left out."""
    if not is_schema(schema):
        return
    yield from schema
    for word, value in schema.items():
        inner = value.values() if word in {"properties", "$defs"} and is_schema(value) else [value]
        for each in value if is_list(value) else inner:
            yield from _words(each)


@pytest.mark.parametrize("name", SCHEMAS)
def test_only_words_that_gemini_knows_are_left(name: str) -> None:
    assert set(_words(gemini_schema(SCHEMAS[name]))) <= KNOWN


@pytest.mark.parametrize(
    ("schema", "rebuilt"),
    [
        ({"const": "x"}, {"type": "string", "enum": ["x"]}),
        ({"const": 3, "type": "integer"}, {"type": "integer", "enum": [3]}),
        ({"const": True}, {"type": "boolean", "description": "always true"}),
        ({"const": None}, {"type": "null"}),
        ({"enum": [True, False]}, {"type": "boolean"}),
        ({"enum": [1, 2.5]}, {"type": "number", "enum": [1, 2.5]}),
        (
            {"enum": ["a", 1, True, None]},
            {
                "anyOf": [
                    {"enum": ["a", 1]},
                    {"type": "boolean", "description": "always true"},
                    {"type": "null"},
                ]
            },
        ),
        (
            {"enum": ["a", [1]], "type": ["string", "array"], "description": "Why."},
            {
                "description": "Why.",
                "anyOf": [{"type": "string", "enum": ["a"]}, {"description": "one of [[1]]"}],
            },
        ),
        (
            {"const": False, "description": "Done?"},
            {"type": "boolean", "description": "Done?, always false"},
        ),
        (
            {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
            {"type": "integer", "minimum": 1, "maximum": 9},
        ),
        (
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "number", "minimum": 0, "description": "more than 0"},
        ),
        (
            {"type": "string", "minLength": 2, "description": "A name.", "default": "x"},
            {"type": "string", "description": "A name. (at least 2 characters)"},
        ),
        (
            {"type": "string", "pattern": "^a+$", "maxLength": 9},
            {
                "type": "string",
                "description": "matches the regular expression ^a+$ (at most 9 characters)",
            },
        ),
        (
            {"type": "array", "items": {"multipleOf": 5}, "uniqueItems": True},
            {
                "type": "array",
                "items": {"description": "a multiple of 5"},
                "description": "no item twice",
            },
        ),
        ({"type": "array", "uniqueItems": False}, {"type": "array"}),
        ({"not": {"const": 1}}, {"description": 'meets {"not": {"const": 1}}'}),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        (
            {"type": "object", "patternProperties": {"^a": {"type": "integer"}}},
            {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "description": 'keys by pattern: {"^a": {"type": "integer"}}',
            },
        ),
        (
            {"$ref": "#/$defs/A", "title": "A", "default": None, "$defs": {"A": {"const": "a"}}},
            {"$ref": "#/$defs/A", "$defs": {"A": {"type": "string", "enum": ["a"]}}},
        ),
        (
            {"$ref": "#/$defs/A", "description": "The first."},
            {"description": "The first.", "anyOf": [{"$ref": "#/$defs/A"}]},
        ),
        (
            {"allOf": [{"$ref": "#/$defs/A"}], "description": "The first."},
            {"description": "The first.", "anyOf": [{"$ref": "#/$defs/A"}]},
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "required": ["a"],
                "allOf": [
                    {"properties": {"b": {"type": "null"}}, "required": ["a", "b"]},
                    {"minimum": 1},
                    {"minimum": 2},
                    True,
                ],
            },
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": {"type": "null"}},
                "required": ["a", "b"],
                "minimum": 1,
                "description": 'also {"minimum": 2}',
            },
        ),
    ],
)
def test_what_gemini_does_not_know_is_said_otherwise(schema: Schema, rebuilt: Schema) -> None:
    assert gemini_schema(schema) == rebuilt


class Chain(BaseModel):
    after: "Chain | None"


class Tree(BaseModel):
    children: list["Tree"]


class Loose(BaseModel):
    after: "Loose | None" = Field(default=None)


class Two(BaseModel):
    first: Loose
    second: Loose


@pytest.mark.parametrize("model", [Chain, Tree])
def test_a_type_that_always_contains_itself_is_refused(model: type[BaseModel]) -> None:
    why = endless(model.model_json_schema())

    assert why is not None
    assert f"'{model.__name__}' contains itself" in why
    assert "give the field a default" in why


def test_a_type_that_names_its_whole_schema_is_refused() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}

    assert endless(schema) is not None


@pytest.mark.parametrize("model", [Loose, Two])
def test_a_type_that_may_leave_itself_out_is_taken(model: type[BaseModel]) -> None:
    assert endless(model.model_json_schema()) is None


def test_definitions_that_are_used_over_and_over_are_looked_at_once() -> None:
    twice = {f"D{n}": {"prefixItems": [{"$ref": f"#/$defs/D{n + 1}"}] * 2} for n in range(60)}

    assert endless({"$ref": "#/$defs/D0", "$defs": {**twice, "D60": {"type": "null"}}}) is None
