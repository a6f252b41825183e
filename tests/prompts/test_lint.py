"""Return types that models cannot be held to."""

import datetime as dt
import enum
from dataclasses import dataclass, make_dataclass
from typing import Any, Literal, NamedTuple

import pytest
from pydantic import BaseModel

from flowdsl.errors import Place
from flowdsl.ir.annotations import type_of
from flowdsl.ir.types import JSON, Field, ListOf, Record, Variable
from flowdsl.ir.types import STR as TEXT
from flowdsl.prompts import Document
from flowdsl.prompts.lint import MAX_OPTIONAL, MAX_UNIONS, lint_type


class Plain:
    pass


class Colour(enum.Enum):
    RED = "red"


class Tree(BaseModel):
    kids: list["Tree"] = []


class Pair(NamedTuple):
    left: int
    right: str


@dataclass
class Leaf:
    colour: Colour
    day: dt.date
    kind: Literal["a", "b"] | None
    tags: set[str]


@dataclass
class Bad:
    leaf: Leaf
    counts: list[dict[str, int]]
    extra: Any
    where: tuple[int, bytes]


def found(annotation: object) -> list[tuple[str, str]]:
    return [(each.severity, each.path) for each in lint_type(type_of(annotation))]


@pytest.mark.parametrize("annotation", [str, int, None, Leaf, list[Leaf], Pair, Leaf | None, Any])
def test_what_models_can_be_held_to_is_no_problem(annotation: object) -> None:
    assert found(annotation) == []


@pytest.mark.parametrize(
    ("annotation", "problems"),
    [
        (bytes, [("error", "$")]),
        (dict[str, int], [("error", "$")]),
        (list[dict[str, int]], [("error", "$[]")]),
        (Tree, [("error", "$.kids[]")]),
        (Plain, [("error", "$")]),
        (list[Any], [("error", "$[]")]),
        (tuple[int, str], [("warning", "$")]),
        (tuple[Document, ...], [("error", "$[]")]),
        (int | set[bytes], [("error", "$[]")]),
        (
            Bad,
            [
                ("error", "$.counts[]"),
                ("error", "$.extra"),
                ("warning", "$.where"),
                ("error", "$.where[1]"),
            ],
        ),
    ],
)
def test_every_problem_is_named_at_its_field(
    annotation: object, problems: list[tuple[str, str]]
) -> None:
    assert found(annotation) == problems


def test_an_untyped_legacy_value_is_a_problem_and_carries_its_place() -> None:
    (problem,) = lint_type(JSON, place=Place("a.py", 3))

    assert (problem.code, problem.severity, problem.place) == ("FD170", "error", Place("a.py", 3))
    assert "nothing says what it holds" in problem.message


def test_a_type_variable_is_a_problem() -> None:
    assert [problem.path for problem in lint_type(ListOf(Variable("T")))] == ["$[]"]


def test_each_record_is_looked_at_once() -> None:
    record = type_of(make_dataclass("Both", [("a", Bad), ("b", Bad)]))

    assert len(lint_type(record)) == 4


def test_records_out_of_schemas_are_looked_at_each_time() -> None:
    inner = Record("inner", "schema:inner", "schema", (Field("x", JSON),))
    outer = Record("outer", "schema:outer", "schema", (Field("a", inner), Field("b", inner)))

    assert [problem.path for problem in lint_type(outer)] == ["$.a.x", "$.b.x"]


@pytest.mark.parametrize(("more", "problems"), [(0, []), (1, ["24", "16"])])
def test_too_many_optional_and_many_typed_fields_are_a_warning(
    more: int, problems: list[str]
) -> None:
    both = type_of(int | None)
    fields = [Field(f"o{n}", TEXT, required=False) for n in range(MAX_OPTIONAL + more)]
    fields += [Field(f"u{n}", both) for n in range(MAX_UNIONS + more)]

    found = lint_type(Record("Wide", "m:Wide", "schema", tuple(fields)))

    assert [(each.severity, each.path) for each in found] == [("warning", "$")] * len(problems)
    assert all(
        f"some providers take {n}" in each.message for n, each in zip(problems, found, strict=True)
    )
