"""The object users hold: it traces, runs, checks, draws and is a part of others."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from flowdsl import Pipeline, Run, Static, each, pipeline, prompt, step
from flowdsl.errors import (
    ArgumentError,
    DeclarationError,
    FlowError,
    InputTypeError,
    ManyProblemsError,
    OptionError,
    StaticInputError,
    TypeMismatchError,
)
from flowdsl.events.records import NodeSkipped
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Subflow
from flowdsl.ir.types import INT, STR
from tests.dsl.examples import add, shout


@step
def fail(note: str) -> str:
    raise ValueError(note)


@prompt("Judge {{ note }}", model="mock:a")
def judge(note: str) -> bool: ...


@pipeline
def aloud(note: str, times: int = 1) -> str:
    """Say it loud.

    And more.
    """
    return shout(note) * times


def repeat(note: str, times: Static[int], by: Static[int] = 1) -> str:
    for _ in range(times * by):
        note = shout(note)
    return note


def test_a_pipeline_keeps_what_its_function_says() -> None:
    assert aloud.name == "aloud"
    assert aloud.__doc__ is not None
    assert aloud.graph.description == "Say it loud."
    assert aloud.signature.ports == (Port("note", STR), Port("times", INT, required=False))
    assert repr(aloud) == "<pipeline aloud(note: str, times: int = …) -> str>"


def test_a_pipeline_may_be_made_under_another_name() -> None:
    made = pipeline(name="loud")(aloud.fn)

    assert isinstance(made, Pipeline)
    assert made.name == made.graph.name == "loud"
    assert made("a", times=2) == "AA"


def test_the_graph_is_traced_once() -> None:
    calls: list[str] = []

    @pipeline
    def told(note: str) -> str:
        calls.append("traced")
        return shout(note)

    assert told.graph is told.graph
    assert told.using(seed=1).graph is told.graph
    assert (told("a"), told.run("b").value, calls) == ("A", "B", ["traced"])


def test_a_run_tells_more_than_the_value() -> None:
    run = aloud.run(note="a", times=2)

    assert isinstance(run, Run)
    assert run.value == "AA"
    assert run["shout"] == "A"
    assert run.graph is aloud.graph


async def test_a_pipeline_runs_in_a_running_loop() -> None:
    assert (await aloud.arun("a")).value == "A"
    assert aloud.run("b").value == "B"


def test_another_name_leaves_the_first_alone() -> None:
    other = aloud.named("other")

    assert (other.name, other.graph.name, aloud.graph.name) == ("other", "other", "aloud")
    assert other.signature.name == "other"
    for name in ("", "a/b"):
        with pytest.raises(OptionError, match="is not a name"):
            aloud.named(name)


def test_static_values_make_a_graph_each() -> None:
    told = pipeline(repeat)

    assert [port.name for port, _ in told.signature.bind(("a", 1), {}, lambda: None)]  # type: ignore[arg-type, return-value]  # pyright: ignore[reportArgumentType] - no call fails
    assert len(told.trace(times=2).graph) == 3
    assert len(told.trace(times=1).trace(by=4).graph) == 5
    assert told.trace(times=2).graph is told.trace(times=2).graph
    assert told("a", 2) == "A"
    assert told.run("a", times=0).value == "a"


def test_a_static_value_is_needed_known_and_of_its_type() -> None:
    told = pipeline(repeat)

    with pytest.raises(StaticInputError, match="'times' of 'repeat' has no value"):
        _ = told.graph
    with pytest.raises(OptionError, match="'tims' is no Static input") as caught:
        told.trace(tims=3)
    assert caught.value.help == "did you mean 'times'?"
    with pytest.raises(
        TypeMismatchError, match=r"gives str, but 'repeat\.times' takes int"
    ) as misfit:
        _ = told.trace(times="3").graph
    assert misfit.value.help == "give 'times' a value of type int."
    with pytest.raises(OptionError) as none:
        aloud.trace(times=3)
    assert none.value.help == "annotate the parameter as Static[…] in aloud."


def test_a_static_value_that_cannot_be_written_down_is_traced_each_time() -> None:
    @pipeline
    def told(note: str, change: Static[Callable[[str], str]]) -> str:
        return change(note)

    assert told("a", shout) == "A"
    assert told("a", lambda note: note) == "a"
    flow = told.trace(change=shout)
    assert flow.graph is not flow.graph


def test_a_static_value_goes_into_a_subflow_as_a_value() -> None:
    inner = pipeline(repeat)

    @pipeline
    def outer(note: str) -> list[str]:
        return [inner(note, 1), inner(note, times=2)]

    @pipeline
    def wrong(note: str, times: int) -> str:
        return inner(note, times)

    sizes = [len(node.graph) for _, node in outer.graph.nodes if isinstance(node, Subflow)]
    assert sizes == [2, 3]
    with pytest.raises(StaticInputError, match="was given a handle"):
        _ = wrong.graph


def test_a_pipeline_without_a_declared_result_gives_what_it_traces_to() -> None:
    def untyped(note: str) -> object:
        return shout(note)

    untyped.__annotations__.pop("return")
    inner = pipeline(untyped)

    @pipeline
    def outer(note: str) -> object:
        return inner(note)

    assert outer.graph[NodeId("untyped")].output == STR
    assert outer("a") == "A"


def test_a_wrong_call_of_a_pipeline_within_another_is_told() -> None:
    @pipeline
    def outer(note: str) -> str:
        return aloud(nota=note)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownVariableType] - the mistake itself

    (problem,) = outer.check()
    assert isinstance(problem, ArgumentError)
    assert problem.help == "did you mean 'note'?"
    assert problem.place is not None
    assert problem.place.function == "outer"


def test_wrong_inputs_of_a_run_are_told_at_the_call() -> None:
    with pytest.raises(ManyProblemsError) as caught:
        aloud.run(3, times="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistakes themselves
    assert [type(each) for each in caught.value.problems] == [InputTypeError, InputTypeError]
    for problem in caught.value.problems:
        assert problem.place is not None
        assert problem.place.path.endswith("test_pipeline.py")


async def test_wrong_inputs_of_an_awaited_run_are_told_at_the_call() -> None:
    with pytest.raises(InputTypeError) as caught:
        await aloud.arun(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself
    assert caught.value.place is not None
    assert caught.value.place.path.endswith("test_pipeline.py")


def test_a_failing_step_keeps_its_own_place() -> None:
    @pipeline
    def told(note: str) -> str:
        return fail(note)

    with pytest.raises(FlowError) as caught:
        told("a")
    assert caught.value.place is not None
    assert caught.value.place.function == "told"


def test_star_arguments_are_refused() -> None:
    @pipeline
    def told(*notes: str) -> str:
        return notes[0]

    @pipeline
    def named(**notes: str) -> str:
        return notes["a"]

    for flow in (told, named):
        with pytest.raises(DeclarationError, match=r"takes \* or \*\* arguments"):
            _ = flow.graph


def test_check_verifies_the_graph_and_gives_what_tracing_found() -> None:
    @pipeline
    def told(number: int) -> str:
        return shout(add(number))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself

    assert aloud.check() == ()
    assert [each.code for each in told.check()] == ["FD102"]


def test_a_prompt_in_a_pipeline_is_answered_by_the_model_of_the_run() -> None:
    @pipeline
    def told(note: str) -> bool:
        return judge(note)

    assert told("a") in (True, False)


@dataclass
class Card:
    title: str


def test_a_notebook_shows_the_graph() -> None:
    bundle = aloud._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage] - as a notebook calls it

    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "shout" in bundle["text/plain"]
    assert "<svg" in bundle["text/html"]
    assert isinstance(aloud.graph, Graph)


@pytest.mark.parametrize("kind", ["async", "class"])
def test_what_is_no_plain_function_is_no_pipeline(kind: str) -> None:
    async def later(note: str) -> str:
        return note

    functions: dict[str, Callable[..., object]] = {"async": later, "class": Card}
    with pytest.raises(DeclarationError):
        pipeline(functions[kind])


def test_failed_items_are_left_out_and_told_of() -> None:
    @pipeline
    def told(notes: list[str]) -> list[str]:
        return each(notes, picky, skip_failed=True)

    run = told.using(keep_events=True).run(["a", "bad", "c"])

    assert run.value == ["A", "C"]
    assert [event.path for event in run.events if isinstance(event, NodeSkipped)] == [
        "each_picky[1]"
    ]
    assert told(["bad"]) == []


@step
def picky(note: str) -> str:
    if note == "bad":
        raise ValueError(note)
    return note.upper()


def test_a_notebook_shows_what_is_wrong_with_a_broken_pipeline_instead_of_raising_it() -> None:
    @pipeline
    def broken(note: str) -> str:
        return "<b>" if note else note

    bundle = broken._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage] - as a notebook calls it
    html = broken._repr_html_()  # pyright: ignore[reportPrivateUsage] - likewise

    assert bundle == {
        "text/html": html,
        "text/plain": f"<pipeline broken(note: str) -> str>\n\n{broken.check()[0]}",
    }
    assert html.startswith("<pre>FD1")
