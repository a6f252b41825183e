"""Orders, paths, cycles and dominators of a graph; the only importer of networkx, and only where it is needed.

Edges that name a node the graph does not have are passed over: `verify` reports them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING

from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(graph: Graph) -> nx.MultiDiGraph[NodeId]:
    """The graph as a frozen networkx view: nodes carry `node`, edges are keyed by number and carry `port`."""
    import networkx as nx

    view: nx.MultiDiGraph[NodeId] = nx.MultiDiGraph(name=graph.name)
    for node_id, node in graph.nodes:
        view.add_node(node_id, node=node)
    for number, edge in enumerate(graph.edges):
        view.add_edge(edge.source, edge.target, key=number, port=edge.port)
    return view.copy(as_view=True)


def sources_of(graph: Graph, node_id: NodeId) -> tuple[NodeId, ...]:
    """The nodes a node waits for, each once, in the order of their edges."""
    found = dict.fromkeys(edge.source for edge in graph.edges_into(node_id))
    return tuple(source for source in found if source in graph)


def targets_of(graph: Graph, node_id: NodeId) -> tuple[NodeId, ...]:
    """The nodes that wait for a node, each once, in the order of their edges."""
    found = dict.fromkeys(edge.target for edge in graph.edges_from(node_id))
    return tuple(target for target in found if target in graph)


def topological_order(graph: Graph) -> tuple[NodeId, ...]:
    """The nodes so that each stands behind all it waits for; among free choices the order of the graph is kept.

    Nodes on a cycle, and those behind one, are left out.
    """
    ids = list(graph)
    number = {node_id: at for at, node_id in enumerate(ids)}
    waiting = {node_id: len(sources_of(graph, node_id)) for node_id in ids}
    free = [number[node_id] for node_id in ids if not waiting[node_id]]
    heapify(free)
    order: list[NodeId] = []
    while free:
        node_id = ids[heappop(free)]
        order.append(node_id)
        for target in targets_of(graph, node_id):
            waiting[target] -= 1
            if not waiting[target]:
                heappush(free, number[target])
    return tuple(order)


def cycles(graph: Graph, *, at_most: int = 20) -> tuple[tuple[NodeId, ...], ...]:
    """Every cycle, up to `at_most`, each once: it starts at its earliest node and follows the edges."""
    if is_ordered(graph) or len(topological_order(graph)) == len(graph):
        return ()
    import networkx as nx

    view: nx.DiGraph[NodeId] = nx.DiGraph()
    view.add_edges_from((e.source, e.target) for e in graph.edges if e.source in graph)
    number = {node_id: at for at, node_id in enumerate(graph)}
    found: list[tuple[NodeId, ...]] = []
    for cycle in islice(nx.simple_cycles(view), at_most):
        first = min(range(len(cycle)), key=lambda at: number.get(cycle[at], 0))
        found.append((*cycle[first:], *cycle[:first]))
    return tuple(sorted(found, key=lambda cycle: [number.get(each, 0) for each in cycle]))


def ancestors(graph: Graph, node_id: NodeId) -> frozenset[NodeId]:
    """All that a node waits for, directly or not."""
    return _reached(node_id, lambda each: sources_of(graph, each))


def descendants(graph: Graph, node_id: NodeId) -> frozenset[NodeId]:
    """All that waits for a node, directly or not."""
    return _reached(node_id, lambda each: targets_of(graph, each))


def _reached(start: NodeId, following: Callable[[NodeId], tuple[NodeId, ...]]) -> frozenset[NodeId]:
    seen: set[NodeId] = set()
    todo = [start]
    while todo:
        for each in following(todo.pop()):
            if each not in seen:
                seen.add(each)
                todo.append(each)
    return frozenset(seen)


def dominators(graph: Graph) -> Mapping[NodeId, NodeId | None]:
    """The nearest node that every path to a node goes through; `None` where paths share nothing.

    Paths begin at the nodes that wait for nothing. The graph must have no cycles.

    Source:
        Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm" (2001); one pass is enough without cycles.
    """
    found: dict[NodeId | None, NodeId | None] = {}
    depth: dict[NodeId | None, int] = {None: 0}
    for node_id in topological_order(graph):
        sources = sources_of(graph, node_id)
        nearest: NodeId | None = sources[0] if sources else None
        for source in sources[1:]:
            other: NodeId | None = source
            while nearest != other:
                if depth[nearest] >= depth[other]:
                    nearest = found[nearest]
                else:
                    other = found[other]
        found[node_id] = nearest
        depth[node_id] = depth[nearest] + 1
    return {node_id: found[node_id] for node_id in graph if node_id in found}


def longest_paths(graph: Graph, weight: Callable[[NodeId], float]) -> dict[NodeId, float]:
    """For each node the weight of the heaviest path that starts with it, itself included.

    Args:
        graph: Without cycles.
        weight: What one node weighs, at least 0; seconds where a scheduler asks.
    """
    found: dict[NodeId, float] = {}
    order = tuple(graph) if is_ordered(graph) else topological_order(graph)
    for node_id in reversed(order):
        longest = 0.0
        for edge in graph.edges_from(node_id):
            below = found.get(edge.target, 0.0)
            longest = max(longest, below)
        found[node_id] = longest + weight(node_id)
    return found


def is_ordered(graph: Graph) -> bool:
    """Whether every node stands behind all it waits for."""
    number = {node_id: at for at, node_id in enumerate(graph)}
    last = len(number)
    return all(number.get(edge[0], -1) < number.get(edge[1], last) for edge in graph.edges)


def critical_path(graph: Graph, weight: Callable[[NodeId], float]) -> tuple[NodeId, ...]:
    """The heaviest path, first node first; of equally heavy ones the one that stands first in the graph."""
    remaining = longest_paths(graph, weight)
    path: list[NodeId] = []
    choices: tuple[NodeId, ...] = tuple(n for n in graph if not sources_of(graph, n))
    while choices:
        best = max(choices, key=lambda node_id: remaining[node_id])
        path.append(best)
        choices = targets_of(graph, best)
    return tuple(path)
