"""Part of a graph: one node and all that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flowdsl.errors.run import NoSuchNodeError
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.graph import Output
from flowdsl.ir.region_nodes import Call, Each, Region, Subflow
from flowdsl.ir.types import ListOf

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.ids import NodeId
    from flowdsl.ir.node import Node

_NUMBER = re.compile(r"\[[^\]]*\]")


def graph_upto(graph: Graph, name: str) -> Graph:
    """The graph of a node, by id, label or address, and of what it needs; its value is the output. Inputs stay.

    A node inside an `each` gives the list of its values, one inside another pipeline its value there; of a loop or a
    branch the whole is run, and gives its own value.

    Raises:
        NoSuchNodeError: There is no node of that name.
    """
    found = _upto(graph, _NUMBER.sub("", name).split("/"), ())
    if found is None:
        raise NoSuchNodeError(name, dict.fromkeys(_names(graph)))
    return found


def _upto(graph: Graph, path: Sequence[str], kept: tuple[Output, ...]) -> Graph | None:
    target = _find(graph, path[0])
    inside = path[1:]
    if target is None:
        holders = (node_id for node_id, node in graph.nodes if _holds(node, path))
        target, inside = next(holders, None), path
    if target is None or (inside and not _holds(graph[target], inside)):
        return None
    node = _cut(graph[target], inside) if inside else graph[target]
    nodes = tuple((each, node if each == target else known) for each, known in graph.nodes)
    return _needed(replace(graph, nodes=nodes), (Output("value", target), *kept))


def _needed(graph: Graph, outputs: tuple[Output, ...]) -> Graph:
    needed = {output.node for output in outputs}
    todo = list(needed)
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
    return replace(graph.without(surplus), outputs=outputs)


def _cut(region: Node, path: Sequence[str]) -> Node:
    """The region with no more in its body than the node needs, where its value can be told from that."""
    match region:
        case Each(carry=False):
            ends = tuple(each for each in region.body.outputs if each.name != "value")
            body = _upto(region.body, path, ends)
            if body is None:
                return region
            return replace(region, body=body, output=ListOf(body[body.outputs[0].node].output))
        case Subflow() if not _calls(region.graph):
            inner = _upto(region.graph, path, ())
            if inner is None:
                return region
            return replace(region, graph=inner, output=inner[inner.outputs[0].node].output)
        case _:
            return region


def _calls(graph: Graph) -> bool:
    """Whether a pipeline is called by name in it: that call means the whole one."""
    bodies = (body for _, node in graph.nodes for body in _bodies(node))
    return any(isinstance(node, Call) for _, node in graph.nodes) or any(map(_calls, bodies))


def _bodies(node: Node) -> tuple[Graph, ...]:
    return tuple(body for _, body in node.bodies) if isinstance(node, Region) else ()


def _holds(node: Node, path: Sequence[str]) -> bool:
    return any(_upto(body, path, ()) is not None for body in _bodies(node))


def _names(graph: Graph) -> Iterator[str]:
    for node_id, node in graph.nodes:
        yield node_id
        for body in _bodies(node):
            yield from _names(body)


def _find(graph: Graph, name: str) -> NodeId | None:
    for node_id, _ in graph.nodes:
        if node_id == name:
            return node_id
    return next((node_id for node_id, node in graph.nodes if node.label == name), None)
