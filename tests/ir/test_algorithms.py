"""Orders, paths and dominators, measured against their definitions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from flowdsl.ir.algorithms import (
    ancestors,
    critical_path,
    cycles,
    descendants,
    dominators,
    is_ordered,
    longest_paths,
    to_networkx,
    topological_order,
)
from flowdsl.ir.graph import Edge, Graph
from flowdsl.ir.ids import NodeId
from tests.ir.sample_graphs import chain, diamond, graph_of, step
from tests.strategies import graphs

A, B, C, D = map(NodeId, "abcd")


def weight_of(node_id: NodeId) -> float:
    return len(node_id) + ord(node_id[-1]) / 100


def test_the_view_carries_nodes_and_ports_and_refuses_changes() -> None:
    graph = diamond()

    view = graph.networkx

    assert view.nodes[B]["node"] is graph[B]
    assert view.edges[A, B, 0] == {"port": "x"}
    assert view is graph.networkx
    with pytest.raises(Exception, match="Frozen"):
        view.add_node(NodeId("e"))


@given(graphs())
def test_the_view_has_every_edge(graph: Graph) -> None:
    view = to_networkx(graph)

    assert list(view) == list(graph)
    assert view.number_of_edges() == len(graph.edges)


def above(graph: Graph, node_id: NodeId) -> set[NodeId]:
    sources = {edge.source for edge in graph.edges if edge.target == node_id}
    return sources.union(*(above(graph, source) for source in sources))


@given(graphs(max_nodes=12, depth=0))
def test_a_drawn_graph_is_in_order_and_reach_is_the_closure_of_edges(graph: Graph) -> None:
    assert topological_order(graph) == tuple(graph)
    assert is_ordered(graph)
    for node_id in graph:
        assert ancestors(graph, node_id) == above(graph, node_id)
        assert descendants(graph, node_id) == {n for n in graph if node_id in above(graph, n)}


def dominating(graph: Graph, node_id: NodeId) -> set[NodeId]:
    """Nodes without which no path from a start leads to the node."""
    starts = {each for each in graph if not graph.edges_into(each)}

    def reached_without(cut: NodeId) -> bool:
        return bool((above(graph.without([cut]), node_id) | {node_id}) & (starts - {cut}))

    return {each for each in graph if each != node_id and not reached_without(each)}


@given(graphs(max_nodes=9, depth=0))
def test_the_nearest_dominator_stands_on_every_path(graph: Graph) -> None:
    nearest = dominators(graph)

    for node_id in graph:
        chained: set[NodeId] = set()
        at = nearest[node_id]
        while at is not None:
            chained.add(at)
            at = nearest[at]
        assert chained == dominating(graph, node_id)


@given(graphs(max_nodes=12, depth=0))
def test_the_longest_path_is_the_heaviest_of_all(graph: Graph) -> None:
    backwards = Graph(graph.name, graph.nodes[::-1], graph.edges)

    found = longest_paths(graph, weight_of)
    path = critical_path(graph, weight_of)

    for node_id in graph:
        below = [found[edge.target] for edge in graph.edges_from(node_id)]
        assert found[node_id] == pytest.approx(weight_of(node_id) + max(below, default=0))
    assert longest_paths(backwards, weight_of) == found
    assert sum(map(weight_of, path)) == pytest.approx(max(found.values(), default=0))


def test_the_critical_path_runs_through_the_heavier_branch() -> None:
    weights = {A: 1.0, B: 5.0, C: 2.0, D: 1.0}

    assert critical_path(diamond(), weights.__getitem__) == (A, B, D)
    assert longest_paths(diamond(), weights.__getitem__) == {A: 7.0, B: 6.0, C: 3.0, D: 1.0}


def test_nodes_out_of_order_are_put_in_order() -> None:
    graph = diamond()
    mixed = replace(graph, nodes=graph.nodes[::-1])

    assert not is_ordered(mixed)
    assert topological_order(mixed) == (A, C, B, D)
    assert cycles(mixed) == ()


def test_every_cycle_is_named_from_its_earliest_node() -> None:
    graph = graph_of(
        [(name, step(name)) for name in "abcd"],
        [("a", "b", None), ("b", "a", None), ("c", "d", None), ("d", "c", None), ("d", "d", None)],
    )

    assert cycles(graph) == ((A, B), (C, D), (D,))
    assert topological_order(graph) == ()


def test_edges_that_name_no_node_are_passed_over() -> None:
    graph = chain(2)
    odd = replace(graph, edges=(*graph.edges, Edge(NodeId("ghost"), NodeId("step_1"), "x")))

    assert topological_order(odd) == (NodeId("step_0"), NodeId("step_1"))
    assert ancestors(odd, NodeId("step_1")) == {NodeId("step_0")}
