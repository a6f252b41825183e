"""A graph anew with its nodes or bodies changed, those inside regions too; what does not change stays the same object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Node
from flowdsl.ir.region_nodes import Case, Each, Subflow, Switch, While


def map_nodes(graph: Graph, change: Callable[[Node], Node]) -> Graph:
    """The graph with every node changed, innermost first; places and edges stay."""

    def all_of(each: Graph) -> Graph:
        changed = {node_id: change(node) for node_id, node in each.nodes}
        kept = {n: node for n, node in changed.items() if node is not each[n]}
        return each.with_nodes(kept)

    return map_graphs(graph, all_of)


def map_graphs(graph: Graph, change: Callable[[Graph], Graph]) -> Graph:
    """The graph with every body changed, innermost first, then itself."""
    regions = {
        node_id: with_bodies(node, lambda body: map_graphs(body, change))
        for node_id, node in graph.nodes
    }
    changed = {node_id: node for node_id, node in regions.items() if node is not graph[node_id]}
    return change(graph.with_nodes(changed))


def with_bodies(node: Node, change: Callable[[Graph], Graph]) -> Node:
    """The node with each of its bodies changed; the same node if none is."""
    match node:
        case Each():
            body = change(node.body)
            return node if body is node.body else replace(node, body=body)
        case While():
            body, test = change(node.body), None if node.test is None else change(node.test)
            same = body is node.body and test is node.test
            return node if same else replace(node, body=body, test=test)
        case Switch():
            return _switch(node, change)
        case Subflow():
            inner = change(node.graph)
            return node if inner is node.graph else replace(node, graph=inner)
        case _:
            return node


def _switch(node: Switch, change: Callable[[Graph], Graph]) -> Switch:
    bodies = [change(case.body) for case in node.cases]
    default = None if node.default is None else change(node.default)
    same = all(new is case.body for new, case in zip(bodies, node.cases, strict=True))
    if same and default is node.default:
        return node
    cases = tuple(Case(case.when, body) for case, body in zip(node.cases, bodies, strict=True))
    return replace(node, cases=cases, default=default)
