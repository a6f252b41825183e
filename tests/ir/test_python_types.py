"""Types → annotations that pydantic validates."""

import datetime as dt
import decimal
from collections import abc
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flowdsl import Document, Image
from flowdsl.ir.annotations import type_of
from flowdsl.ir.python_types import to_annotation
from flowdsl.ir.schema_reading import from_schema
from flowdsl.ir.types import INT, EnumOf, Field, Instance, Media, Named, Record
from tests.ir import sample_types as sample


class Standard(TypedDict):
    count: int


class Holder:
    pass


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        int,
        list[int],
        Sequence[int],
        set[int],
        frozenset[int],
        abc.Set[int],
        dict[str, int],
        Mapping[str, int],
        tuple[()],
        tuple[int, str],
        tuple[int, ...],
        tuple[int, *tuple[str, ...]],
        Literal["a", 1],
        Literal[sample.Color.RED],
        sample.Color,
        sample.Issue,
        sample.Box[int],
        sample.Pair[int],
        sample.Named,
        dt.date,
        Any,
    ],
    ids=str,
)
def test_an_annotation_comes_back_as_it_was(annotation: object) -> None:
    assert to_annotation(type_of(annotation)) == annotation


def test_unions_come_back_as_unions() -> None:
    assert to_annotation(type_of(int | None)) == int | None


def test_a_media_value_is_known_by_its_mark_and_no_text_passes_for_one() -> None:
    picture = Image(b"\x89PNG\r\n\x1a\n0")
    adapter = sample.adapter_of(to_annotation(Media("image")))

    assert adapter.validate_python(picture) is picture
    for other in ("a.png", 3, Document(b"words")):
        with pytest.raises(ValidationError, match=r"Input should be an Image, as Image\.open"):
            adapter.validate_python(other)


def test_what_pydantic_knows_not_becomes_what_it_does() -> None:
    assert to_annotation(type_of(abc.Iterable[int])) == Sequence[int]
    assert to_annotation(type_of(TypeVar("Bounded", bound=int))) is int
    for unknown in (
        Instance("late:Thing"),
        Named("late:Tree"),
        type_of(TypeVar("Free")),
    ):
        assert to_annotation(unknown) is Any
    assert to_annotation(EnumOf("late:Color", (("RED", "red"),))) == Literal["red"]


def test_a_class_pydantic_knows_nothing_of_is_checked_by_isinstance() -> None:
    adapter = sample.adapter_of(to_annotation(type_of(list[Holder])))
    holder = Holder()

    assert adapter.validate_python([holder]) == [holder]
    with pytest.raises(ValidationError):
        adapter.validate_python([1])


NODE = from_schema(
    {
        "title": "Node",
        "description": "A node.",
        "properties": {
            "value": {"type": "integer", "description": "how many"},
            "children": {"items": {"$ref": "#"}},
        },
        "required": ["value"],
    }
)


def test_a_record_out_of_a_schema_is_a_closed_dict() -> None:
    adapter = sample.adapter_of(to_annotation(NODE))

    assert adapter.validate_json('{"value": 1, "children": [{"value": 2}]}') == {
        "value": 1,
        "children": [{"value": 2}],
    }
    for wrong in ('{"children": []}', '{"value": 1, "more": 2}', '{"value": 1, "children": [{}]}'):
        with pytest.raises(ValidationError):
            adapter.validate_json(wrong)


def test_a_record_within_a_record_is_a_closed_dict_too() -> None:
    inner: dict[str, object] = {"title": "Inner", "properties": {"a": {"type": "integer"}}}
    adapter = sample.adapter_of(to_annotation(from_schema({"properties": {"inner": inner}})))

    assert adapter.validate_python({"inner": {"a": 1}}) == {"inner": {"a": 1}}
    with pytest.raises(ValidationError):
        adapter.validate_python({"inner": {"b": 1}})


def test_a_record_within_another_keeps_to_the_one_it_stands_in() -> None:
    inner = Record("Inner", "schema:Inner", "schema", (Field("up", Named("schema:Outer")),))

    def outer(name: str) -> Record:
        fields = (Field("inner", inner, required=False), Field(name, INT))
        return Record("Outer", "schema:Outer", "schema", fields)

    first, second = (sample.adapter_of(to_annotation(outer(name))) for name in ("a", "b"))

    assert first.validate_python({"a": 1, "inner": {"up": {"a": 2}}})
    assert second.validate_python({"b": 1, "inner": {"up": {"b": 2}}})


def test_equal_records_give_the_same_class_with_their_words() -> None:
    assert isinstance(NODE, Record)
    again = Record(NODE.name, NODE.origin, NODE.kind, NODE.fields, description=NODE.description)

    found = to_annotation(NODE)

    assert to_annotation(again) is found
    assert getattr(found, "__doc__", "") == "A node."
    assert "how many" in str(getattr(found, "__annotations__", {}))


def test_a_typed_dict_of_the_standard_library_is_taken_on_every_python() -> None:
    adapter = sample.adapter_of(to_annotation(type_of(list[Standard])))

    assert adapter.validate_python([{"count": 1}]) == [{"count": 1}]


NOT_TAKEN: tuple[object, ...] = (abc.Collection[float], decimal.Decimal)
"""What pydantic does not know, and what it takes only when finite."""


@given(st.data())
def test_a_value_of_a_type_is_valid_for_its_annotation(data: st.DataObject) -> None:
    annotation = data.draw(
        st.sampled_from([each for each in sample.CONCRETE if each not in NOT_TAKEN])
    )
    value = data.draw(sample.values_of(annotation))

    assert sample.adapter_of(to_annotation(type_of(annotation))).validate_python(value) == value
