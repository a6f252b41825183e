"""Types as text, in Python's own spelling."""

from collections import abc
from typing import Any, Literal

import pytest
from pydantic import JsonValue

from flowdsl.ir.annotations import type_of
from flowdsl.ir.schema import from_schema
from flowdsl.ir.show import class_name, show
from flowdsl.ir.types import Instance, Media, Named
from tests.ir import sample_types as sample


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (int, "int"),
        (None, "None"),
        (Any, "Any"),
        (JsonValue, "Json"),
        (list[sample.Issue], "list[Issue]"),
        (abc.Sequence[int], "Sequence[int]"),
        (abc.Iterable[int], "Iterable[int]"),
        (set[int], "set[int]"),
        (frozenset[int], "frozenset[int]"),
        (abc.Set[int], "Set[int]"),
        (dict[str, int], "dict[str, int]"),
        (abc.Mapping[str, int], "Mapping[str, int]"),
        (tuple[()], "tuple[()]"),
        (tuple[int, str], "tuple[int, str]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (tuple[int, *tuple[str, ...]], "tuple[int, *tuple[str, ...]]"),
        (str | None, "str | None"),
        (Literal["a", 1], "Literal['a', 1]"),
        (sample.Color, "Color"),
        (Literal[sample.Color.RED], "Literal[Color.RED]"),
        (sample.Box[int], "Box[int]"),
        (sample.Plain, "Plain"),
        (sample.T, "T"),
    ],
    ids=str,
)
def test_a_type_is_shown_as_it_is_written(annotation: object, text: str) -> None:
    assert show(type_of(annotation)) == text


def test_what_no_annotation_says_is_shown_too() -> None:
    assert show(Media("image")) == "Image"
    assert show(Named("a.b:Tree")) == "Tree"
    assert show(Instance("a.b:make.<locals>.Local")) == "Local"
    assert show(from_schema({"properties": {"a": {}, "b": {}}})) == "{a, b}"


def test_a_class_is_named_without_its_module() -> None:
    assert class_name("datetime:date") == "date"
    assert class_name("a:Outer.Inner") == "Outer.Inner"
