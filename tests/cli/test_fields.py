"""`--field`: one part of a value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pytest
from pydantic import BaseModel, computed_field

from flowdsl.cli.fields import check_field, field_in
from flowdsl.errors import FieldError
from flowdsl.ir.annotations import type_of


@dataclass(slots=True)
class Point:
    x: int

    @property
    def twice(self) -> int:
        return self.x * 2

    def method(self) -> int:
        return 0


class Report(BaseModel):
    points: list[Point]
    best: Point | None = None
    names: dict[str, Point] = {}

    @computed_field
    @property
    def size(self) -> int:
        return len(self.points)

    @cached_property
    def first(self) -> Point:
        return self.points[0]


class Plain:
    def __init__(self) -> None:
        self.seen = 1
        self._hidden = 2


REPORT = Report(points=[Point(1), Point(2)], best=Point(3), names={"a": Point(4), "5": Point(6)})


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("points.1.x", 2),
        ("points.-1.twice", 4),
        ("best.x", 3),
        ("names.a.x", 4),
        ("names.5.x", 6),
        ("size", 2),
        ("first.x", 1),
    ],
)
def test_a_part_is_named_by_dots(path: str, part: object) -> None:
    check_field(path, type_of(Report))

    assert field_in(REPORT, path) == part


@pytest.mark.parametrize(
    ("path", "said", "help_"),
    [
        ("pionts", "'pionts' in Report", "did you mean 'points'?"),
        ("points.x", "'x' in list[Point]", "leave --field out"),
        ("best.y", "'y' in Point", "known: 'x'."),
        ("best.method", "'method' in Point", "known: 'x'."),
        ("size.0.1", "", ""),
        ("", "'' in Report", "known: "),
        ("points..x", "'' in list[Point]", "leave"),
    ],
)
def test_what_the_type_rules_out_is_told_before_a_run(path: str, said: str, help_: str) -> None:
    if not said:  # of a property no more is known than that it is there
        check_field(path, type_of(Report))
        return
    with pytest.raises(FieldError) as caught:
        check_field(path, type_of(Report))

    assert said in caught.value.message
    assert help_ in caught.value.help


def test_letters_of_a_text_are_no_parts() -> None:
    with pytest.raises(FieldError):
        check_field("0", type_of(str))
    with pytest.raises(FieldError):
        field_in("abc", "0")


@pytest.mark.parametrize(
    ("value", "path", "said", "help_"),
    [
        (REPORT, "points.2", "'2' in the list of 2", "leave --field out"),
        (REPORT, "points.x", "'x' in the list of 2", "leave --field out"),
        (REPORT, "nmes", "'nmes' in the Report", "did you mean 'names'"),
        (REPORT, "best.method", "'method' in the Point", "known: 'x', 'twice'."),
        (REPORT, "names.b", "'b' in the object", "known: 'a', '5'."),
        (Plain(), "_hidden", "'_hidden' in the Plain", "known: 'seen'."),
        (None, "x", "'x' in the NoneType", "leave --field out"),
    ],
)
def test_what_the_value_lacks_is_told(value: object, path: str, said: str, help_: str) -> None:
    with pytest.raises(FieldError) as caught:
        field_in(value, path)

    assert said in caught.value.message
    assert help_ in caught.value.help


def test_attributes_and_keys_that_are_no_text_are_found() -> None:
    assert field_in(Plain(), "seen") == 1
    assert field_in({1: "one"}, "1") == "one"
