"""Which value type each form of annotation stands for."""

import collections
import datetime as dt
import inspect
import typing
from collections import abc
from typing import Annotated, Any, Literal, NewType, TypeVar

import pytest
import typing_extensions
from pydantic import BaseModel, JsonValue

from flowdsl.errors.types import NotATypeError, UnresolvedHintError
from flowdsl.ir.annotations import JsonValue as AnyJson
from flowdsl.ir.annotations import type_of
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    JSON,
    NONE,
    STR,
    Choice,
    DictOf,
    EnumOf,
    Field,
    Instance,
    ListOf,
    Media,
    Named,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Union,
    Variable,
)
from tests.ir import sample_types as sample

INT, FLOAT, BYTES = Plain("int"), Plain("float"), Plain("bytes")
UserId = NewType("UserId", int)
Row = vars(collections)["namedtuple"]("Row", ["a", "b"])
Free = TypeVar("Free")
Bounded = TypeVar("Bounded", bound=int)
Chosen = TypeVar("Chosen", int, str)
Alias = typing_extensions.TypeAliasType("Alias", list[Free], type_params=(Free,))
Nested = typing_extensions.TypeAliasType("Nested", "list[Nested] | int")


class Picture:
    __flowdsl_media__ = "image"


class Scan:
    __flowdsl_media__ = "document"


class Speaks(typing.Protocol):
    def speak(self) -> str: ...


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (None, NONE),
        (type(None), NONE),
        (Any, ANYTHING),
        (object, ANYTHING),
        (inspect.Parameter.empty, ANYTHING),
        (typing.Never, ANYTHING),
        (Speaks, ANYTHING),
        (typing.LiteralString, STR),
        (bytes, BYTES),
        (list, ListOf(ANYTHING)),
        (vars(typing)["List"], ListOf(ANYTHING)),
        (vars(typing)["List"][int], ListOf(INT)),
        (abc.Sequence[int], ListOf(INT, "Sequence")),
        (abc.Collection[int], ListOf(INT, "Collection")),
        (typing.Iterable[int], ListOf(INT, "Iterable")),
        (abc.MutableSequence[int], ListOf(INT)),
        (set[int], SetOf(INT)),
        (frozenset[int], SetOf(INT, frozen=True)),
        (abc.Set[int], SetOf(INT, abstract=True)),
        (dict[str, int], DictOf(STR, INT)),
        (typing.Mapping[str, int], DictOf(STR, INT, abstract=True)),
        (dict, DictOf(ANYTHING, ANYTHING)),
        (tuple, TupleOf((), ANYTHING)),
        (vars(typing)["Tuple"], TupleOf((), ANYTHING)),
        (tuple[()], TupleOf(())),
        (tuple[int, ...], TupleOf((), INT)),
        (tuple[int, str], TupleOf((INT, STR))),
        (tuple[int, *tuple[str, ...]], TupleOf((INT,), STR)),
        (
            tuple.__class_getitem__((int, vars(typing)["Unpack"][tuple[str, int]])),
            TupleOf((INT, STR, INT)),
        ),
        (tuple.__class_getitem__((int, vars(typing)["Unpack"][Free])), TupleOf((INT,), ANYTHING)),
        (int | None, Union((INT, NONE))),
        (vars(typing)["Optional"][int], Union((INT, NONE))),
        (int | str | int, Union((INT, STR))),
        (int | Any, ANYTHING),
        (Literal["a", 1], Choice(("a", 1))),
        (vars(typing)["Literal"]["a", None], Union((Choice(("a",)), NONE))),
        (Literal[b"a"], BYTES),
        (Literal["a", "b"] | int, Union((Choice(("a", "b")), INT))),
        (Annotated[int, "told"], INT),
        (typing.Final[int], INT),
        (typing.ClassVar, ANYTHING),
        (UserId, INT),
        (AnyJson, JSON),
        (JsonValue, JSON),
        (Alias[int], ListOf(INT)),
        (Nested, Union((ListOf(ANYTHING), INT))),
        (Free, Variable("Free")),
        (Bounded, Variable("Bounded", INT)),
        (Chosen, Variable("Chosen", Union((INT, STR)))),
        (Picture, Media("image")),
        (Scan, Media("document")),
        (dt.datetime, Instance("datetime:datetime", ("datetime:date",))),
        (abc.Callable[[int], str], Instance("collections.abc:Callable")),
        (type[int], Instance("builtins:type")),
        (
            sample.Color,
            EnumOf("tests.ir.sample_types:Color", (("RED", "red"), ("BLUE", "blue")), "str"),
        ),
        (sample.Level, EnumOf("tests.ir.sample_types:Level", (("LOW", 1), ("HIGH", 2)), "int")),
        (
            sample.Shape,
            EnumOf("tests.ir.sample_types:Shape", (("ROUND", "(1, 2)"), ("SQUARE", "square"))),
        ),
        (
            Literal[sample.Color.RED],
            EnumOf("tests.ir.sample_types:Color", (("RED", "red"),), "str", whole=False),
        ),
    ],
    ids=str,
)
def test_an_annotation_is_read_as(annotation: object, expected: object) -> None:
    assert type_of(annotation) == expected


