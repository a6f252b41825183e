"""What kind of class it is, and its fields as written."""

import enum
from dataclasses import dataclass, fields
from typing import Annotated, Required, get_type_hints

import pytest
from pydantic import Field
from pydantic.dataclasses import dataclass as checked_dataclass
from typing_extensions import Doc, TypedDict

from flowdsl.ir.classes import (
    RawField,
    bases_of,
    description_of,
    docstring_of,
    is_class,
    kind_of,
    origin_of,
    raw_fields,
    stored_names,
)
from tests.ir import sample_types as sample


class Loose(TypedDict, total=False):
    name: "Required[Annotated[str, 'who']]"
    age: int
    mail: "Annotated[Required[str], 'where']"


@checked_dataclass
class Checked:
    """Checked by pydantic."""

    count: int = Field(ge=1)


@dataclass
class Silent:
    count: int


@pytest.mark.parametrize(
    ("cls", "kind"),
    [
        (sample.Issue, "model"),
        (sample.Box[int], "model"),
        (sample.Span, "dataclass"),
        (Checked, "dataclass"),
        (sample.Named, "typeddict"),
        (sample.Point, "namedtuple"),
        (sample.Plain, None),
        (enum.Enum, None),
        (tuple, None),
    ],
    ids=str,
)
def test_the_kind_of_a_class(cls: type, kind: str | None) -> None:
    assert kind_of(cls) == kind


def test_a_class_given_arguments_is_no_class() -> None:
    assert is_class(list)
    assert not is_class(list[int])
    assert not is_class(3)


def test_a_generic_model_belongs_to_the_module_of_its_generic_class() -> None:
    class Mine:
        pass

    assert origin_of(sample.Box[bytes]) == "tests.ir.sample_types:Box[bytes]"
    assert origin_of(Mine).endswith("<locals>.Mine")
    assert bases_of(sample.Urgent) == ("tests.ir.sample_types:Issue", "pydantic.main:BaseModel")


def test_required_stands_over_total_even_when_it_is_text() -> None:
    hints = get_type_hints(Loose, include_extras=True)

    assert list(raw_fields(Loose, "typeddict")) == [
        RawField("name", hints["name"], required=True, description="who"),
        RawField("age", int, required=False, description=""),
        RawField("mail", hints["mail"], required=True, description="where"),
    ]


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (Annotated[int, "plain"], "plain"),
        (Annotated[int, Field(description="field")], "field"),
        (Annotated[int, Doc("doc")], "doc"),
        (Annotated[int, 3], ""),
        (int, ""),
    ],
    ids=str,
)
def test_words_are_found_wherever_annotated_has_them(annotation: object, said: str) -> None:
    assert description_of(annotation) == said


def test_a_docstring_counts_only_if_somebody_wrote_it() -> None:
    assert docstring_of(sample.Issue) == "A defect."
    assert docstring_of(Checked) == "Checked by pydantic."
    assert docstring_of(Silent) == ""
    assert docstring_of(sample.Urgent) == ""


def test_stored_names_are_those_of_a_dataclass() -> None:
    assert stored_names(sample.Span) == tuple(each.name for each in fields(sample.Span))
    assert stored_names(sample.Issue) == ()
