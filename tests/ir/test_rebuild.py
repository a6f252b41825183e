"""Graphs anew."""

from dataclasses import replace

from hypothesis import given

from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Node
from flowdsl.ir.rebuild import map_graphs, map_nodes, with_bodies
from tests.ir.sample_graphs import step
from tests.strategies import graphs


@given(graphs())
def test_what_does_not_change_stays_the_same_object(graph: Graph) -> None:
    assert map_graphs(graph, lambda each: each) is graph
    assert map_nodes(graph, lambda node: node) is graph


@given(graphs())
def test_every_node_of_every_body_is_reached(graph: Graph) -> None:
    def named(node: Node) -> Node:
        return replace(node, tags=("seen",))

    seen: list[tuple[str, ...]] = []

    def look(node: Node) -> Node:
        seen.append(node.tags)
        return node

    map_nodes(map_nodes(graph, named), look)

    assert all(tags == ("seen",) for tags in seen)
    assert len(seen) >= len(graph)


def test_a_plain_node_has_no_bodies_to_change() -> None:
    node = step("a")

    assert with_bodies(node, lambda body: body) is node
