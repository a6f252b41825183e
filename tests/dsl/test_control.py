"""Control flow over values that do not exist yet: each, when, given, switch, loop."""

import inspect
from collections.abc import Callable
from enum import Enum
from typing import Literal

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl import each, given, loop, pipeline, step, switch, when
from flowdsl.errors import (
    FlowError,
    NotAStepError,
    OptionError,
    PlainConditionError,
    SwitchCasesError,
    TypeMismatchError,
)
from flowdsl.ir.printer import to_text
from tests.dsl.examples import Issue, add, find, first, shout, worst


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@step
def paint(name: str) -> Colour:
    return Colour(name)


@pipeline
def loudest(texts: list[str], extra: int) -> list[int]:
    return each(texts, lambda text: add(len_of(shout(text)), extra))


@step
def len_of(text: str) -> int:
    return len(text)


def test_each_runs_a_body_per_item_with_what_it_captures(snapshot: SnapshotAssertion) -> None:
    assert to_text(loudest.graph) == snapshot
    assert loudest(["a", "bcd"], 10) == [11, 13]


def test_each_over_nothing_gives_nothing() -> None:
    assert loudest([], 1) == []


def test_each_takes_a_list_of_handles_and_plain_items() -> None:
    @pipeline
    def told(number: int) -> list[int]:
        return each([number, 5, add(number)], add, max_parallel=2)

    assert told(1) == [2, 6, 3]


def test_each_with_carry_folds_in_order() -> None:
    @pipeline
    def told(texts: list[str]) -> str:
        return each(texts, lambda so_far, text: so_far + text, carry=">")

    assert told(["a", "b"]) == ">ab"


def test_each_nests_and_reaches_through_both_bodies() -> None:
    @pipeline
    def told(rows: list[list[int]], by: int) -> list[list[int]]:
        return each(rows, lambda row: each(row, lambda number: add(number, by)))

    assert told([[1, 2], [3]], 10) == [[11, 12], [13]]


def test_the_node_of_each_is_named_after_its_step() -> None:
    @pipeline
    def told(codes: list[str]) -> list[list[Issue]]:
        return each(codes, find, name="all_findings")

    @pipeline
    def unnamed(codes: list[str]) -> list[list[Issue]]:
        return each(codes, find)

    assert "all_findings" in told.graph
    assert "each_find" in unnamed.graph


def test_each_refuses_what_is_no_collection() -> None:
    @pipeline
    def told(number: int) -> list[int]:
        return each(number, add)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType] - the mistake itself

    with pytest.raises(TypeMismatchError, match="takes a collection"):
        _ = told.graph


def test_each_refuses_a_raw_async_function() -> None:
    async def fetch(text: str) -> str:
        return text

    with pytest.raises(NotAStepError) as caught:
        each(["a"], fetch)
    assert caught.value.help == "decorate 'fetch' with @step."


@pytest.mark.parametrize("limit", [0, -1, True, 1.5])
def test_each_refuses_a_limit_out_of_range(limit: int) -> None:
    with pytest.raises(OptionError, match="max_parallel"):
        each([1], add, max_parallel=limit)


@pipeline
def graded(code: str) -> str:
    grade = worst(find(code))
    return when(grade == "high", lambda: shout(code), otherwise="fine")


def test_when_runs_only_the_chosen_branch() -> None:
    loud = graded.run("a!")
    calm = graded.run("a")

    assert loud.value == "A!"
    assert calm.value == "fine"
    assert loud["shout"] == "A!"
    with pytest.raises(FlowError):
        _ = calm["shout"]


def test_the_type_of_when_is_that_of_both_branches() -> None:
    @pipeline
    def told(code: str) -> object:
        value = when(worst(find(code)) == "low", 1, otherwise=lambda: code)
        types.append(repr(value))
        return value

    types: list[str] = []
    assert told.graph.outputs
    assert types == ["<handle when: int | str>"]


@pytest.mark.parametrize("decided", [True, False, "high"])
def test_when_refuses_a_condition_that_is_decided(*, decided: bool) -> None:
    @pipeline
    def told(code: str) -> str:
        return when(decided, shout(code), otherwise=code)

    with pytest.raises(PlainConditionError):
        _ = told.graph


def test_when_refuses_a_condition_that_is_no_truth() -> None:
    @pipeline
    def told(code: str) -> str:
        return when(find(code), shout(code), otherwise=code)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType] - the mistake itself

    with pytest.raises(TypeMismatchError) as caught:
        _ = told.graph
    assert "size(…) > 0" in caught.value.help


def test_given_narrows_what_may_be_missing() -> None:
    @pipeline
    def told(code: str) -> str:
        return given(first(find(code)), lambda issue: issue.message, otherwise="nothing")

    assert told("a!\nb") == "a!"
    assert told("") == "nothing"


def test_given_takes_a_step_and_a_branch() -> None:
    @pipeline
    def told(words: list[str]) -> str:
        return given(first(words), shout, otherwise=lambda: shout("none"))

    assert told(["a"]) == "A"
    assert told([]) == "NONE"


def test_given_refuses_a_plain_value() -> None:
    @pipeline
    def told(code: str) -> str:
        return given("a", shout, otherwise=code)

    with pytest.raises(PlainConditionError, match="given"):
        _ = told.graph


def test_switch_chooses_by_value() -> None:
    @pipeline
    def told(code: str) -> str:
        return switch(worst(find(code)), {"high": lambda: shout(code), "low": "calm"})

    assert told("a!") == "A!"
    assert told("a") == "calm"


