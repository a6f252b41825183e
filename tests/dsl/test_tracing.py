"""One run on handles gives the whole graph, or every problem at once."""

from typing import cast

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl import Static, each, pipeline, step, text, when
from flowdsl.dsl.handles import Handle
from flowdsl.errors import (
    CyclicCallError,
    EscapedHandleError,
    FlowError,
    ManyProblemsError,
    NotAStepError,
    TypeMismatchError,
)
from flowdsl.ir.ids import NodeId
from flowdsl.ir.printer import to_text
from flowdsl.ir.region_nodes import Call, Subflow
from flowdsl.ir.verify import verify
from tests.dsl.examples import add, double, find, first, shout, total, worst


@pipeline
def inner(number: int, by: int = 5) -> int:
    """Add twice."""
    return add(add(number, by), by)


@pipeline
def outer(numbers: list[int]) -> list[int]:
    """Add twice to each.

    And more that does not describe it in short.
    """
    return each(numbers, lambda number: inner(number, by=add(number)))


def test_the_graph_says_what_the_function_says(snapshot: SnapshotAssertion) -> None:
    assert to_text(outer.graph) == snapshot
    assert outer([1, 10]) == [5, 32]
    assert outer.graph.description == "Add twice to each."


def test_a_traced_graph_meets_every_rule() -> None:
    assert verify(outer.graph) == []
    assert outer.check() == ()


def test_a_pipeline_in_a_pipeline_shares_its_graph() -> None:
    @pipeline
    def told(number: int) -> list[int]:
        return [inner(number), inner(add(number))]

    subflows = [node for _, node in told.graph.nodes if isinstance(node, Subflow)]
    assert [node.graph for node in subflows] == [inner.graph, inner.graph]
    assert subflows[0].graph is subflows[1].graph
    assert told(1) == [11, 12]


def test_the_defaults_of_inputs_are_kept() -> None:
    assert inner(1) == 11
    assert inner(1, 2) == 5


def test_later_calls_of_a_step_get_numbered_ids() -> None:
    assert list(inner.graph) == ["number", "by", "add", "add_2"]


def test_places_point_at_the_users_lines() -> None:
    place = inner.graph.places[NodeId("add")]

    assert place.path.endswith("tests/dsl/test_tracing.py")
    assert place.function == "inner"


def test_every_problem_is_found_at_once(snapshot: SnapshotAssertion) -> None:
    @pipeline
    def told(code: str, number: int) -> int:
        shout(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself
        worst(each(find(code), shout))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself
        shout()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the mistake itself
        shout(txet=code)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the mistake itself
        shout(code, code)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the mistake itself
        shout(code, text=code)  # type: ignore[misc]  # pyright: ignore[reportCallIssue] - the mistake itself
        shout(12)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself
        find(code)[0].mesage  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - the mistake itself
        return shout(code)  # type: ignore[return-value]  # pyright: ignore[reportReturnType] - the mistake itself

    with pytest.raises(ManyProblemsError) as caught:
        _ = told.graph
    assert [
        f"{each.code} {each.message}\n  {each.help}" for each in caught.value.problems
    ] == snapshot


def test_what_may_be_missing_is_led_to_given() -> None:
    @pipeline
    def told(words: list[str]) -> str:
        return shout(first(words))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself

    with pytest.raises(TypeMismatchError) as caught:
        _ = told.graph
    assert "given(first, lambda" in caught.value.help


def test_a_list_where_one_is_taken_is_led_to_each() -> None:
    @pipeline
    def told(words: list[str]) -> object:
        return shout(words)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself

    with pytest.raises(TypeMismatchError) as caught:
        _ = told.graph
    assert "each(words, …)" in caught.value.help


def test_a_forgotten_return_is_named() -> None:
    @pipeline
    def told(code: str) -> str:  # type: ignore[return]  # pyright: ignore[reportReturnType] - the mistake itself
        shout(code)

    with pytest.raises(TypeMismatchError) as caught:
        _ = told.graph
    assert caught.value.help == "return the result of the last step."


def test_a_pipeline_may_give_containers_and_constants() -> None:
    @pipeline
    def told(code: str) -> dict[str, object]:
        return {"loud": shout(code), "both": [code, (code, 1)], "fixed": 3}

    @pipeline
    def fixed(code: str) -> list[str]:
        return ["a", "b"]

    assert told("a") == {"loud": "A", "both": ["a", ("a", 1)], "fixed": 3}
    assert fixed("x") == ["a", "b"]


def test_generic_steps_bind_their_type_at_each_call() -> None:
    shown: list[str] = []

    @pipeline
    def told(numbers: list[int], words: list[str]) -> object:
        shown.extend([repr(first(numbers)), repr(first(words)), repr(first([1, 2]))])
        return 0

    assert told.graph.outputs
    assert shown == [
        "<handle first: int | None>",
        "<handle first_2: str | None>",
        "<handle first_3: int | None>",
    ]


def test_star_arguments_become_ports_of_their_own() -> None:
    @pipeline
    def told(number: int) -> int:
        return total(number, 4, double(number), extra=number)

    assert told(3) == 3 + 4 + 6 + 3


def test_static_inputs_are_values_while_tracing() -> None:
    @pipeline
    def told(number: int, times: Static[int]) -> int:
        for _ in range(times):
            number = add(number)
        return number

    assert told(1, times=3) == 4
    assert len(told.trace(times=2).graph) == 3
    assert told.trace(times=4).run(1).value == 5  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownMemberType] - given by trace