def _record(annotation: object) -> Record:
    found = type_of(annotation)
    assert isinstance(found, Record)
    return found


def test_a_model_is_a_record_with_its_bases_words_and_class() -> None:
    urgent = _record(sample.Urgent)

    assert (urgent.name, urgent.kind) == ("Urgent", "model")
    assert urgent.bases == ("tests.ir.sample_types:Issue", "pydantic.main:BaseModel")
    assert urgent.fields[:2] == (
        Field("severity", STR),
        Field("line", INT, description="counted from 1"),
    )
    assert (urgent.fields[2].name, urgent.fields[2].required) == ("due", False)
    assert urgent.python is sample.Urgent
    assert _record(sample.Issue).description == "A defect."


def test_a_dataclass_is_a_record_whose_uninitialised_fields_are_not_asked_for() -> None:
    assert _record(sample.Span).fields == (
        Field("start", INT),
        Field("end", INT, description="the first position after it"),
        Field("tags", TupleOf((), STR), required=False),
        Field("size", INT, required=False, description="in characters"),
    )


def test_a_named_tuple_is_a_record_typed_or_not() -> None:
    assert _record(sample.Point).fields == (Field("x", INT), Field("y", INT, required=False))
    assert _record(Row).fields == (Field("a", ANYTHING), Field("b", ANYTHING))


def test_a_typed_dict_says_which_keys_may_be_missing() -> None:
    assert _record(sample.Person).fields == (Field("name", STR), Field("age", INT, required=False))


def test_a_recursive_record_holds_its_own_name() -> None:
    tree = _record(sample.Tree)

    assert tree.fields[1].type == ListOf(Named("tests.ir.sample_types:Tree"))
    assert _record(sample.Branch).fields[1].type == ListOf(Named("tests.ir.sample_types:Branch"))


@pytest.mark.parametrize(
    ("annotation", "name"), [(sample.Box[int], "Box[int]"), (sample.Pair[int], "Pair[int]")]
)
def test_a_generic_record_knows_what_it_was_given(annotation: object, name: str) -> None:
    record = _record(annotation)

    assert record.name == name
    assert record.origin == f"tests.ir.sample_types:{name}"
    assert record.bases[0] == f"tests.ir.sample_types:{name.partition('[')[0]}"
    assert record.arguments == (INT,)
    assert record.fields[0].type == INT


def test_a_generic_record_without_arguments_keeps_its_variables() -> None:
    assert _record(sample.Pair).fields[0].type == Variable("T")


class Later(BaseModel):
    issue: "LateIssue"


class LateIssue(BaseModel):
    severity: str


class Never(BaseModel):
    issue: "NotThere"  # noqa: F821 # pyright: ignore[reportUndefinedVariable] - what is tested


def test_a_model_that_was_waiting_for_a_class_is_completed() -> None:
    assert show(_record(Later).fields[0].type) == "LateIssue"


def test_equal_annotations_give_the_very_same_type_shown_in_the_order_written() -> None:
    assert type_of(list[int]) is type_of(list[int])
    assert show(type_of(int | str)) == "int | str"
    assert show(type_of(str | int)) == "str | int"


def test_an_annotation_that_cannot_be_hashed_is_read_all_the_same() -> None:
    assert type_of(Annotated[int, []]) == INT


@pytest.mark.parametrize(
    "annotation", ["Isue", typing.ForwardRef("Isue"), list.__class_getitem__("Isue")], ids=str
)
def test_a_name_that_was_never_resolved_is_an_error(annotation: object) -> None:
    with pytest.raises(UnresolvedHintError) as caught:
        type_of(annotation)

    assert caught.value.name == "Isue"


def test_a_class_that_names_a_missing_one_is_named_in_the_error() -> None:
    with pytest.raises(UnresolvedHintError) as caught:
        type_of(Never)

    assert (caught.value.owner, caught.value.name) == ("Never", "NotThere")


def test_a_value_is_no_annotation() -> None:
    with pytest.raises(NotATypeError) as caught:
        type_of(3)

    assert caught.value.text == "3"
    assert "default value goes after `=`" in str(caught.value)
