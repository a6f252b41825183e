"""What may flow where: laws, soundness against pydantic's own opinion, and the words when it may not."""

import datetime as dt
import itertools
import numbers
import re
from collections import abc
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args, get_origin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue, ValidationError
from typing_extensions import is_typeddict

from flowdsl.ir import fits as fits_module
from flowdsl.ir.annotations import type_of
from flowdsl.ir.fits import fits, why_not
from flowdsl.ir.narrowing import is_dict
from flowdsl.ir.schema import from_schema
from flowdsl.ir.types import ANYTHING, Choice, Instance, Media, Named, Record, TupleOf, union_of
from tests.ir import sample_types as sample

EVERY = [*sample.CONCRETE, *sample.DICTS, *sample.JSONISH]
annotations = st.sampled_from(EVERY)
concrete = st.sampled_from(sample.CONCRETE)


def _fits(source: object, target: object) -> bool:
    return fits(type_of(source), type_of(target))


def _holds(value: object, annotation: object) -> bool:
    """Pydantic takes it without changing it, or it is an instance of the class."""
    is_dict_of_fields = is_typeddict(annotation)
    if not is_dict_of_fields and isinstance(annotation, type) and isinstance(value, annotation):
        return True
    if get_origin(annotation) is abc.Collection:  # which pydantic does not know
        items: list[object] = [*value] if isinstance(value, abc.Collection) else [""]
        return all(_holds(item, get_args(annotation)[0]) for item in items)
    try:
        found = sample.adapter_of(annotation).validate_python(value)
    except ValidationError:
        return False
    if is_dict_of_fields:  # further keys are left out, which is no change of those asked for
        return is_dict(found) and is_dict(value) and found.items() <= value.items()
    return found == value


@pytest.mark.parametrize("annotation", EVERY, ids=str)
def test_every_type_fits_itself(annotation: object) -> None:
    assert _fits(annotation, annotation)


def test_fitting_is_transitive_where_nothing_is_taken_on_trust() -> None:
    types = [type_of(each) for each in sample.CONCRETE]

    broken = [
        (first, second, third)
        for first, second, third in itertools.product(types, repeat=3)
        if fits(first, second) and fits(second, third) and not fits(first, third)
    ]

    assert broken == []


@given(concrete, concrete, concrete)
def test_a_union_is_fitted_by_what_fits_an_option_and_fits_when_every_option_does(
    one: object, other: object, third: object
) -> None:
    union = union_of((type_of(one), type_of(other)))
    target = type_of(third)

    assert fits(type_of(one), union)
    assert fits(type_of(other), union)
    assert fits(union, target) == (fits(type_of(one), target) and fits(type_of(other), target))


PAIRS = [
    (source, target)
    for source in [*sample.CONCRETE, *sample.DICTS]
    for target in [*sample.CONCRETE, *sample.DICTS]
    if _fits(source, target) and source is not target
]


@pytest.mark.timeout(60)
@given(st.data())
def test_a_value_of_a_fitting_type_is_one_of_the_target(data: st.DataObject) -> None:
    source, target = data.draw(st.sampled_from(PAIRS))
    value = data.draw(sample.values_of(source))
    assume(
        not re.search(r"(?<![.\d])\d{16,}(?![.\d])", repr(value))
    )  # more digits than a float has

    assert _holds(value, target)