def test_switch_chooses_by_enum_member() -> None:
    @pipeline
    def told(name: str) -> str:
        return switch(paint(name), {Colour.RED: "warm"}, default=lambda: shout(name))

    assert told("red") == "warm"
    assert told("blue") == "BLUE"


def test_switch_may_give_none_by_default() -> None:
    @pipeline
    def told(name: str) -> str | None:
        return switch(name, {"a": shout(name)}, default=None)

    assert told("a") == "A"
    assert told("b") is None


CASES: dict[str, tuple[dict[object, object], str]] = {
    "a case is missing": ({"low": 1}, "no case for 'high'"),
    "a case that never happens": ({"low": 1, "high": 2, "hihg": 3}, "it is never 'hihg'"),
    "no cases": ({}, "there are no cases"),
    "a case of no plain value": ({"low": 1, "high": 2, (1, 2): 3}, "can't be a case"),
}


@pytest.mark.parametrize("mistake", CASES)
def test_switch_finds_cases_that_do_not_match(mistake: str) -> None:
    cases, said = CASES[mistake]

    @pipeline
    def told(code: str) -> object:
        return switch(worst(find(code)), cases)

    with pytest.raises(FlowError) as caught:
        _ = told.graph
    assert any(said in str(problem) for problem in caught.value.problems)
    assert all(isinstance(problem, SwitchCasesError) for problem in caught.value.problems)


def test_switch_over_an_open_type_needs_a_default() -> None:
    @pipeline
    def told(code: str) -> int:
        return switch(code, {"a": 1})

    with pytest.raises(SwitchCasesError, match="other values have no branch"):
        _ = told.graph


def test_switch_refuses_a_plain_subject() -> None:
    @pipeline
    def told(code: str) -> str:
        return switch("a", {"a": code}, default="b")

    with pytest.raises(PlainConditionError, match="switch"):
        _ = told.graph


def test_loop_goes_on_until_its_condition_holds(snapshot: SnapshotAssertion) -> None:
    @pipeline
    def told(number: int, by: int) -> int:
        return loop(number, lambda value: add(value, by), until=lambda value: value > 10)

    assert to_text(told.graph) == snapshot
    assert told(1, 4) == 13
    assert told(50, 4) == 54


def test_loop_asks_before_each_round() -> None:
    @pipeline
    def told(number: int) -> int:
        return loop(number, add, while_=lambda value: value < 5)

    assert told(1) == 5
    assert told(50) == 50


def test_a_loop_that_reaches_its_bound_fails_or_keeps_the_last_value() -> None:
    @pipeline
    def fails(number: int) -> int:
        return loop(number, add, until=lambda value: value < 0, max_rounds=3)

    @pipeline
    def keeps(number: int) -> int:
        return loop(number, add, until=lambda value: value < 0, max_rounds=3, keep_last=True)

    assert keeps(1) == 4
    with pytest.raises(FlowError):
        fails(1)


def test_a_loop_whose_value_changes_its_type_is_refused() -> None:
    @pipeline
    def told(number: int) -> int:
        return loop(number, lambda value: shout("a"), until=lambda value: value == 3)  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType] - the mistake itself

    with pytest.raises(FlowError) as caught:
        _ = told.graph
    assert any("next value" in problem.message for problem in caught.value.problems)


def test_a_loop_needs_an_end() -> None:
    with pytest.raises(OptionError, match="until"):
        loop(1, add)
    with pytest.raises(OptionError, match="max_rounds"):
        loop(1, add, until=lambda value: value > 1, max_rounds=0)


def test_outside_a_pipeline_control_flow_acts_at_once() -> None:
    assert each([1, 2], add) == [2, 3]
    assert each([1, 2], lambda a, b: a + b, carry=10) == 13
    assert when(bool(1), lambda: "yes", otherwise="no") == "yes"
    assert when(bool(0), "yes", otherwise=lambda: "no") == "no"
    assert given(first([3]), add, otherwise=0) == 4
    assert given(first([0][1:]), add, otherwise=lambda: 7) == 7
    assert switch("a", {"a": lambda: 1, "b": 2}) == 1
    assert switch("c", {"a": 1}, default=9) == 9
    assert loop(1, add, until=lambda value: value > 3) == 4
    assert loop(1, add, while_=lambda value: value < 3) == 3
    assert loop(1, add, while_=lambda value: value < 3, max_rounds=2) == 3
    assert loop(1, add, until=lambda value: value > 30, keep_last=True, max_rounds=2) == 3
    with pytest.raises(SwitchCasesError):
        switch("c", {"a": 1})
    with pytest.raises(OptionError, match="was reached"):
        loop(1, add, until=lambda value: value > 30)


def test_a_handle_is_no_step() -> None:
    @pipeline
    def told(codes: list[str], number: int) -> object:
        return each(codes, number)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportUnknownVariableType] - the mistake itself

    with pytest.raises(NotAStepError, match="the handle 'number'"):
        _ = told.graph


def test_a_literal_subject_needs_no_default() -> None:
    @pipeline
    def told(kind: Literal[1, 2]) -> str:
        return switch(kind, {1: "one", 2: "two"})

    assert told(2) == "two"


@pytest.mark.parametrize("function", [each, switch])
def test_a_parameter_that_may_be_left_out_says_so_in_help(function: Callable[..., object]) -> None:
    shown = str(inspect.signature(function))

    assert "= <not given>" in shown
    assert "object at 0x" not in shown
