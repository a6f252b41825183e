"""The immutable graph: queries and edits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from flowdsl.errors import Place
from flowdsl.ir.graph import Edge, Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.verify import verify
from tests.ir.sample_graphs import audit, chain, diamond, graph_of, nested, step
from tests.strategies import graphs

A, B, C, D = map(NodeId, "abcd")


def test_a_graph_answers_by_id() -> None:
    graph = diamond()

    assert list(graph) == [A, B, C, D]
    assert len(graph) == 4
    assert A in graph
    assert NodeId("x") not in graph
    assert graph.edges_into(D) == (Edge(B, D, "x"), Edge(C, D, "y"))
    assert graph.edges_from(A) == (Edge(A, B, "x"), Edge(A, C, "x"))
    assert graph.edges_from(D) == ()
    assert graph.output() == D
    assert graph.output("other") is None
    assert [node_id for node_id, _ in audit().inputs] == ["files"]


def test_equal_graphs_hash_alike_and_places_do_not_count() -> None:
    graph = diamond()
    placed = replace(graph, places={A: Place("a.py", 1)})

    assert placed == graph
    assert hash(placed) == hash(graph)
    assert diamond() == graph
    assert chain(2) != graph


def test_an_edge_without_a_port_is_order_only() -> None:
    assert Edge(A, B).is_order
    assert not Edge(A, B, "x").is_order


def test_no_change_gives_the_same_graph() -> None:
    graph = diamond()

    assert graph.with_nodes({}) is graph
    assert graph.without([]) is graph
    assert graph.redirect({}) is graph


@given(graphs())
def test_a_node_that_nothing_reads_can_be_taken_out(graph: Graph) -> None:
    outputs = {output.node for output in graph.outputs}
    free = [n for n in graph if not graph.edges_from(n) and n not in outputs]

    left = graph.without(free)

    assert set(left) == set(graph) - set(free)
    assert verify(left) == []


def test_readers_of_a_twin_read_the_other() -> None:
    graph = graph_of(
        [("a", step("a")), ("b", step("a")), ("c", step("c", x=step("a").output))],
        [("b", "c", "x")],
        [("value", "c"), ("twin", "b")],
    )

    merged = graph.redirect({B: A})

    assert list(merged) == [A, C]
    assert merged.edges == (Edge(A, C, "x"),)
    assert merged.output("twin") == A
    assert verify(merged) == []


def test_a_graph_is_shown_by_name_and_printed_as_text() -> None:
    assert repr(chain(1)) == "<Graph 'sample': 1 node>"
    assert repr(nested(300)) == "<Graph 'sample': 1 node>"
    assert str(audit()) == audit().to_text()
    assert "step_1 = step(" not in repr(chain(2))


def test_a_graph_of_any_depth_has_a_hash() -> None:
    assert hash(nested(2_000)) == hash(nested(2_000))
