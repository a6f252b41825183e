"""Inputs: missing, unknown, of a wrong type, and JSON that becomes models."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from pydantic import BaseModel

from flowdsl import Document, Image
from flowdsl.errors import (
    FlowError,
    InputTypeError,
    ManyProblemsError,
    MissingInputError,
    UnknownInputError,
)
from flowdsl.ir.annotations import type_of
from flowdsl.ir.graph import Graph
from flowdsl.ir.types import ANYTHING, FLOAT, INT
from tests.runtime.building import Draft, value_of


class Issue(BaseModel):
    message: str
    severity: int = 1


class Pictured(BaseModel):
    picture: Image


@dataclass
class Point:
    x: int
    y: int


class Plain:
    """A class of the user's own."""


def takes(annotation: object) -> Graph:
    draft = Draft()
    return draft.graph(draft.input("v", type_of(annotation)))


@pytest.mark.parametrize(
    ("annotation", "given", "wanted"),
    [
        (int, 3, 3),
        (float, 3, 3),
        (Issue, {"message": "m"}, Issue(message="m")),
        (
            list[Issue],
            [{"message": "m"}, Issue(message="n")],
            [Issue(message="m"), Issue(message="n")],
        ),
        (Point, {"x": 1, "y": 2}, Point(1, 2)),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (int | None, None, None),
        (Decimal, "1.5", Decimal("1.5")),
        (object, "anything", "anything"),
        (Iterable[int], iter([1, 2]), [1, 2]),
        (Iterable[int], {"1": "one"}, [1]),
        (Collection[int], {3}, [3]),
        (Iterable[str], ("a",), ["a"]),
    ],
)
async def test_what_fits_is_taken_and_json_becomes_what_it_is_meant_to_be(
    annotation: object, given: object, wanted: object
) -> None:
    assert await value_of(takes(annotation), v=given) == wanted


async def test_an_object_of_a_class_of_ones_own_is_taken_as_it_is() -> None:
    mine = Plain()

    assert await value_of(takes(Plain), v=mine) is mine


@pytest.mark.parametrize(
    ("annotation", "given", "said"),
    [
        (int, "3", "takes int as 'v', but was given str '3'"),
        (str, 3, "takes str as 'v'"),
        (Issue, {"severity": 2}, "v.message: Field required"),
        (list[int], ["a"], "v.0: Input should be a valid integer"),
        (Plain, 3, "was given int 3"),
        (list[Image], ["a.png"], "v.0: Input should be an Image, as Image.open(path) gives."),
        (dict[str, Image | None], {"k": "a.png"}, "v.k: Input should be an Image, as Image.open"),
        (list[list[Document]], [["a"]], "v.0.0: Input should be a Document, as Document.open"),
        (list[Image], [3], "v.0: Input should be an Image"),
        (list[Image], [Document(b"words")], "v.0: Input should be an Image"),
        (Pictured, {"picture": "a.png"}, "v.picture: Input should be an Image"),
    ],
)
async def test_what_does_not_fit_is_refused_before_anything_runs(
    annotation: object, given: object, said: str
) -> None:
    with pytest.raises(InputTypeError) as caught:
        await value_of(takes(annotation), v=given)

    assert said in str(caught.value)
    assert caught.value.code == "FD204"


def three_inputs() -> Graph:
    draft = Draft("three")
    draft.input("a")
    draft.input("b", FLOAT)
    return draft.graph(draft.input("c", ANYTHING, required=False, default="d"))


async def test_every_problem_with_the_inputs_is_named_at_once() -> None:
    with pytest.raises(ManyProblemsError) as caught:
        await value_of(three_inputs(), a="x", aa=1)

    kinds: list[type[FlowError]] = [type(problem) for problem in caught.value.problems]
    assert kinds == [InputTypeError, MissingInputError, UnknownInputError]
    assert "needs 'b' (float)" in str(caught.value)
    assert "did you mean 'a'?" in str(caught.value)


async def test_a_default_stands_where_nothing_is_given() -> None:
    assert await value_of(three_inputs(), a=1, b=2) == "d"


async def test_a_pipeline_without_inputs_says_that_it_takes_none() -> None:
    from flowdsl.ir.expr import Const

    draft = Draft()
    draft.compute(Const(1), INT)

    with pytest.raises(UnknownInputError, match="it takes no inputs"):
        await value_of(draft.graph(), n=1)


@pytest.mark.parametrize(
    ("annotation", "given", "said"),
    [
        (list[str], '["a", "b', "broken: Unterminated string starting at (line 1, column 7)."),
        (list[str], ' ["a"]', "the text of a JSON value: give the value"),
        (dict[str, int], "{a: 1}", "broken: Expecting property name"),
        (int, "[1]", "the text of a JSON value"),
        (list[str], "a, b", "Input should be a valid list."),
    ],
)
async def test_json_that_was_not_read_is_told_as_that(
    annotation: object, given: str, said: str
) -> None:
    with pytest.raises(InputTypeError) as caught:
        await value_of(takes(annotation), v=given)

    assert said in caught.value.message
