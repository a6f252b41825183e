"""One graph in the making: ids, captured values, regions' ports."""

from typing import cast

import pytest

from flowdsl import each, pipeline, step, when
from flowdsl.dsl.computing import COMPUTING
from flowdsl.dsl.handles import Handle
from flowdsl.dsl.scope import (
    RegionPorts,
    Scope,
    Session,
    UnderWay,
    check_open,
    current,
    enter,
    leave,
    unconditional_cycle,
)
from flowdsl.errors import EscapedHandleError, Place
from flowdsl.ir.data_nodes import Compute, Input
from flowdsl.ir.expr import Const
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import INT, STR
from tests.dsl.examples import add, shout

NODE = Compute(label="x", output=INT, expr=Const(1))


def new_scope() -> Scope:
    return Scope(Session(COMPUTING))


def test_each_node_gets_an_id_of_its_own() -> None:
    scope = new_scope()

    ids = [scope.add(label, NODE, None) for label in ("a", "a", "a_2", "a", "a_2", "b")]

    assert ids == ["a", "a_2", "a_2_2", "a_3", "a_2_3", "b"]
    assert len(set(ids)) == len(ids)


def test_an_id_that_a_label_has_taken_is_left_out() -> None:
    scope = new_scope()

    assert [scope.add(label, NODE, None) for label in ("a_2", "a", "a", "a")] == [
        "a_2",
        "a",
        "a_3",
        "a_4",
    ]


def test_places_are_kept_where_they_are_known() -> None:
    scope = new_scope()
    at = Place("audit.py", 3)

    scope.add("a", NODE, at)
    scope.add("b", NODE, None)

    assert scope.places == {"a": at}


def test_inputs_come_first_in_the_finished_graph() -> None:
    scope = new_scope()
    scope.add("a", NODE, None)
    scope.add_input("note", STR, required=False, default="x")

    graph = scope.finish("told", [("value", NodeId("a"))], "Tell.")

    assert list(graph) == ["note", "a"]
    assert graph[NodeId("note")] == Input(label="note", output=STR, required=False, default="x")
    assert (graph.name, graph.description) == ("told", "Tell.")


def test_scopes_are_entered_and_left() -> None:
    scope = new_scope()
    assert current() is None

    token = enter(scope)
    assert current() is scope
    leave(token)

    assert current() is None


def test_a_value_read_twice_is_captured_once() -> None:
    @pipeline
    def told(note: str, notes: list[str]) -> list[list[str]]:
        return each(notes, lambda one: [shout(note), shout(note), shout(one)])

    node = told.graph[NodeId("each")]
    assert isinstance(node, Each)
    assert [port.name for port in node.inputs] == ["items", "note"]
    assert [name for name, _ in node.body.nodes][:2] == ["item", "note"]


def test_captured_values_get_names_that_the_region_does_not_use() -> None:
    @pipeline
    def told(item: int, items: list[int], item_2: int) -> list[int]:
        return each(items, lambda one: add(one, item) + item_2)

    node = told.graph[NodeId("each")]
    assert isinstance(node, Each)
    assert [port.name for port in node.inputs] == ["items", "item_2", "item_2_2"]
    assert told(10, [1, 2], 100) == [111, 112]


def test_ports_are_shared_by_all_bodies_of_a_region() -> None:
    scope = new_scope()
    note = scope.add_input("note", STR)
    ports = RegionPorts("note")

    assert ports.port_for((1, NodeId("note")), note) == "note_2"
    assert ports.port_for((1, NodeId("note")), note) == "note_2"
    assert ports.port_for((2, NodeId("note")), note) == "note_3"
    assert [port for port, _ in ports.wired()] == [Port("note_2", STR), Port("note_3", STR)]


def test_a_value_of_another_pipeline_is_refused() -> None:
    kept: list[str] = []

    @pipeline
    def inner(note: str) -> str:
        return shout(kept[0])

    @pipeline
    def outer(note: str) -> str:
        kept.append(shout(note))
        return inner(note)

    with pytest.raises(EscapedHandleError, match="outside the branch or loop"):
        _ = outer.graph


def test_a_value_of_a_neighbouring_branch_is_refused() -> None:
    @pipeline
    def told(note: str) -> str:
        kept: list[str] = []

        def left() -> str:
            kept.append(shout(note))
            return kept[0]

        return when(note == "a", left, otherwise=lambda: shout(kept[0]))

    with pytest.raises(EscapedHandleError, match="'shout' is used outside"):
        _ = told.graph


def test_a_handle_is_open_until_its_tracing_ends() -> None:
    scope = new_scope()
    note = scope.add_input("note", STR)

    check_open(note)
    scope.session.closed = True

    with pytest.raises(EscapedHandleError, match="after its pipeline was traced"):
        check_open(note)
    with pytest.raises(EscapedHandleError, match="after its pipeline was traced"):
        new_scope().capture(note)


def test_a_call_of_itself_within_a_region_can_end() -> None:
    def ping() -> None: ...
    def pong() -> None: ...

    alone = Scope(Session(COMPUTING, (UnderWay(ping, in_region=False),)))
    assert unconditional_cycle(alone, ping) == ("ping", "ping")
    assert alone.session.stands_alone

    nested = Scope(
        Session(COMPUTING, (UnderWay(ping, in_region=False), UnderWay(pong, in_region=False)))
    )
    assert unconditional_cycle(nested, ping) == ("ping", "pong", "ping")
    assert not nested.session.stands_alone

    branched = Scope(
        Session(COMPUTING, (UnderWay(ping, in_region=False), UnderWay(pong, in_region=True)))
    )
    assert unconditional_cycle(branched, ping) == ()

    inside = Scope(alone.session, alone)
    assert unconditional_cycle(inside, ping) == ()


def test_a_captured_value_reaches_through_every_body() -> None:
    @step
    def glue(left: str, right: str) -> str:
        return left + right

    @pipeline
    def told(note: str, rows: list[list[str]]) -> list[list[str]]:
        return each(rows, lambda row: each(row, lambda one: glue(note, one)))

    handles: list[Handle] = []

    @pipeline
    def looked(note: str) -> str:
        handles.append(cast("Handle", note))
        return note

    assert told("a", [["b", "c"], []]) == [["ab", "ac"], []]
    assert looked.graph.inputs
    assert [repr(held) for held in handles] == ["<handle note: str>"]