def test_a_handle_does_not_leave_its_branch() -> None:
    @pipeline
    def told(code: str) -> str:
        kept: list[str] = []

        def branch() -> str:
            kept.append(shout(code))
            return kept[0]

        when(code == "a", branch, otherwise=code)
        return shout(kept[0])

    with pytest.raises(EscapedHandleError, match="outside the branch"):
        _ = told.graph


def test_a_handle_does_not_outlive_its_tracing() -> None:
    kept: list[str] = []

    @pipeline
    def told(code: str) -> str:
        kept.append(shout(code))
        return kept[0]

    @pipeline
    def later(code: str) -> str:
        return text("{{ a }}{{ b }}", a=code, b=kept[0])

    assert told.graph.outputs
    with pytest.raises(EscapedHandleError, match="after its pipeline was traced"):
        _ = cast("Handle", kept[0]) + "a"
    with pytest.raises(EscapedHandleError, match="after its pipeline was traced"):
        _ = later.graph


def test_a_pipeline_that_calls_itself_for_ever_is_refused() -> None:
    @pipeline
    def told(number: int) -> int:
        return told(add(number))

    with pytest.raises(CyclicCallError, match="told → told"):
        _ = told.graph


def test_a_pipeline_may_call_itself_in_a_branch() -> None:
    assert countdown(5) == 0
    calls = [node for _, node in _all_nodes(countdown.graph) if isinstance(node, Call)]
    assert [str(node.pipeline) for node in calls] == ["countdown"]


@step
def less(number: int) -> int:
    return number - 1


@pipeline
def countdown(number: int) -> int:
    return when(number == 0, 0, otherwise=lambda: countdown(less(number)))


@pipeline
def ping(number: int) -> int:
    return when(number == 0, 0, otherwise=lambda: pong(less(number)))


@pipeline
def pong(number: int) -> int:
    return ping(number)


def test_pipelines_may_call_each_other_in_a_branch() -> None:
    assert ping(3) == 0
    assert pong(2) == 0


def _all_nodes(graph: object) -> list[tuple[object, object]]:
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.region_nodes import Region

    found: list[tuple[object, object]] = []
    assert isinstance(graph, Graph)
    for node_id, node in graph.nodes:
        found.append((node_id, node))
        if isinstance(node, Region):
            for _, body in node.bodies:
                found += _all_nodes(body)
    return found


def test_a_coroutine_is_no_result() -> None:
    async def fetch(code: str) -> str:
        return code

    @pipeline
    def told(code: str) -> object:
        return fetch(code)

    with pytest.raises(NotAStepError, match="coroutine of"):
        _ = told.graph


def test_a_failed_tracing_leaves_no_trace_open() -> None:
    @pipeline
    def told(number: int) -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        _ = told.graph
    assert shout("a") == "A"


def test_check_gives_problems_and_does_not_raise() -> None:
    @pipeline
    def told(number: int) -> str:
        return shout(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistake itself

    problems = told.check()
    assert [type(problem) for problem in problems] == [TypeMismatchError]
    assert all(isinstance(problem, FlowError) for problem in problems)


def test_nesting_without_an_end_is_a_problem_of_the_pipeline_with_its_cure() -> None:
    def down(number: int) -> int:
        return down(number - 1)

    @pipeline
    def endless(number: int) -> int:
        return down(number)

    @pipeline
    def long(number: int) -> int:
        for _ in range(5000):
            number = number + 1
        return number

    for told in (endless, long):
        (problem,) = told.check()
        assert problem.code == "FD110"
        assert "deeper than Python can follow" in problem.message
        assert "@step" in problem.help
        assert problem.place is not None
