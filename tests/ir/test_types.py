"""Types as data: what is equal, and what "one of these" comes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.annotations import type_of
from flowdsl.ir.types import (
    ANYTHING,
    INT,
    NONE,
    STR,
    Choice,
    Instance,
    ListOf,
    Type,
    Union,
    union_of,
)
from tests.ir import sample_types as sample

types = st.sampled_from([type_of(each) for each in sample.CONCRETE])


def test_choices_python_calls_equal_are_different() -> None:
    assert Choice((1,)) != Choice((True,))
    assert Choice((1,)) != Choice((1.0,))
    assert Choice((1,)) != 1
    assert Choice((1, "a")) == Choice((1, "a"))
    assert len({Choice((1,)), Choice((True,)), Choice((1,))}) == 2


def test_the_loaded_class_is_no_part_of_what_a_type_is() -> None:
    assert Instance("m:Cat", python=int) == Instance("m:Cat")
    assert "python" not in repr(Instance("m:Cat", python=int))


@pytest.mark.parametrize(
    ("options", "union"),
    [
        ([], ANYTHING),
        ([INT], INT),
        ([INT, INT], INT),
        ([INT, STR], Union((INT, STR))),
        ([INT, ANYTHING], ANYTHING),
        ([Union((INT, NONE)), Union((NONE, STR))], Union((INT, NONE, STR))),
        ([Choice((1,)), Choice((True,))], Choice((1, True))),
        (
            [Choice(("a",)), INT, Union((Choice(("b", "a")), NONE))],
            Union((Choice(("a", "b")), INT, NONE)),
        ),
    ],
    ids=str,
)
def test_one_of_several_types(options: list[Type], union: Type) -> None:
    assert union_of(options) == union


@given(types, types, types)
def test_a_union_does_not_care_how_it_was_put_together(one: Type, two: Type, three: Type) -> None:
    whole = union_of((one, two, three))

    assert union_of((union_of((one, two)), three)) == whole
    assert union_of((one, union_of((two, three)))) == whole
    assert union_of((whole, two)) == whole


def test_a_type_can_be_a_key() -> None:
    assert {ListOf(INT): 1}[ListOf(INT)] == 1
