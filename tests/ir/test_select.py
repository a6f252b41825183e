"""Types of parts, and the common type of several values."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from flowdsl.ir.annotations import type_of
from flowdsl.ir.fits import fits
from flowdsl.ir.select import (
    entry_of,
    field_names,
    field_of,
    item_of,
    join,
    may_be_none,
    without_none,
)
from flowdsl.ir.show import show
from flowdsl.ir.types import ANYTHING, Field, Instance, Named, Record, Type, Variable
from tests.ir import sample_types as sample


class Grade(BaseModel):
    marks: list[int]

    @property
    def best(self) -> int:
        return max(self.marks)

    def again(self) -> "Grade":
        return self


class Bag:
    size = 3

    def __iter__(self) -> object:
        raise AssertionError

    def __getitem__(self, key: object) -> object:
        raise AssertionError(key)


def _shown(found: Type | None) -> str | None:
    return None if found is None else show(found)


@pytest.mark.parametrize(
    ("annotation", "item"),
    [
        (list[int], "int"),
        (Iterable[int], "int"),
        (set[int], "int"),
        (dict[str, int], "str"),
        (tuple[int, str], "int | str"),
        (tuple[int, ...], "int"),
        (tuple[bool, int], "int"),
        (list[int] | tuple[str, ...], "int | str"),
        (sample.Point, "int"),
        (sample.Named, "str"),
        (Any, "Any"),
        (JsonValue, "Json"),
        (Bag, "Any"),
        (str, None),
        (Literal["a"], None),
        (sample.Color, None),
        (int, None),
        (None, None),
        (list[int] | None, None),
        (sample.Issue, None),
        (sample.Plain, None),
    ],
    ids=str,
)
def test_the_type_of_an_item(annotation: object, item: str | None) -> None:
    assert _shown(item_of(type_of(annotation))) == item


@pytest.mark.parametrize(
    ("annotation", "name", "field"),
    [
        (sample.Issue, "severity", "str"),
        (sample.Issue, "sevrity", None),
        (sample.Urgent, "due", "date | None"),
        (sample.Tree, "children", "list[Tree]"),
        (sample.Named, "name", "str"),
        (sample.Named, "keys", None),
        (sample.Point, "x", "int"),
        (sample.Color, "value", "Literal['red', 'blue']"),
        (sample.Color, "name", "Literal['RED', 'BLUE']"),
        (sample.Color, "hue", None),
        (dict[str, int], "anything", "int"),
        (dict[int, int], "anything", None),
        (Any, "anything", "Any"),
        (JsonValue, "anything", "Json"),
        (Grade, "best", "Any"),
        (Grade, "again", None),
        (dt.datetime, "year", "Any"),
        (dt.datetime, "yaer", None),
        (sample.Issue | sample.Span, "line", None),
        (sample.Issue | sample.Urgent, "line", "int"),
        (sample.Issue | None, "line", None),
        (Literal["a"], "upper", None),
        (str, "upper", None),
    ],
    ids=str,
)
def test_the_type_of_a_field(annotation: object, name: str, field: str | None) -> None:
    assert _shown(field_of(type_of(annotation), name)) == field


def test_a_recursive_record_can_be_walked_as_deep_as_one_likes() -> None:
    tree = type_of(sample.Tree)

    for _ in range(4):
        children = field_of(tree, "children")
        assert children is not None
        tree = item_of(children) or ANYTHING

    assert _shown(field_of(tree, "value")) == "int"


def test_a_record_within_a_record_is_unrolled_too() -> None:
    inner = Record("Inner", "m:Inner", "schema", (_field("up", Named("m:Outer")),))
    outer = Record(
        "Outer", "m:Outer", "schema", (_field("inner", inner), _field("x", type_of(int)))
    )

    found = field_of(field_of(outer, "inner") or ANYTHING, "up")

    assert found == outer
    assert field_of(outer, "inner") != inner


def _field(name: str, type_: Type) -> Field:
    return Field(name, type_)


@pytest.mark.parametrize(
    ("annotation", "key", "entry"),
    [
        (list[int], 0, "int"),
        (Sequence[int], -1, "int"),
        (Iterable[int], 0, None),
        (list[int], "a", None),
        (str, 3, "str"),
        (tuple[int, str], 0, "int"),
        (tuple[int, str], -1, "str"),
        (tuple[int, str], 2, None),
        (tuple[int, str], -3, None),
        (tuple[int, *tuple[str, ...]], 0, "int"),
        (tuple[int, *tuple[str, ...]], 5, "str"),
        (tuple[int, *tuple[str, ...]], -1, "int | str"),
        (dict[str, int], "a", "int"),
        (dict[str, int], 3, None),
        (dict[str | None, int], None, "int"),
        (sample.Named, "name", "str"),
        (sample.Named, 0, None),
        (sample.Issue, "severity", None),
        (Any, 0, "Any"),
        (JsonValue, 0, "Json"),
        (Bag, 0, "Any"),
        (list[int] | dict[int, str], 0, "int | str"),
        (int, 0, None),
    ],
    ids=str,
)
def test_the_type_of_an_entry(annotation: object, key: str | int | None, entry: str | None) -> None:
    assert _shown(entry_of(type_of(annotation), key)) == entry


def test_parts_of_what_is_hardly_known_are_hardly_known() -> None:
    for unknown in (Variable("T"), Named("m:Tree"), Instance("m:Late")):
        assert field_of(unknown, "a") == ANYTHING
    assert item_of(Variable("T", type_of(list[int]))) == type_of(int)


def test_known_fields_are_offered() -> None:
    assert field_names(type_of(sample.Issue)) == ["severity", "line"]
    assert field_names(type_of(sample.Urgent | sample.Point)) == [
        "severity",
        "line",
        "due",
        "x",
        "y",
    ]
    assert field_names(type_of(sample.Color)) == ["name", "value"]
    assert field_names(type_of(int)) == []


def test_none_is_ruled_out() -> None:
    assert show(without_none(type_of(int | str | None))) == "int | str"
    assert show(without_none(type_of(int | None))) == "int"
    assert without_none(type_of(int | str)) is type_of(int | str)
    assert may_be_none(type_of(int | None))
    assert not may_be_none(type_of(int))


@pytest.mark.parametrize(
    ("annotations", "joined"),
    [
        ([int, int], "int"),
        ([int, str], "int | str"),
        ([bool, int, float], "float"),
        ([float, int], "float"),
        ([sample.Urgent, sample.Issue], "Issue"),
        ([int, Any], "Any"),
        ([int, JsonValue], "Json"),
        ([bytes, JsonValue, str], "Json | bytes"),
        ([Iterable[int], JsonValue], "Json | Iterable[int]"),
        ([Literal["a"], Literal["b"]], "Literal['a', 'b']"),
        ([list[int], list[Any]], "list[int]"),
        ([], "Any"),
    ],
    ids=str,
)
def test_the_common_type(annotations: list[object], joined: str) -> None:
    assert show(join(map(type_of, annotations))) == joined


@given(st.lists(st.sampled_from(sample.CONCRETE), min_size=1, max_size=4))
def test_every_type_fits_the_common_one(annotations: list[object]) -> None:
    types = [type_of(each) for each in annotations]

    assert all(fits(each, join(types)) for each in types)
