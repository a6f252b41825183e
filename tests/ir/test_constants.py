"""How constants are printed."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from flowdsl.ir.constants import LONGEST, show_constant


@dataclass
class Point:
    x: int
    y: str = "north"


class Plain:
    pass


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("it's", '"it\'s"'),
        (None, "None"),
        ([1, 2.0, True], "[1, 2.0, True]"),
        ((1,), "(1,)"),
        ((1, 2), "(1, 2)"),
        ({"b": {3, 1, 2}}, "{'b': {1, 2, 3}}"),
        (set[int](), "set()"),
        (Point(1), "Point(x=1, y='north')"),
        (len, "len"),
        (Plain, "Plain"),
        (Plain(), "<Plain>"),
        (b"x", "b'x'"),
        (Path("a") / "b", "PosixPath('a/b')"),
    ],
)
def test_a_constant_is_printed_as_python_writes_it(value: object, shown: str) -> None:
    assert show_constant(value) == shown


def test_a_long_constant_is_cut_and_told_apart_by_its_hash() -> None:
    one, two = show_constant("a" * 200), show_constant("a" * 199 + "b")

    assert one != two
    assert one.startswith("'aaaa")
    assert "… [202 chars, #" in one
    assert len(one) <= LONGEST
