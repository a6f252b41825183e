"""Steps called: a node while a pipeline is traced, a run outside of one."""

from typing import cast

import pytest

from flowdsl import pipeline, prompt, step
from flowdsl.dsl import runner
from flowdsl.dsl.steps import PromptOptions, StepOptions
from flowdsl.errors import FlowError, OptionError
from flowdsl.errors.tracing import ArgumentError
from flowdsl.ir.data_nodes import Transform
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node
from flowdsl.ir.policy import Policy, Retry
from tests.dsl.examples import add, double, shout


@prompt("Judge {{ note }}", model="mock:a")
def judge(note: str) -> bool: ...


class Recorder:
    """A runner that gives back what it was asked to run."""

    def __init__(self) -> None:
        self.asked: list[tuple[Graph, dict[str, object]]] = []

    def call(self, graph: Graph, inputs: dict[str, object], /) -> object:
        self.asked.append((graph, dict(inputs)))
        return "done"


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setattr(runner, "_bound", [made])
    return made


def policy_of(node: Node) -> Policy:
    assert isinstance(node, (Generate, Transform))
    return node.policy


def test_a_plain_step_called_outside_just_runs(recorder: Recorder) -> None:
    assert add(2, right=3) == 5
    assert recorder.asked == []


def test_an_async_step_called_outside_is_run(recorder: Recorder) -> None:
    assert cast("object", double(3)) == "done"

    ((graph, inputs),) = recorder.asked
    assert inputs == {"number": 3}
    assert list(graph) == ["number", "double"]
    assert graph.edges == (Edge(NodeId("number"), NodeId("double"), "number"),)
    assert graph.outputs == (Output("value", NodeId("double")),)
    assert graph.places[NodeId("double")].path.endswith("examples.py")


async def test_the_bare_async_function_is_awaited() -> None:
    assert await double.fn(2) == 4


def test_an_async_step_really_gives_the_awaited_value() -> None:
    assert double(4) == 8


def test_a_prompt_called_outside_asks_the_model(recorder: Recorder) -> None:
    assert cast("object", judge(note="a")) == "done"

    ((graph, inputs),) = recorder.asked
    assert inputs == {"note": "a"}
    assert isinstance(graph[NodeId("judge")], Generate)


def test_a_call_outside_needs_its_arguments_too() -> None:
    with pytest.raises(ArgumentError, match="'note' is missing"):
        judge()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the mistake itself


def test_only_what_is_given_becomes_an_input_of_a_steps_own_graph() -> None:
    @step
    async def count(note: str, count: int = 2, more: int = 1) -> int:
        return len(note) + count + more

    assert list(count.graph_of(("note",))) == ["note", "count"]
    assert list(count.graph_of()) == ["note", "count_input", "more", "count"]
    assert count.graph_of().edges[1] == Edge(NodeId("count_input"), NodeId("count"), "count")
    assert count("ab") == 5


def test_another_name_changes_no_other_step() -> None:
    loud = shout.named("loud")

    assert (loud.name, shout.name) == ("loud", "shout")
    assert loud("a") == "A"
    assert loud.signature.name == "loud"


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_name_is_not_empty_and_has_no_slash(name: str) -> None:
    with pytest.raises(OptionError, match="is not a name") as caught:
        shout.named(name)
    assert caught.value.help == "use letters, digits, '_' and '-'."


def test_options_change_only_the_copy() -> None:
    patient = shout.using(timeout_s=2.5, retries=2)

    assert policy_of(patient.node) == Policy(timeout_s=2.5, retry=Retry(attempts=3))
    assert policy_of(shout.node) == Policy()
    assert policy_of(patient.using(timeout_s=None).node) == Policy(retry=Retry(attempts=3))
    assert policy_of(double.using(retries=1).node) == Policy(retry=Retry(attempts=2))


def test_options_of_a_prompt_reach_its_node() -> None:
    node = judge.using(
        model="fast", max_tokens=7, temperature=0, repeatable=True, repairs=1, retries=1
    ).node

    assert isinstance(node, Generate)
    assert (node.model, node.max_tokens, node.temperature, node.repeatable) == ("fast", 7, 0, True)
    assert node.policy == Policy(retry=Retry(attempts=2), repairs=1)
    cleared = judge.using(model=None, temperature=None).node
    assert isinstance(cleared, Generate)
    assert (cleared.model, cleared.temperature) == (None, None)


BAD_STEP: list[tuple[dict[str, object], str]] = [
    ({"retry": 1}, "'retry' is no option here"),
    ({"model": "a"}, "'model' is no option here"),
    ({"timeout_s": 0}, "a number of seconds above 0, not 0"),
    ({"timeout_s": True}, "a number of seconds above 0, not True"),
    ({"timeout_s": "3"}, "a number of seconds above 0, not '3'"),
    ({"retries": 1.5}, "a whole number from 0, not 1.5"),
    ({"retries": True}, "a whole number from 0, not True"),
]
BAD_PROMPT: list[tuple[dict[str, object], str]] = [
    ({"model": ""}, "'provider:model' or an alias, not ''"),
    ({"model": 3}, "'provider:model' or an alias, not 3"),
    ({"max_tokens": 0}, "a whole number from 1, not 0"),
    ({"temperature": 2.1}, "between 0 and 2, not 2.1"),
    ({"temperature": "warm"}, "between 0 and 2, not 'warm'"),
    ({"repairs": -1}, "a whole number from 0, not -1"),
    ({"temprature": 1}, "'temprature' is no option here"),
]


@pytest.mark.parametrize(("options", "message"), BAD_STEP)
def test_an_option_of_a_step_out_of_range_is_refused(
    options: dict[str, object], message: str
) -> None:
    for made in (shout, double):
        with pytest.raises(OptionError, match=message):
            made.using(**cast("StepOptions", options))


@pytest.mark.parametrize(("options", "message"), [*BAD_STEP[2:], *BAD_PROMPT])
def test_an_option_of_a_prompt_out_of_range_is_refused(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        judge.using(**cast("PromptOptions", options))


def test_a_reply_type_no_model_can_give_is_found_once_while_tracing() -> None:
    @prompt("Judge {{ note }}", model="mock:a")
    def count(note: str) -> dict[str, int]: ...

    @pipeline
    def told(note: str) -> object:
        return [count(note), count(note), count.named("again")(note)]

    with pytest.raises(FlowError) as caught:
        _ = told.graph
    assert [problem.code for problem in caught.value.problems] == ["FD170"]
    assert count.lint() is count.lint()
    assert judge.lint() == []


def test_a_wrong_call_gives_a_handle_of_the_steps_type_all_the_same() -> None:
    shown: list[str] = []

    @pipeline
    def told(note: str) -> object:
        result: object = shout(nota=note)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownVariableType] - the mistake itself
        shown.append(repr(result))  # pyright: ignore[reportUnknownArgumentType] - likewise
        return note

    assert len(told.check()) == 1
    assert shown == ["<handle shout: str>"]
