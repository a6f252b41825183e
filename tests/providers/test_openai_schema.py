"""A schema is made strict where its meaning stays, and left as it is elsewhere."""

from typing import Annotated, Literal

import jsonschema
import pytest
from pydantic import BaseModel, Field

from flowdsl.providers.json_schema import Schema, is_schema
from flowdsl.providers.openai_schema import strict_schema
from tests.providers.contract import SCHEMAS, Review, inside_value


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Owner(BaseModel):
    name: str = Field(min_length=2, max_length=20, description="Full name.")
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    nick: str | None = None


class Defaulted(BaseModel):
    note: str = ""


class Open(BaseModel):
    counts: dict[str, int]


class Node(BaseModel):
    child: "Node | None"
    other: "Node" = Field(description="Another one.")


class Holder(BaseModel):
    first: Cat = Field(description="The elder.")
    second: Cat


def _inside(schema: Schema) -> object:
    strict = strict_schema(inside_value(schema))
    properties = strict["properties"] if strict else None
    return properties["value"] if is_schema(properties) else None


def test_objects_are_closed_and_ask_for_every_key() -> None:
    strict = strict_schema(Owner.model_json_schema())

    assert strict is not None
    assert strict["additionalProperties"] is False
    assert strict["required"] == ["name", "pet", "nick"]
    assert "title" not in strict


def test_an_answer_that_meets_the_strict_schema_meets_the_declared_one() -> None:
    strict = strict_schema(Owner.model_json_schema())
    answer = {"name": "Ann", "pet": {"kind": "dog"}, "nick": None}

    assert strict is not None
    jsonschema.validate(answer, strict)
    assert Owner.model_validate(answer) == Owner(name="Ann", pet=Dog(kind="dog"))


def test_lengths_and_rare_formats_become_words() -> None:
    assert _inside({"type": "string", "minLength": 2, "description": "A name."}) == {
        "type": "string",
        "description": "A name. (at least 2 characters)",
    }
    assert _inside({"type": "string", "format": "uri"}) == {
        "type": "string",
        "description": "(format uri)",
    }
    assert _inside({"type": "string", "format": "date"}) == {"type": "string", "format": "date"}


def test_allowed_values_tell_their_type() -> None:
    assert _inside({"enum": ["a", "b"]}) == {"enum": ["a", "b"], "type": "string"}
    assert _inside({"const": True}) == {"const": True, "type": "boolean"}
    assert _inside({"enum": [1, None]}) == {"enum": [1, None], "type": ["integer", "null"]}


def test_what_is_said_beside_a_reference_goes_into_a_copy() -> None:
    strict = strict_schema(Holder.model_json_schema())

    assert strict is not None
    properties = strict["properties"]
    assert is_schema(properties)
    assert properties["second"] == {"$ref": "#/$defs/Cat"}
    assert properties["first"] == {
        "description": "The elder.",
        "type": "object",
        "properties": {"kind": {"type": "string", "const": "cat"}},
        "required": ["kind"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("name", ["label", "numbers", "code", "union", "model"])
def test_the_schemas_of_the_contract_can_be_strict(name: str) -> None:
    assert strict_schema(SCHEMAS[name]) is not None


@pytest.mark.parametrize(
    "schema",
    [
        Defaulted.model_json_schema(),
        Open.model_json_schema(),
        Node.model_json_schema(),
        SCHEMAS["pair"],
        {"anyOf": [Review.model_json_schema()]},
        {"type": "object"},
        {"type": ["object", "null"], "properties": {}},
        {"type": "object", "properties": {}, "additionalProperties": True},
        {"type": "object", "properties": {}, "required": ["ghost"]},
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
        {"type": "object", "properties": {"a": True}, "required": ["a"]},
        inside_value({"type": "array"}),
        inside_value({"enum": [{"a": 1}]}),
        inside_value({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        inside_value({"anyOf": "nonsense"}),
        inside_value({"$ref": "#/$defs/A", "minLength": 1}),
        inside_value({"$ref": 7}),
        inside_value({"type": "string", "not": {"const": "a"}}),
        {
            "type": "object",
            "properties": {"a": {"default": 1, "type": "integer"}},
        },
    ],
    ids=str,
)
def test_a_schema_that_would_mean_something_else_is_not_made_strict(schema: Schema) -> None:
    assert strict_schema(schema) is None


def test_a_key_whose_absence_means_null_is_asked_for() -> None:
    null = {"$ref": "#/$defs/N", "default": None}
    defs = {"N": {"type": ["string", "null"]}}
    strict = strict_schema({"type": "object", "properties": {"a": null}, "$defs": defs})

    assert strict is not None
    assert strict["required"] == ["a"]


def test_a_described_recursion_ends() -> None:
    node = {
        "type": "object",
        "properties": {"next": {"$ref": "#/$defs/Node", "description": "The next one."}},
        "required": ["next"],
    }
    strict = strict_schema(
        {
            "type": "object",
            "properties": {"head": {"$ref": "#/$defs/Node"}},
            "required": ["head"],
            "$defs": {"Node": node},
        }
    )

    assert strict is not None
    assert "Node" in str(strict["$defs"])
