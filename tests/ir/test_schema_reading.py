"""JSON Schema → types."""

import pytest

from flowdsl.errors.types import SchemaError
from flowdsl.ir.annotations import type_of
from flowdsl.ir.schema_reading import from_schema
from flowdsl.ir.show import show
from flowdsl.ir.types import JSON, STR, Field, ListOf, Named, Record


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({}, "Json"),
        ({"type": "string"}, "str"),
        ({"type": "integer", "minimum": 1}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "null"}, "None"),
        ({"type": ["string", "null"]}, "str | None"),
        ({"type": "string", "nullable": True}, "str | None"),
        ({"const": "a"}, "Literal['a']"),
        ({"const": None}, "None"),
        ({"enum": ["a", 1, None]}, "Literal['a', 1] | None"),
        ({"enum": [["a"], "b"]}, "Json"),
        ({"type": "array"}, "list[Json]"),
        ({"items": {"type": "string"}}, "list[str]"),
        ({"type": "array", "items": True}, "list[Json]"),
        ({"prefixItems": [{"type": "string"}], "items": False}, "tuple[str]"),
        ({"prefixItems": [{"type": "string"}], "maxItems": 1}, "tuple[str]"),
        (
            {"prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
            "tuple[str, *tuple[int, ...]]",
        ),
        ({"type": "object"}, "dict[str, Json]"),
        ({"type": "object", "additionalProperties": False}, "dict[str, Json]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        ({"properties": {"a": {}}}, "{a}"),
        ({"title": "Issue", "properties": {"a": {}}}, "Issue"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
        ({"allOf": [{"type": "string"}]}, "str"),
        ({"anyOf": []}, "Json"),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}, "str"),
        (
            {
                "$ref": "#/definitions/Rows",
                "definitions": {"Rows": {"items": {"$ref": "#/definitions/Rows"}}},
            },
            "list[Json]",
        ),
    ],
    ids=str,
)
def test_a_schema_is_read_as(schema: dict[str, object], shown: str) -> None:
    assert show(from_schema(schema)) == shown


def test_an_object_with_properties_is_a_record() -> None:
    schema: dict[str, object] = {
        "title": "Issue",
        "description": "A defect.",
        "properties": {
            "line": {"type": "integer", "description": "from 1"},
            "note": {},
            "more": True,
        },
        "required": ["line"],
    }

    assert from_schema(schema) == Record(
        name="Issue",
        origin="schema:Issue",
        kind="schema",
        fields=(
            Field("line", type_of(int), description="from 1"),
            Field("note", JSON, required=False),
            Field("more", JSON, required=False),
        ),
        description="A defect.",
    )


def test_what_is_said_of_a_property_is_the_fields() -> None:
    found = from_schema({"properties": {"a": {"description": "said", "properties": {"b": {}}}}})

    assert isinstance(found, Record)
    assert found.fields[0].description == "said"
    assert isinstance(found.fields[0].type, Record)
    assert (found.fields[0].type.description, found.fields[0].type.origin) == ("", "schema")


def test_a_schema_that_refers_to_itself_is_a_recursive_record() -> None:
    by_definition = from_schema(
        {
            "$ref": "#/$defs/Node",
            "$defs": {"Node": {"properties": {"next": {"$ref": "#/$defs/Node"}}}},
        }
    )
    by_root = from_schema(
        {
            "title": "Node",
            "properties": {"next": {"items": {"$ref": "#"}}, "name": {"type": "string"}},
        }
    )

    assert isinstance(by_definition, Record)
    assert (by_definition.name, by_definition.fields[0].type) == ("Node", Named("schema:Node"))
    assert isinstance(by_root, Record)
    assert [each.type for each in by_root.fields] == [ListOf(Named("schema:Node")), STR]


UNREADABLE: list[tuple[dict[str, object], str, str]] = [
    (
        {"items": {"$ref": "#/$defs/Isue"}},
        "#/items",
        "the reference '#/$defs/Isue' leads nowhere",
    ),
    ({"$ref": "other.json#/a"}, "#", "the reference 'other.json#/a' leads nowhere"),
    ({"type": "text"}, "#", "there is no type 'text'"),
    ({"properties": {"a": "string"}}, "#/properties/a", "it is no schema"),
    ({"items": False}, "#/items", "it is no schema"),
    ({"not": {}}, "#", "no type stands for `not`"),
    ({"allOf": [{}, {}]}, "#", "it combines several schemas with `allOf`"),
]


@pytest.mark.parametrize(("schema", "at", "message"), UNREADABLE, ids=str)
def test_what_cannot_be_read_is_named_with_its_place(
    schema: dict[str, object], at: str, message: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        from_schema(schema)

    assert caught.value.at == at
    assert message in caught.value.message
