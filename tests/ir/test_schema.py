"""Types → JSON Schema and back."""

import datetime as dt
import decimal
from collections import abc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar
from zlib import crc32

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, JsonValue

from flowdsl.errors.types import NoSchemaError
from flowdsl.ir.annotations import type_of
from flowdsl.ir.narrowing import is_dict
from flowdsl.ir.schema import from_schema, to_schema
from flowdsl.ir.types import (
    JSON,
    NONE,
    STR,
    Choice,
    DictOf,
    ListOf,
    Media,
    Named,
    Plain,
    Record,
    TupleOf,
    Type,
    union_of,
)
from flowdsl.ir.types import Field as Part
from tests.ir import sample_types as sample


class Same(BaseModel):
    title: Annotated[str, Field(pattern="^a")]
    kind: Literal["x"] = "x"


class Holder(BaseModel, extra="allow"):
    run: abc.Callable[[], int]


@dataclass
class Twin:
    twin: "sample.Span"
    other: "sample.Span | None"


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, {"type": "string"}),
        (bytes, {"type": "string", "format": "binary"}),
        (None, {"type": "null"}),
        (Any, {}),
        (JsonValue, {}),
        (TypeVar("Free"), {}),
        (TypeVar("Bounded", bound=int), {"type": "integer"}),
        (Literal["a"], {"const": "a", "type": "string"}),
        (Literal["a", "b"], {"enum": ["a", "b"], "type": "string"}),
        (Literal["a", 1], {"enum": ["a", 1]}),
        (sample.Level, {"enum": [1, 2], "type": "integer"}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (abc.Iterable[int], {"type": "array", "items": {"type": "integer"}}),
        (set[int], {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}),
        (
            tuple[int, str],
            {
                "type": "array",
                "minItems": 2,
                "maxItems": 2,
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
            },
        ),
        (tuple[()], {"type": "array", "maxItems": 0}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (
            sample.Point,
            {
                "type": "array",
                "minItems": 2,
                "maxItems": 2,
                "prefixItems": [{"type": "integer"}] * 2,
            },
        ),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (dict[str, Any], {"type": "object", "additionalProperties": True}),
        (
            dict[Literal["a", "b"], int],
            {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "propertyNames": {"enum": ["a", "b"], "type": "string"},
            },
        ),
        (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (dt.datetime, {"type": "string", "format": "date-time"}),
        (
            sample.Person,
            {
                "title": "Person",
                "type": "object",
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
                "required": ["name"],
                "additionalProperties": False,
            },
        ),
        (
            sample.Branch,
            {
                "$ref": "#/$defs/Branch",
                "$defs": {
                    "Branch": {
                        "type": "object",
                        "properties": {
                            "value": {"type": "integer"},
                            "children": {"type": "array", "items": {"$ref": "#/$defs/Branch"}},
                        },
                        "required": ["value", "children"],
                        "additionalProperties": False,
                    }
                },
            },
        ),
    ],
    ids=str,
)
def test_a_type_is_written_as(annotation: object, schema: object) -> None:
    assert to_schema(type_of(annotation)) == schema


def test_a_record_met_twice_is_defined_once() -> None:
    written = to_schema(type_of(Twin))

    assert written["properties"] == {
        "twin": {"$ref": "#/$defs/Span"},
        "other": {"anyOf": [{"$ref": "#/$defs/Span"}, {"type": "null"}]},
    }
    assert str(written["$defs"]).count("'description': 'the first position after it'") == 1


def test_two_records_of_one_name_are_kept_apart() -> None:
    first, second = (
        Record("Issue", f"schema:{n}", "schema", (Part("a", t),))
        for n, t in (("a", STR), ("b", JSON))
    )

    written = to_schema(ListOf(TupleOf((first, second))))

    definitions = written["$defs"]
    assert is_dict(definitions)
    assert list(definitions) == ["Issue", "Issue_2"]


def test_a_record_without_a_name_is_written_in_place() -> None:
    inner = Record("", "schema", "schema", (Part("a", STR),), description="Inner.")

    assert to_schema(ListOf(inner)) == {
        "type": "array",
        "items": {
            "type": "object",
            "description": "Inner.",
            "properties": {"a": {"type": "string"}},
            "required": ["a"],
            "additionalProperties": False,
        },
    }
    assert to_schema(Named("m:Elsewhere")) == {}


def test_a_pydantic_model_keeps_its_bounds_and_words() -> None:
    assert to_schema(type_of(list[sample.Issue])) == {
        "type": "array",
        "items": {"$ref": "#/$defs/Issue"},
        "$defs": {
            "Issue": {
                "type": "object",
                "description": "A defect.",
                "properties": {
                    "severity": {"type": "string"},
                    "line": {"type": "integer", "minimum": 1, "description": "counted from 1"},
                },
                "required": ["severity", "line"],
                "additionalProperties": False,
            }
        },
    }


def test_a_field_that_is_called_title_is_no_title() -> None:
    written = to_schema(type_of(Same))

    assert written["properties"] == {
        "title": {"type": "string", "pattern": "^a"},
        "kind": {"type": "string", "const": "x", "default": "x"},
    }
    assert "title" not in written


@pytest.mark.parametrize(
    "annotation", [sample.Plain, list[Iterator[int]], Holder, dict[str, sample.Text]], ids=str
)
def test_what_has_no_json_form_is_named(annotation: object) -> None:
    with pytest.raises(NoSchemaError):
        to_schema(type_of(annotation))


def test_media_have_no_json_form() -> None:
    with pytest.raises(NoSchemaError, match="`Image` has no JSON form"):
        to_schema(Media("image"))


names = st.sampled_from(["a", "b", "title", "type", "$ref"])
words = st.sampled_from(["", "said"])
leaves: st.SearchStrategy[Type] = st.sampled_from(
    [*map(Plain, ("str", "int", "float", "bool"))]
) | st.just(JSON)
leaves |= st.lists(st.text() | st.integers() | st.booleans(), min_size=1, max_size=3).map(
    lambda values: union_of(Choice((value,)) for value in values)
)


def _record(parts: list[tuple[str, Type, bool, str]]) -> Type:
    fields = tuple({part[0]: Part(*part) for part in parts}.values())
    name = f"R{crc32(repr(fields).encode('utf-8', 'surrogatepass'))}"
    return Record(name, f"schema:{name}", "schema", fields, description="A record.")


def _tuple(items: list[Type], rest: Type | None) -> Type:
    return TupleOf(tuple(items), rest)


def _grown(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    parts = st.lists(st.tuples(names, inner, st.booleans(), words), max_size=3)
    unions = st.lists(inner, min_size=1, max_size=3).map(lambda options: union_of([*options, NONE]))
    return (
        inner.map(ListOf)
        | inner.map(lambda value: DictOf(STR, value))
        | st.builds(_tuple, st.lists(inner, min_size=1, max_size=2), st.none() | inner)
        | unions
        | st.builds(_record, parts)
    )


schema_types = st.recursive(leaves, _grown, max_leaves=6)


@given(schema_types)
def test_reading_inverts_writing(type_: Type) -> None:
    written = to_schema(type_)

    jsonschema.Draft202012Validator.check_schema(written)
    assert from_schema(written) == type_


def test_reading_a_recursive_schema_inverts_writing() -> None:
    node = Record("Node", "schema:Node", "schema", (Part("next", ListOf(Named("schema:Node"))),))

    assert from_schema(to_schema(node)) == node


def test_a_decimal_is_text() -> None:
    schema = to_schema(type_of(decimal.Decimal))

    jsonschema.validate("-1.50", schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate("1e5", schema)
