"""Codecs out of annotations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pytest

from flowdsl.ir.codec import codec_of, read_class, write_class
from flowdsl.ir.malformed import MalformedError
from flowdsl.ir.policy import Policy, Retry


@dataclass(frozen=True)
class Shelf:
    name: str
    sizes: tuple[int, ...] = ()
    pair: tuple[str, float] = ("a", 1.0)
    by_name: Mapping[str, int | None] | None = None
    kind: Literal["open", "closed"] = "open"
    weight: float = 1.0


def test_only_what_differs_from_the_default_is_written() -> None:
    assert write_class(Policy, Policy()) == {}
    assert write_class(Policy, Policy(retry=Retry(2))) == {"retry": {"attempts": 2}}


def test_a_value_that_only_python_calls_the_default_is_written() -> None:
    assert write_class(Shelf, Shelf("x", weight=1)) == {"name": "x", "weight": 1}


def test_a_class_comes_back_equal() -> None:
    shelf = Shelf("x", (1, 2), ("b", 2.5), {"a": 1, "b": None}, "closed")

    assert read_class(Shelf, write_class(Shelf, shelf), "") == shelf


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_a_number_is_not_taken_for_its_like(value: object) -> None:
    with pytest.raises(MalformedError):
        codec_of(int).read(value, "at")


def test_every_problem_of_a_class_is_told() -> None:
    with pytest.raises(MalformedError) as caught:
        read_class(Shelf, {"sizes": [1, "2", None], "kind": "opem", "pair": [1, 2.0]}, "shelf")

    assert [problem.path for problem in caught.value.problems] == [
        "shelf.sizes[1]",
        "shelf.sizes[2]",
        "shelf.kind",
        "shelf.pair[0]",
        "shelf",
    ]


def test_a_list_that_is_no_tuple_is_left_to_the_reader() -> None:
    assert codec_of(tuple[int, ...]).write("text") == "text"
    assert codec_of(Mapping[str, int]).write(3) == {}
