"""Words for what operators cannot say, in a pipeline and at once."""

import pytest

from flowdsl import (
    all_of,
    any_of,
    approve,
    contains,
    is_none,
    not_,
    pipeline,
    size,
    text,
    when,
)
from flowdsl.dsl import runner
from flowdsl.errors import FlowError, OptionError, PlainConditionError, UnknownVariableError
from flowdsl.ir.data_nodes import Approve
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from tests.dsl.examples import add, find, first, shout


@pipeline
def asked(words: list[str], limit: int) -> list[bool]:
    return [
        not_(size(words) > limit),
        all_of(size(words) > 1, contains(words, "a")),
        any_of(contains(words, "b"), limit == 0),
        is_none(first(words)),
        contains([limit, 7], 7),
    ]


@pytest.mark.parametrize(
    ("words", "limit", "answers"),
    [
        (["a", "c"], 1, [False, True, False, False, True]),
        (["b"], 1, [True, False, True, False, True]),
        ([], 0, [True, False, True, True, True]),
    ],
)
def test_words_ask_about_values_to_come(words: list[str], limit: int, answers: list[bool]) -> None:
    assert asked(words, limit) == answers


def test_words_answer_at_once_outside_a_pipeline() -> None:
    assert not_(bool(0)) is True
    assert all_of(bool(1), bool(0)) is False
    assert any_of(bool(0), bool(1)) is True
    assert is_none(None) is True
    assert size([1, 2]) == 2
    assert contains("abc", "b") is True
    assert text("{{ a }}!", a="hi") == "hi!"


@pytest.mark.parametrize("join", [all_of, any_of], ids=["all_of", "any_of"])
def test_a_decided_condition_is_not_joined(join: object) -> None:
    @pipeline
    def told(number: int) -> bool:
        return all_of(number > 1, bool(1)) if join is all_of else any_of(bool(1), number > 1)

    with pytest.raises(PlainConditionError, match="_of"):
        _ = told.graph


def test_text_is_made_of_a_template() -> None:
    @pipeline
    def told(name: str, number: int) -> str:
        return text(
            """
            # {{ title }}
            {{ number }} of {{ kind }}
            """,
            title=shout(name),
            number=add(number),
            kind="many",
        )

    assert told("a", 1) == "# A\n2 of many"


def test_text_names_a_variable_without_a_value() -> None:
    with pytest.raises(FlowError) as caught:
        text("{{ nmae }}", name="a")

    (unknown,) = caught.value.problems
    assert isinstance(unknown, UnknownVariableError)
    assert "nmae" in unknown.message
    assert "did you mean 'name'?" in unknown.help


def test_text_names_a_value_without_a_variable() -> None:
    with pytest.raises(FlowError, match="extra"):
        text("{{ name }}", name="a", extra="b")


def test_approve_passes_a_value_a_person_agrees_to() -> None:
    @pipeline
    def told(code: str) -> str:
        message = approve(shout(code), "Send it?")
        return when(size(find(code)) > 0, message, otherwise="")

    node = told.graph[NodeId("approve")]
    assert isinstance(node, Approve)
    assert node.question == "Send it?"


def test_approve_with_its_arguments_the_wrong_way_round_is_told_while_tracing() -> None:
    @pipeline
    def swapped(code: str) -> str:
        return approve("Send it?", code)

    with pytest.raises(OptionError, match="'question' must be plain text") as caught:
        _ = swapped.graph

    assert caught.value.help.startswith("the value comes first")
    assert caught.value.place is not None
    assert caught.value.place.function == "swapped"


def test_approve_outside_a_pipeline_asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[str], dict[str, object]]] = []

    class Agreeing:
        def call(self, graph: Graph, inputs: dict[str, object], /) -> object:
            asked.append((list(graph), inputs))
            return inputs["value"]

    monkeypatch.setattr(runner, "_bound", [Agreeing()])

    assert approve(["a"], "Send?", name="send") == ["a"]
    assert asked == [(["value", "send"], {"value": ["a"]})]