_Bound = TypeVar("_Bound", bound=int)
_Free = TypeVar("_Free")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (bool, float),
        (str, Any),
        (Any, str),
        (list[Any], list[int]),
        (Literal["a", 1], str | int),
        (Literal["a"], Literal["a", "b"]),
        (Literal[sample.Color.RED], sample.Color),
        (sample.Color, str),
        (sample.Level, float),
        (sample.Text, str),
        (sample.Urgent, sample.Issue),
        (sample.Issue, BaseModel),
        (sample.Box[bool], sample.Box[int]),
        (sample.Box[int], sample.Box),
        (sample.Box, sample.Box[int]),
        (sample.Pair[bool], sample.Pair[int]),
        (sample.Point, tuple[int, int]),
        (sample.Point, Sequence[int]),
        (sample.Person, sample.Named),
        (sample.Named, dict[str, str]),
        (sample.Named, abc.Iterable[str]),
        (sample.Branch, sample.WideBranch),
        (dict[str, Any], sample.Person),
        (dict[str, JsonValue], sample.Person),
        (dict[str, int], abc.Iterable[str]),
        (set[int], abc.Collection[int]),
        (frozenset[int], abc.Set[int]),
        (tuple[int, str], Sequence[int | str]),
        (tuple[int, int, int], tuple[int, *tuple[int, ...]]),
        (tuple[int, *tuple[bool, ...]], tuple[int, ...]),
        (tuple, tuple[int, str]),
        (tuple[int, str], tuple),
        (list[int], abc.Iterable[int]),
        (dict[str, int], Mapping[str, float]),
        (dt.datetime, dt.date),
        (int, numbers.Number),
        (list[int], abc.Sized),
        (int, abc.Hashable),
        (JsonValue, dict[str, int]),
        (JsonValue, sample.Person),
        (JsonValue, str | None),
        (JsonValue, Literal["a"]),
        (JsonValue, Sequence[str]),
        (JsonValue, abc.Collection[str]),
        (tuple[int, str], JsonValue),
        (tuple[int, ...], JsonValue),
        (sample.Branch, JsonValue),
        (sample.Color, JsonValue),
        (dict[str, list[int | None]], JsonValue),
        (int, _Bound),
        (str, _Free),
        (_Bound, float),
        (_Free, str),
    ],
    ids=str,
)
def test_it_fits(source: object, target: object) -> None:
    assert _fits(source, target)
    assert why_not(type_of(source), type_of(target)) == ""


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (str, int, "`str` does not fit `int`"),
        (int, bool, "`int` does not fit `bool`"),
        (int, str, "`int` does not fit `str`"),
        (str, Sequence[str], "`str` does not fit `Sequence[str]`"),
        (str | None, str, "`None` does not fit `str`"),
        (int | bytes, int | str, "`bytes` does not fit `int | str`"),
        (Literal["a", "c"], Literal["a", "b"], "`Literal['c']` does not fit `Literal['a', 'b']`"),
        (Literal[1], Literal[True], "`Literal[1]` does not fit `Literal[True]`"),
        (str, Literal["a"], "`str` does not fit `Literal['a']`"),
        (sample.Color, Literal[sample.Color.RED], "`Color` does not fit `Literal[Color.RED]`"),
        (sample.Shape, str, "`Shape` does not fit `str`"),
        (list[str], list[int], "item: `str` does not fit `int`"),
        (list[str], list[int] | None, "item: `str` does not fit `int`"),
        (list[str], list[int] | int, "`list[str]` does not fit `list[int] | int`"),
        (abc.Sequence[int], list[int], "`Sequence[int]` does not fit `list[int]`"),
        (abc.Iterable[int], Sequence[int], "`Iterable[int]` does not fit `Sequence[int]`"),
        (set[int], Sequence[int], "`set[int]` does not fit `Sequence[int]`"),
        (set[int], frozenset[int], "`set[int]` does not fit `frozenset[int]`"),
        (abc.Set[int], set[int], "`Set[int]` does not fit `set[int]`"),
        (list[int], set[int], "`list[int]` does not fit `set[int]`"),
        (Mapping[str, int], dict[str, int], "`Mapping[str, int]` does not fit `dict[str, int]`"),
        (dict[str, str], dict[str, int], "value: `str` does not fit `int`"),
        (dict[int, str], dict[str, str], "key: `int` does not fit `str`"),
        (list[int], dict[str, int], "`list[int]` does not fit `dict[str, int]`"),
        (tuple[int, str], tuple[int, int], "item 1: `str` does not fit `int`"),
        (tuple[int, str], tuple[int, ...], "item 1: `str` does not fit `int`"),
        (tuple[int, ...], tuple[str, ...], "item: `int` does not fit `str`"),
        (tuple[int], tuple[int, int], "`tuple[int]` does not fit `tuple[int, int]`"),
        (tuple[int, int], tuple[int], "`tuple[int, int]` does not fit `tuple[int]`"),
        (tuple[int, ...], tuple[int], "`tuple[int, ...]` does not fit `tuple[int]`"),
        (list[int], tuple[int], "`list[int]` does not fit `tuple[int]`"),
        (sample.Issue, sample.Urgent, "`Issue` does not fit `Urgent`"),
        (dict[str, Any], sample.Issue, "`dict[str, Any]` does not fit `Issue`"),
        (sample.Issue, sample.Named, "`Issue` does not fit `Named`"),
        (sample.Box[str], sample.Box[int], "`Box[str]` does not fit `Box[int]`"),
        (sample.Pair[int], sample.Box[int], "`Pair[int]` does not fit `Box[int]`"),
        (sample.Named, sample.Person, "`Named` has no field 'age'"),
        (dict[int, Any], sample.Named, "`int` does not fit `str`"),
        (sample.Named, dict[str, int], "field 'name': `str` does not fit `int`"),
        (sample.WideBranch, sample.Branch, "field 'value': `float` does not fit `int`"),
        (list[sample.Named], list[sample.Branch], "`Named` has no field 'value'"),
        (dt.date, dt.datetime, "`date` does not fit `datetime`"),
        (str, abc.MutableSequence[str], "`str` does not fit `list[str]`"),
        (JsonValue, sample.Issue, "`Json` does not fit `Issue`"),
        (JsonValue, bytes, "`Json` does not fit `bytes`"),
        (JsonValue, sample.Color, "`Json` does not fit `Color`"),
        (JsonValue, dict[int, int], "`Json` does not fit `dict[int, int]`"),
        (sample.Shape, JsonValue, "`Shape` does not fit `Json`"),
        (set[int], JsonValue, "`set[int]` does not fit `Json`"),
        (abc.Collection[int], JsonValue, "`Collection[int]` does not fit `Json`"),
        (list[bytes], JsonValue, "item: `bytes` does not fit `Json`"),
        (dict[int, int], JsonValue, "`dict[int, int]` does not fit `Json`"),
        (str, _Bound, "`str` does not fit `int`"),
        (sample.Plain, int, "`Plain` does not fit `int`"),
        (int, sample.Plain, "`int` does not fit `Plain`"),
    ],
    ids=str,
)
def test_it_does_not_fit_and_the_innermost_part_is_named(
    source: object, target: object, reason: str
) -> None:
    assert not _fits(source, target)
    assert reason in why_not(type_of(source), type_of(target))


