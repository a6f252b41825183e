"""Part of a graph: one node and all that it needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flowdsl.errors.run import NoSuchNodeError
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.graph import Output

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.ids import NodeId


def graph_upto(graph: Graph, name: str) -> Graph:
    """The graph of a node, by id or label, and of what it needs; its value is the output. Inputs stay.

    Raises:
        NoSuchNodeError: There is no node of that name.
    """
    target = _find(graph, name)
    needed = {target}
    todo = [target]
    while todo:
        for edge in graph.edges_into(todo.pop()):
            if edge.source not in needed:
                needed.add(edge.source)
                todo.append(edge.source)
    surplus = [
        node_id
        for node_id, node in graph.nodes
        if node_id not in needed and not isinstance(node, Input)
    ]
    return replace(graph.without(surplus), outputs=(Output("value", target),))


def _find(graph: Graph, name: str) -> NodeId:
    for node_id, _ in graph.nodes:
        if node_id == name:
            return node_id
    for node_id, node in graph.nodes:
        if node.label == name:
            return node_id
    raise NoSuchNodeError(name, list(graph))
