"""Arguments of a call become edges and constants; what does not fit is noted."""

from typing import Literal, cast

import pytest

from flowdsl import pipeline, step
from flowdsl.dsl.computing import COMPUTING
from flowdsl.dsl.handles import name_of
from flowdsl.dsl.scope import Scope, Session
from flowdsl.dsl.wiring import call_node, misfit
from flowdsl.errors import FlowError, Place
from flowdsl.ir.annotations import type_of
from flowdsl.ir.data_nodes import Transform
from flowdsl.ir.graph import Edge
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Port
from flowdsl.ir.types import INT, STR, ListOf
from tests.dsl.examples import T, add, first, shout, total

AT = Place("audit.py", 3)


def messages(problems: tuple[FlowError, ...]) -> list[str]:
    return [problem.message for problem in problems]


def test_handles_become_edges_and_values_constants() -> None:
    @pipeline
    def told(number: int) -> int:
        return add(number, right=3)

    node = told.graph[NodeId("add")]
    assert told.graph.edges == (Edge(NodeId("number"), NodeId("add"), "left"),)
    assert node.constants == (("right", 3),)
    assert told(4) == 7


def test_a_default_that_is_left_out_stays_a_port_without_an_edge() -> None:
    @pipeline
    def told(number: int) -> int:
        return add(number)

    node = told.graph[NodeId("add")]
    assert [(port.name, port.required) for port in node.inputs] == [
        ("left", True),
        ("right", False),
    ]
    assert node.constants == ()


def test_star_ports_stand_where_their_parameter_stands() -> None:
    @step
    def mix(lead: int, *rest: int, last: int = 0, **named: int) -> int:
        return lead + sum(rest) + last + sum(named.values())

    @pipeline
    def told(number: int) -> int:
        return mix(1, number, 3, tone=number, last=5)

    node = told.graph[NodeId("mix")]
    assert [port.name for port in node.inputs] == ["lead", "rest[0]", "rest[1]", "last", "tone"]
    assert told(10) == 29


def test_a_call_without_star_arguments_has_no_star_ports() -> None:
    @pipeline
    def told() -> int:
        return total()

    assert told.graph[NodeId("total")].inputs == ()
    assert told() == 0


def test_containers_that_hold_handles_become_expressions() -> None:
    @step
    def join(parts: list[str], named: dict[str, tuple[str, int]]) -> str:
        return "".join(parts) + str(named)

    @pipeline
    def told(note: str) -> str:
        return join([note, "b"], {"x": (note, 1)})

    assert told("a") == "ab{'x': ('a', 1)}"


def test_containers_without_handles_stay_as_they_are() -> None:
    given = ["b", "c"]

    @step
    def join(note: str, parts: list[str]) -> str:
        return note.join(parts)

    @pipeline
    def told(note: str) -> str:
        return join(note, given)

    assert told.graph[NodeId("join")].constants == (("parts", given),)
    assert told("a") == "bac"


def test_type_variables_are_bound_by_each_call_alone() -> None:
    @step
    def pair(left: T, right: T) -> tuple[T, T]:
        return (left, right)

    @pipeline
    def told(number: int, note: str) -> object:
        return [pair(number, 3), pair(note, "b"), first([number])]

    assert [str(told.graph[NodeId(each)].output) for each in ("pair", "pair_2")] == [
        str(type_of(tuple[int, int])),
        str(type_of(tuple[str, str])),
    ]
    assert told(1, "a") == [(1, 3), ("a", "b"), 1]


def test_a_constant_beside_its_type_is_noted() -> None:
    @step
    def choose(kind: Literal["low", "high"]) -> str:
        return kind

    @pipeline
    def told(note: str) -> object:
        return [choose("middle"), shout(3), shout(cast("str", ["x" * 80]))]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the mistakes themselves

    assert messages(told.check()) == [
        "''middle'' gives str, but 'choose.kind' takes Literal['low', 'high'].",
        "'3' gives int, but 'shout.text' takes str.",
        f"'['{'x' * 57}…' gives list[str], but 'shout.text' takes str.",
    ]


def test_a_call_with_problems_still_gives_a_handle() -> None:
    scope = Scope(Session(COMPUTING))
    port = Port("text", STR)
    node = Transform(
        label="shout", inputs=(port,), output=STR, function=cast("Transform", shout.node).function
    )

    made = call_node(scope, node, [(port, scope.add_input("number", INT))])

    assert name_of(made) == "shout"
    assert scope.edges == [Edge(NodeId("number"), NodeId("shout"), "text")]
    assert messages(tuple(scope.session.problems)) == [
        "'number' gives int, but 'shout.text' takes str."
    ]


@pytest.mark.parametrize(
    ("given", "taken", "cure"),
    [
        (int, str, "declare 'x' as str, or put a converting step between them."),
        (str | None, str, "it may be None: given(x, lambda x: …, otherwise=…) runs a branch"),
        (int | None, str, "declare 'x' as str"),
        (list[str], str, "to do it for each item, write each(x, …)."),
        (list[int], str, "declare 'x' as str"),
    ],
)
def test_the_cure_fits_the_misfit(given: object, taken: object, cure: str) -> None:
    problem = misfit("x", type_of(given), "shout.text", type_of(taken), AT)

    assert problem.help.startswith(cure)
    assert problem.place == AT


def test_a_reason_is_told_where_the_types_alone_do_not_show_it() -> None:
    plain = misfit("x", INT, "shout.text", STR, AT)
    inner = misfit("x", ListOf(INT), "join.parts", ListOf(STR), AT)

    assert plain.message == "'x' gives int, but 'shout.text' takes str."
    assert inner.message.endswith("takes list[str]. (item: `int` does not fit `str`)")
