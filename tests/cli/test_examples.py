"""How an input is given on the command line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypedDict

import pytest
from pydantic import BaseModel

from flowdsl import Image
from flowdsl.cli.examples import example, is_structure, option
from flowdsl.cli.inputs import read_inputs
from flowdsl.dsl.signature import signature_of
from flowdsl.ir.annotations import type_of


class Colour(Enum):
    RED = "red"


class Inner(BaseModel):
    colour: Colour
    note: str = ""


class Outer(BaseModel):
    inner: Inner
    pair: tuple[int, bool]
    level: Literal["low", "high"]


@dataclass
class Optional:
    first: int = 1
    second: int = 2


class Tree(TypedDict):
    trees: list[Tree]


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (str, "…, or @FILE for a file's text."),
        (str | None, "…, or @FILE for a file's text."),
        (int, "3"),
        (bool, "true"),
        (Literal["low"], "low"),
        (Literal[2], "2"),
        (Colour, "red"),
        (Image, "PATH"),
        (list[str], """'["…", "…"]'"""),
        (list[int] | None, "'[3]'"),
        (set[float], "'[0.5]'"),
        (tuple[int, ...], "'[3]'"),
        (dict[str, int], """'{"…": 3}'"""),
        (Optional, """'{"first": 3}'"""),
        (Outer, """'{"inner": {"colour": "red"}, "pair": [3, true], "level": "low"}'"""),
        (
            list[Outer | None],
            """'[{"inner": {"colour": "red"}, "pair": [3, true], "level": "low"}]'""",
        ),
        (Tree, """'{"trees": ["…"]}'"""),
        (object, "…, as JSON."),
        (int | list[int], "…, as JSON."),
    ],
)
def test_an_example_shows_what_to_type(annotation: object, shown: str) -> None:
    assert example(type_of(annotation)) == shown
    assert option("n", type_of(annotation)) == f"--input n={shown}"


@pytest.mark.parametrize(
    "annotation",
    [int, float, bool, Literal["low"], Literal[2], Colour, list[str], list[int], Outer, Optional],
    ids=str,
)
def test_an_example_can_be_typed_as_it_is(annotation: object) -> None:
    def flow(value: object) -> None: ...

    flow.__annotations__["value"] = annotation
    (typed,) = shlex.split(example(type_of(annotation)))

    assert "value" in read_inputs(signature_of(flow, "flow"), [f"value={typed}"], None)


def test_what_is_always_a_list_or_an_object_is_told_from_what_may_be_text() -> None:
    assert is_structure(type_of(list[int] | dict[str, int] | None))
    assert not is_structure(type_of(list[int] | int))
    assert not is_structure(type_of(object))
