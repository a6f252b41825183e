"""A fast look at values."""

import enum
import re
from collections import abc
from typing import Any, Literal, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from flowdsl.ir.annotations import type_of
from flowdsl.ir.checks import checker
from flowdsl.ir.types import EnumOf, Media, Record
from tests.ir import sample_types as sample

Bounded = TypeVar("Bounded", bound=int)


class Picture:
    __flowdsl_media__ = "image"


@given(st.data())
def test_a_value_of_a_type_passes(data: st.DataObject) -> None:
    annotation = data.draw(st.sampled_from([*sample.CONCRETE, *sample.DICTS]))
    value = data.draw(sample.values_of(annotation))

    assert checker(type_of(annotation))(value)


def _named(value: object) -> str:
    """A value's text without addresses, which differ between workers."""
    return re.sub(r" at 0x\w+", "", str(value))


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, 3),
        (int, True),
        (Any, object()),
        (TypeVar("Free"), object()),
        (Bounded, 3),
        (JsonValue, [object()]),
        (JsonValue, None),
        (abc.Iterable[int], {1}),
        (abc.Iterable[int], iter([1])),
        (abc.Collection[int], {1: 2}),
        (sample.Named, {"name": "a", "more": 1}),
        (sample.Rights, sample.Rights.READ | sample.Rights.WRITE),
        (Literal[sample.Color.RED], sample.Color.RED),
        (sample.Plain, sample.Plain()),
        (int | None, None),
        (tuple[int, *tuple[str, ...]], (1, "a", "b")),
        (list[int], ["not looked into"]),
    ],
    ids=_named,
)
def test_it_passes(annotation: object, value: object) -> None:
    assert checker(type_of(annotation))(value)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, "3"),
        (int, 3.0),
        (float, "3"),
        (None, 0),
        (Bounded, "a"),
        (JsonValue, {1}),
        (abc.Iterable[str], "text"),
        (abc.Sequence[int], b"text"),
        (abc.Sequence[int], {1}),
        (list[int], (1,)),
        (set[int], frozenset({1})),
        (frozenset[int], {1}),
        (abc.Set[int], [1]),
        (dict[str, int], []),
        (abc.Mapping[str, int], []),
        (tuple[int, str], (1,)),
        (tuple[int, str], [1, "a"]),
        (tuple[int, *tuple[str, ...]], ()),
        (sample.Named, {}),
        (sample.Named, []),
        (sample.Issue, {"severity": "a", "line": 1}),
        (sample.Color, "red"),
        (sample.Color, sample.Level.LOW),
        (Literal[sample.Color.RED], sample.Color.BLUE),
        (Literal["a", 1], "b"),
        (Literal[1], True),
        (Literal["a"], ["a"]),
        (int | None, "a"),
        (sample.Plain, 1),
    ],
    ids=str,
)
def test_it_does_not_pass(annotation: object, value: object) -> None:
    assert not checker(type_of(annotation))(value)


def test_media_are_known_by_their_mark() -> None:
    assert checker(Media("image"))(Picture())
    assert not checker(Media("document"))(Picture())
    assert not checker(Media("image"))("image")


def test_a_class_that_is_not_loaded_or_was_defined_anew_is_known_by_name() -> None:
    anew = type("Issue", (), {"__module__": "tests.ir.sample_types", "__qualname__": "Issue"})
    color = enum.Enum("Color", {"RED": "red"}, module="tests.ir.sample_types", qualname="Color")

    assert checker(type_of(sample.Issue))(anew())
    assert checker(Record("Issue", "tests.ir.sample_types:Issue", "model", ()))(
        sample.Urgent.model_construct()
    )
    assert checker(EnumOf("tests.ir.sample_types:Color", (("RED", "red"),)))(color["RED"])
    assert not checker(Record("Issue", "elsewhere:Issue", "model", ()))(anew())
