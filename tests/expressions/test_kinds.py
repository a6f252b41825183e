"""Types as operators see them: their options, their kinds, and what may be equal."""

import pytest

from flowdsl.expressions.kinds import (
    defines,
    is_none,
    is_whole,
    items_of,
    kind_of,
    may_equal,
    number_of,
    options,
    widened,
)
from flowdsl.ir.annotations import type_of
from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NONE,
    STR,
    Choice,
    Instance,
    ListOf,
    Type,
    Union,
    Variable,
)


def test_the_options_of_a_type_are_flat() -> None:
    assert options(Union((INT, Choice(("a", None))))) == (INT, Choice(("a",)), Choice((None,)))
    assert options(Variable("T", Union((INT, STR)))) == (INT, STR)
    assert options(Variable("T")) == (Variable("T"),)


@pytest.mark.parametrize("type_", [NONE, Choice((None,))])
def test_none_is_recognised_and_widened(type_: Type) -> None:
    assert is_none(type_)
    assert widened(type_) == NONE
    assert kind_of(type_) == "none"


def test_numbers_are_whole_or_not() -> None:
    assert [number_of(each) for each in (INT, BOOL, FLOAT, Choice((3,)))] == [INT, INT, FLOAT, INT]
    assert [is_whole(each) for each in (INT, BOOL, FLOAT, STR, ANYTHING)] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_items_are_those_that_going_over_a_value_gives() -> None:
    assert [items_of(each) for each in (STR, BYTES, ListOf(INT), INT, ANYTHING)] == [
        STR,
        INT,
        INT,
        None,
        ANYTHING,
    ]


def test_a_class_defines_an_operator_or_may_when_it_is_not_loaded() -> None:
    class Ordered:
        def __lt__(self, other: object) -> bool:
            return True

    assert defines(type_of(Ordered), "__lt__")
    assert not defines(type_of(Ordered), "__add__")
    assert defines(Instance("elsewhere:Thing"), "__add__")
    assert not defines(INT, "__add__")


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (INT, BOOL, True),
        (INT, STR, False),
        (Union((INT, STR)), STR, True),
        (Choice(("a", "b")), Choice(("b", "c")), True),
        (Choice(("a", "b")), Choice(("c",)), False),
        (ListOf(INT), ListOf(STR), True),
        (ListOf(INT, "Iterable"), BYTES, True),
        (NONE, Choice((None,)), True),
    ],
)
def test_types_may_be_equal_when_some_values_are(left: Type, right: Type, *, equal: bool) -> None:
    assert may_equal(left, right) is equal
    assert may_equal(right, left) is equal