def test_a_path_reads_from_the_inside_out() -> None:
    source = from_schema({"items": {"properties": {"a": {"type": "string"}}, "required": ["a"]}})
    target = from_schema({"items": {"properties": {"a": {"type": "integer"}}, "required": ["a"]}})

    assert why_not(source, target) == "field 'a' of item: `str` does not fit `int`"


def test_an_optional_field_does_not_fit_a_required_one() -> None:
    optional = from_schema({"title": "A", "properties": {"a": {"type": "string"}}})
    required = from_schema(
        {"title": "A", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    )

    assert why_not(optional, required) == "field 'a' of `A` may be missing"
    assert fits(required, optional)


def test_two_classes_of_one_name_are_told_apart_by_their_modules() -> None:
    mine, other = (Record("Issue", f"{module}:Issue", "model", ()) for module in ("mine", "other"))

    assert why_not(mine, other) == "`Issue` of `mine` does not fit `Issue` of `other`"


def test_a_recursive_record_is_known_by_its_name_outside_itself() -> None:
    tree, branch = type_of(sample.Tree), type_of(sample.Branch)

    for record in (tree, branch):
        assert isinstance(record, Record)
        assert fits(Named(record.origin), record)
        assert fits(record, Named(record.origin))
        assert not fits(Named("elsewhere:Tree"), record)
        assert not fits(Named("elsewhere:Tree"), Named(record.origin))


def test_recursive_records_of_one_shape_fit_whatever_they_are_called() -> None:
    def tree(name: str, value: str) -> dict[str, object]:
        return {
            "$ref": f"#/$defs/{name}",
            "$defs": {
                name: {
                    "properties": {
                        "value": {"type": value},
                        "children": {"items": {"$ref": f"#/$defs/{name}"}},
                    },
                    "required": ["value", "children"],
                }
            },
        }

    narrow, wide = (from_schema(tree(*each)) for each in (("A", "integer"), ("B", "number")))

    assert fits(narrow, wide)
    assert why_not(wide, narrow) == "field 'value': `float` does not fit `int`"


def test_media_fit_media_of_their_kind_only() -> None:
    assert fits(Media("image"), Media("image"))
    assert not fits(Media("image"), Media("document"))
    assert not fits(type_of(str), Media("image"))


def test_a_class_not_loaded_is_known_by_the_names_of_its_bases() -> None:
    late = Instance("late:Cat", bases=("late:Animal",))

    assert fits(late, Instance("late:Animal"))
    assert not fits(Instance("late:Animal"), late)


def test_an_open_tuple_may_not_be_long_enough() -> None:
    assert not fits(TupleOf((), type_of(int)), TupleOf((type_of(int),), type_of(int)))


def test_an_answer_is_kept_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fits_module, "_MOST_KNOWN", 2)
    choices = [Choice((number,)) for number in range(6)]

    assert [fits(each, choices[0]) for each in choices] == [True] + [False] * 5
    assert [fits(each, choices[0]) for each in choices] == [True] + [False] * 5
    assert fits(choices[0], ANYTHING)
