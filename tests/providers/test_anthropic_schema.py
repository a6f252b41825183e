"""Schemas as Claude models take them: what is closed, moved into words, refused."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from flowdsl.providers.anthropic_schema import MOST_OPTIONAL, MOST_UNIONS, prepared, refusal
from flowdsl.providers.json_schema import Schema
from tests.providers.contract import SCHEMAS, Review, inside_value


def _object(**fields: Schema) -> dict[str, object]:
    return {"type": "object", "properties": fields, "required": [*fields]}


class Address(BaseModel):
    """Where somebody lives."""

    street: str


class Person(BaseModel):
    home: Address = Field(description="in winter")
    work: Address
    mail: Annotated[str, Field(json_schema_extra={"format": "email"})]
    odd: Annotated[str, Field(json_schema_extra={"format": "isbn"})]


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Owner(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")


class Node(BaseModel):
    children: "list[Node]"


def test_objects_are_closed_and_what_is_enforced_elsewhere_is_said_in_words() -> None:
    sent = prepared(Review.model_json_schema())

    assert sent == {
        "title": "Review",
        "type": "object",
        "properties": {
            "verdict": {"title": "Verdict", "type": "boolean"},
            "issues": {
                "title": "Issues",
                "type": "array",
                "items": {"$ref": "#/$defs/Issue"},
                "description": "{maxItems: 2}",
            },
            "score": {
                "title": "Score",
                "type": "number",
                "description": "{maximum: 1, minimum: 0}",
            },
            "note": {"title": "Note", "anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["verdict", "issues", "score", "note"],
        "additionalProperties": False,
        "$defs": {
            "Issue": {
                "title": "Issue",
                "type": "object",
                "properties": {
                    "severity": {"title": "Severity", "enum": ["low", "high"]},
                    "line": {
                        "title": "Line",
                        "type": "integer",
                        "description": "{maximum: 99, minimum: 1}",
                    },
                },
                "required": ["severity", "line"],
                "additionalProperties": False,
            }
        },
    }


def test_words_beside_a_reference_are_kept_by_writing_it_out() -> None:
    fields = prepared(Person.model_json_schema())["properties"]

    assert isinstance(fields, dict)
    assert fields["work"] == {"$ref": "#/$defs/Address"}
    assert fields["home"] == {
        "title": "Address",
        "description": "in winter",
        "type": "object",
        "properties": {"street": {"title": "Street", "type": "string"}},
        "required": ["street"],
        "additionalProperties": False,
    }


def test_a_lone_part_of_all_of_is_merged() -> None:
    schema = {
        **_object(
            bare={"allOf": [{"$ref": "#/$defs/A"}]},
            told={"allOf": [{"$ref": "#/$defs/A"}], "description": "why"},
        ),
        "$defs": {"A": {"type": "string", "maxLength": 3}},
    }

    assert prepared(schema)["properties"] == {
        "bare": {"$ref": "#/$defs/A"},
        "told": {"type": "string", "description": "why\n\n{maxLength: 3}"},
    }


def test_formats_that_it_knows_stay_and_others_become_words() -> None:
    fields = prepared(Person.model_json_schema())["properties"]

    assert isinstance(fields, dict)
    assert fields["mail"] == {"title": "Mail", "type": "string", "format": "email"}
    assert fields["odd"] == {
        "title": "Odd",
        "type": "string",
        "description": '{format: "isbn"}',
    }


@pytest.mark.parametrize(("least", "is_kept"), [(0, True), (1, True), (2, False)])
def test_a_least_length_of_a_list_stays_up_to_one(least: int, *, is_kept: bool) -> None:
    sent = prepared({"type": "array", "items": {"type": "string"}, "minItems": least})

    assert ("minItems" in sent) is is_kept
    assert (sent.get("description") == "{minItems: 2}") is not is_kept


def test_a_pattern_becomes_words_that_can_be_read_back() -> None:
    sent = prepared({"type": "string", "pattern": r'^"\d+ä"$', "default": "1"})

    assert sent == {"type": "string", "description": r'{pattern: "^\"\\d+ä\"$", default: "1"}'}


def test_one_of_becomes_any_of_and_literals_need_no_type() -> None:
    sent = prepared(Owner.model_json_schema())

    assert sent["properties"] == {
        "pet": {"title": "Pet", "anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}
    }
    definitions = sent["$defs"]
    assert isinstance(definitions, dict)
    assert definitions["Cat"]["properties"] == {"kind": {"title": "Kind", "const": "cat"}}


def test_preparing_leaves_the_schema_as_it_was() -> None:
    schema = Review.model_json_schema()

    prepared(schema)

    assert schema == Review.model_json_schema()


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - {"pair"}))
def test_common_answers_are_taken(name: str) -> None:
    assert refusal(SCHEMAS[name]) is None


def test_a_definition_that_nothing_uses_refuses_nothing() -> None:
    unused = {"$defs": {"Pair": {"prefixItems": [{"const": 1}]}}}

    assert refusal({**inside_value({"type": "boolean"}), **unused}) is None


REFUSED: dict[str, tuple[Schema, str]] = {
    "dictionary": (
        inside_value({"type": "object", "additionalProperties": {"type": "integer"}}),
        "the answer.value is a dictionary with free keys; declare a list of pairs",
    ),
    "recursion": (
        Node.model_json_schema(),
        "the answer.children.items contains itself (Node); declare a fixed depth",
    ),
    "anything": (inside_value({}), "the answer.value has no declared type; declare one"),
    "tuple": (
        SCHEMAS["pair"],
        "the answer.value is a tuple, whose places would lose their types; declare a model class",
    ),
    "inner_tuple": (
        {
            **_object(rows={"type": "array", "items": {"$ref": "#/$defs/Row"}}),
            "$defs": {
                "Row": {
                    "type": "array",
                    "prefixItems": [{"type": "string"}],
                    "maxItems": 1,
                    "minItems": 1,
                }
            },
        },
        "the answer.rows.items is a tuple",
    ),
    "tuple_or_none": (
        inside_value(
            {
                "anyOf": [
                    {"type": "array", "prefixItems": [{"type": "string"}]},
                    {"type": "null"},
                ]
            }
        ),
        "the answer.value is a tuple",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_answers_that_it_can_not_give_are_told_with_the_cure(name: str) -> None:
    schema, said = REFUSED[name]

    why = refusal(schema)

    assert why is not None
    assert why.startswith(said)
    assert why.endswith(".")


def test_optional_fields_are_taken_up_to_the_limit() -> None:
    fields: dict[str, Schema] = {f"f{number}": {"type": "string"} for number in range(30)}
    some = {**_object(**fields), "required": [*fields][MOST_OPTIONAL:]}
    nested = {**_object(inner=some, other={"type": "string"}), "required": ["inner"]}

    why = refusal(nested)

    assert refusal(some) is None
    assert why is not None
    assert "has 25 optional fields, and 24 are the most" in why


def test_unions_are_taken_up_to_the_limit() -> None:
    union: Schema = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    kinds: Schema = {"type": ["string", "null"]}
    some = _object(**{f"f{number}": union for number in range(MOST_UNIONS)})

    why = refusal(_object(inner=some, other=kinds))

    assert refusal(some) is None
    assert why is not None
    assert "has 17 values of several types, and 16 are the most" in why
