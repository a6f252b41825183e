"""Types by their classes."""

import numbers
from collections import abc

import pytest

from flowdsl.ir.annotations import type_of
from flowdsl.ir.nominal import base_of, class_of, derives, is_dict
from flowdsl.ir.types import JSON, Instance, Record
from tests.ir import sample_types as sample


class Refuses(type):
    def __subclasscheck__(cls, _: type) -> bool:
        raise TypeError


class Strict(metaclass=Refuses):
    pass


@pytest.mark.parametrize(
    ("annotation", "cls"),
    [
        (int, int),
        (None, type(None)),
        (list[int], list),
        (abc.Sequence[int], None),
        (set[int], set),
        (frozenset[int], frozenset),
        (abc.Set[int], None),
        (dict[str, int], dict),
        (abc.Mapping[str, int], None),
        (tuple[int, str], tuple),
        (sample.Issue, sample.Issue),
        (sample.Named, dict),
        (sample.Color, sample.Color),
        (int | str, None),
    ],
    ids=str,
)
def test_the_class_of_the_values(annotation: object, cls: type | None) -> None:
    assert class_of(type_of(annotation)) is cls


@pytest.mark.parametrize(
    ("annotation", "wider"),
    [
        (sample.Color, str),
        (sample.Level, int),
        (sample.Point, tuple[int, int]),
        (sample.Text, str),
    ],
    ids=str,
)
def test_a_value_that_is_also_a_built_in(annotation: object, wider: object) -> None:
    assert base_of(type_of(annotation)) == type_of(wider)


@pytest.mark.parametrize(
    "annotation", [sample.Shape, sample.Plain, sample.Issue, list[int]], ids=str
)
def test_a_value_that_is_nothing_else(annotation: object) -> None:
    assert base_of(type_of(annotation)) is None


def _instance(cls: type) -> Instance:
    found = type_of(cls)
    assert isinstance(found, Instance)
    return found


def test_classes_derive_by_name_and_as_issubclass_sees_it() -> None:
    assert derives(type_of(int), _instance(numbers.Number))
    assert derives(type_of(sample.Color), _instance(abc.Hashable))
    assert not derives(type_of(str), _instance(numbers.Number))
    assert not derives(JSON, _instance(numbers.Number))
    assert not derives(type_of(int), _instance(Strict))


def test_records_whose_values_are_dicts_are_told_apart() -> None:
    kinds = [type_of(each) for each in (sample.Named, sample.Issue, sample.Span, sample.Point)]

    assert [is_dict(each) for each in kinds if isinstance(each, Record)] == [
        True,
        False,
        False,
        False,
    ]
