"""What `each` and `loop` are given to do: whether it can be done, and what goes in and out."""

from collections.abc import Callable
from functools import partial
from typing import Literal, cast

import pytest

from flowdsl import loop, pipeline
from flowdsl.dsl.bodies import check_body, check_condition, check_same, item_types, label_of
from flowdsl.dsl.computing import COMPUTING
from flowdsl.dsl.scope import Scope, Session
from flowdsl.errors import NotAStepError
from flowdsl.ir.annotations import type_of
from flowdsl.ir.types import ANYTHING, BOOL, INT, STR, ListOf, Type
from tests.dsl.examples import double, shout


async def fetch(note: str) -> str:
    return note


@pipeline
def told(note: str) -> str:
    return shout(note)


def new_scope() -> Scope:
    return Scope(Session(COMPUTING))


def test_steps_pipelines_and_functions_can_be_bodies() -> None:
    bodies: list[Callable[..., object]] = [shout, double, told, str.upper, partial(pow, 2)]
    for do in bodies:
        check_body("each", do, "a step")


def test_what_cannot_be_called_is_no_body() -> None:
    with pytest.raises(NotAStepError, match=r"each\(\) got 3\.") as caught:
        check_body("each", 3, "a step")
    assert caught.value.help == "give it a step."


def test_a_result_is_no_body() -> None:
    note = new_scope().add_input("note", STR)

    with pytest.raises(NotAStepError, match="got the handle 'note'") as caught:
        check_body("each", note, "a step")
    assert caught.value.help == "give it a step, itself and not its result."


def test_a_raw_async_function_is_no_body() -> None:
    with pytest.raises(NotAStepError, match="the async function 'fetch'") as caught:
        check_body("loop", fetch, "a step")
    assert caught.value.help == "decorate 'fetch' with @step."


def test_a_node_is_named_after_what_it_does() -> None:
    assert label_of("each", shout) == "each_shout"
    assert label_of("each", told.named("aloud")) == "each_aloud"
    assert label_of("loop", fetch) == "loop_fetch"
    assert label_of("loop", lambda: 1) == "loop"
    assert label_of("each", partial(pow, 2)) == "each"


def test_items_have_the_type_of_the_collections_parts() -> None:
    scope = new_scope()

    listed = scope.add_input("notes", type_of(list[str]))
    keyed = scope.add_input("table", type_of(dict[int, str]))

    assert item_types(scope, listed, "each") == (ListOf(STR, abstract="Iterable"), STR)
    assert item_types(scope, keyed, "each")[1] == INT
    assert scope.session.problems == []


def test_what_is_no_collection_is_noted_once_and_its_items_may_be_anything() -> None:
    scope = new_scope()

    assert item_types(scope, scope.add_input("number", INT), "each_add") == (INT, ANYTHING)
    assert item_types(scope, 7, "each_add") == (INT, ANYTHING)

    assert [problem.message for problem in scope.session.problems] == [
        "'number' gives int, but 'each_add' takes a collection.",
        "'7' gives int, but 'each_add' takes a collection.",
    ]


def test_a_value_that_goes_round_keeps_its_type() -> None:
    scope = new_scope()

    check_same(scope, type_of(bool), INT, "loop's next value")
    assert scope.session.problems == []
    check_same(scope, STR, INT, "loop's next value")

    (problem,) = scope.session.problems
    assert problem.message == "'loop's next value' gives str, but 'the next round' takes int."
    assert problem.help == "let the body give a value of the type that it takes."


@pytest.mark.parametrize("type_", [BOOL, type_of(Literal[True]), ANYTHING])
def test_a_truth_or_anything_may_decide(type_: Type) -> None:
    scope = new_scope()

    check_condition(scope, scope.add_input("ready", type_), type_, "until=")

    assert scope.session.problems == []


def test_what_is_no_truth_decides_nothing() -> None:
    scope = new_scope()

    check_condition(scope, scope.add_input("note", STR), STR, "until=")
    check_condition(scope, 3, INT, "while_=")

    assert [problem.message for problem in scope.session.problems] == [
        "'note' gives str, but 'until=' takes bool.",
        "'3' gives int, but 'while_=' takes bool.",
    ]
    assert all("compare it" in problem.help for problem in scope.session.problems)


def test_each_question_of_a_loop_is_looked_at() -> None:
    ask: dict[str, Callable[[object], object]] = {"until": lambda n: n, "while_": lambda n: n}

    @pipeline
    def asked(note: str) -> str:
        return cast("Callable[..., str]", loop)(note, shout, **ask)

    assert [problem.message for problem in asked.check()] == [
        "'shout' gives str, but 'until=' takes bool.",
        "'carry' gives str, but 'while_=' takes bool.",
    ]
