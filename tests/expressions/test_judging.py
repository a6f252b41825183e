"""What a rule is told of operands, and the problems it leaves."""

from flowdsl.errors import FlowError, Place
from flowdsl.expressions import describe
from flowdsl.expressions.judging import Judged, said
from flowdsl.expressions.operators import OPERATORS
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.types import ANYTHING, INT, NONE, STR, Choice, Type, Union

_PLACE = Place("flow.py", 1)


def _judged(type_: Type, problems: list[FlowError]) -> Judged:
    apply = Apply("add", (Name("a"), Const(1)))
    return Judged(OPERATORS["add"], apply, (type_, INT), problems, describe, _PLACE)


def test_options_come_without_none_which_is_a_problem_once_asked() -> None:
    problems: list[FlowError] = []

    assert _judged(Union((INT, STR)), problems).options(0) == (INT, STR)
    assert problems == []
    assert _judged(Union((INT, NONE)), problems).options(0) == (INT,)
    assert [problem.code for problem in problems] == ["FD155"]


def test_a_value_that_is_always_none_is_a_problem_and_silences_the_rest() -> None:
    problems: list[FlowError] = []

    assert _judged(NONE, problems).options(0) == (ANYTHING,)
    assert [(problem.message, problem.place) for problem in problems] == [
        ("`a + 1`: 'a' is always None.", _PLACE)
    ]


def test_a_constant_is_said_by_its_value() -> None:
    assert [said(each) for each in (Choice(("a",)), Choice((1, 2)), INT)] == [
        "'a'",
        "Literal[1, 2]",
        "int",
    ]
