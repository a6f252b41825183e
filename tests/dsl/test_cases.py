"""Which case of a switch is meant, and control words done at once outside a pipeline."""

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import cast

import pytest

from flowdsl import each, given, loop, switch, when
from flowdsl.dsl.cases import case_problems, case_value, chosen, each_now, is_count, loop_now
from flowdsl.errors import OptionError, Place, SwitchCasesError
from flowdsl.ir.annotations import type_of
from flowdsl.ir.types import BOOL, INT, STR, Choice

AT = Place("audit.py", 3)
UNSET = object()


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@pytest.mark.parametrize(
    ("value", "counts"),
    [(1, True), (9, True), (0, False), (-1, False), (True, False), (1.0, False), ("1", False)],
)
def test_counts_are_whole_numbers_from_one(value: object, *, counts: bool) -> None:
    assert is_count(value) is counts


def test_an_enum_member_stands_for_its_value() -> None:
    assert case_value(Colour.RED) == "red"
    assert case_value(Level.HIGH) == 2
    assert case_value(None) is None
    assert case_value((1, 2)) == "(1, 2)"


def problems(type_: object, *keys: object, has_default: bool = False) -> list[str]:
    found = case_problems("grade", type_of(type_), keys, AT, has_default=has_default)
    return [f"{each.message} {each.help}" for each in found]


def test_cases_that_cover_their_subject_are_fine() -> None:
    assert case_problems("x", Choice(("a", "b")), ("a", "b"), AT, has_default=False) == []
    assert case_problems("x", BOOL, (True, False), AT, has_default=False) == []
    assert case_problems("x", STR, ("a",), AT, has_default=True) == []
    assert case_problems("x", INT, (1, Level.HIGH), AT, has_default=True) == []
    assert problems(Colour, Colour.RED, "blue") == []
    assert problems(Colour, Colour.RED, has_default=True) == []


def test_cases_that_do_not_are_told() -> None:
    assert problems(Colour, Colour.RED) == [
        "switch on 'grade': no case for 'blue'. add the cases, or default=…"
    ]
    assert problems(Colour, "rde", has_default=True) == [
        "switch on 'grade': it is never 'rde'. did you mean 'red'?"
    ]
    assert problems(bool, 7, has_default=True) == [
        "switch on 'grade': it is never 7. known: 'True', 'False'."
    ]
    assert problems(str, (1, 2), has_default=True) == [
        "switch on 'grade': (1, 2) can't be a case. use texts, numbers, truths or enum members."
    ]
    assert problems(str, has_default=True) == [
        "switch on 'grade': there are no cases. give at least one: {value: branch}."
    ]
    assert problems(str, "a") == [
        "switch on 'grade': other values have no branch. give default=…, or declare the subject as a Literal or an enum."
    ]


def test_a_truth_is_not_the_number_it_equals() -> None:
    cases = ((1, "one"), (True, "yes"))

    assert chosen(True, cases, UNSET, UNSET) == "yes"  # noqa: FBT003 - the subject itself
    assert chosen(1, cases, UNSET, UNSET) == "one"
    assert chosen(2, cases, "other", UNSET) == "other"
    with pytest.raises(SwitchCasesError, match="no case for 2"):
        chosen(2, cases, UNSET, UNSET)


def test_outside_a_pipeline_control_words_are_done_at_once() -> None:
    assert when(up(1) > 1, lambda: "a", otherwise="b") == "a"
    assert when(up(1) < 1, "a", otherwise=lambda: "b") == "b"
    assert given("a", str.upper, otherwise="b") == "A"
    assert given(None, str.upper, otherwise=lambda: "b") == "b"
    assert switch("x", {"x": lambda: 1, "y": 2}) == 1
    assert switch("z", {"x": 1}, default=lambda: 3) == 3
    assert switch(Colour.BLUE, {Colour.BLUE: 1}) == 1
    assert each([1, 2], lambda n: n + 1) == [2, 3]
    assert each([1, 2], lambda so_far, n: so_far + n, carry=10) == 13
    assert loop(1, lambda n: n * 2, until=lambda n: n > 9) == 16


def reciprocal(number: int) -> float:
    return 1 / number


def test_failed_items_are_left_out_where_that_is_asked_for() -> None:
    assert each([1, 0, 2], reciprocal, skip_failed=True) == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        each([1, 0, 2], reciprocal)


def test_a_fold_can_leave_nothing_out() -> None:
    def fold(so_far: object, item: object) -> object:
        return (so_far, item)

    assert each_now([1, 2], fold, 0, UNSET, skip_failed=False) == ((0, 1), 2)
    spoken = cast("Callable[..., object]", each)
    with pytest.raises(OptionError, match="can't stand beside 'carry'") as caught:
        spoken([1], fold, carry=0, skip_failed=True)
    assert "give the carried value back" in caught.value.help


def up(number: int) -> int:
    return number + 1


Ask = Callable[[int], bool]
ROUNDS: list[tuple[Ask | None, Ask | None, int, bool, int]] = [
    (lambda n: n > 2, None, 9, False, 3),
    (None, lambda n: n < 5, 9, False, 5),
    (None, lambda n: n < 0, 9, False, 0),
    (None, lambda n: n < 3, 3, False, 3),
    (lambda n: n > 2, lambda n: n < 2, 9, False, 2),
    (lambda n: n > 9, None, 4, True, 4),
    (None, lambda n: n < 9, 4, True, 4),
]


@pytest.mark.parametrize(("until", "while_", "rounds", "keep_last", "result"), ROUNDS)
def test_a_loop_goes_on_until_something_ends_it(
    until: Ask | None,
    while_: Ask | None,
    rounds: int,
    result: int,
    *,
    keep_last: bool,
) -> None:
    assert loop_now(0, up, until, while_, rounds, keep_last=keep_last) == result


def test_a_loop_that_reaches_its_bound_fails() -> None:
    with pytest.raises(OptionError, match="3 rounds did not end it"):
        loop_now(0, up, lambda n: n > 9, None, 3, keep_last=False)
    with pytest.raises(OptionError, match="3 rounds did not end it"):
        loop_now(0, up, None, lambda n: n < 9, 3, keep_last=False)
