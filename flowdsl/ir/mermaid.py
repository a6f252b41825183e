"""A graph as a Mermaid flowchart, for pages that render Mermaid."""

from __future__ import annotations

from collections.abc import Iterator

from flowdsl.ir.data_nodes import Approve, Compute, Input, Text
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node
from flowdsl.ir.region_nodes import Region
from flowdsl.ir.show import show
from flowdsl.ir.wording import named_bodies, word_of

_LONGEST = 60


def to_mermaid(graph: Graph) -> str:
    """The graph as Mermaid text; names are numbered, so no label can break the syntax."""
    return "\n".join(["flowchart TD", *_Numbered().graph(graph, "  "), ""])


def _label(*lines: str) -> str:
    return "<br/>".join(_escaped(line) for line in lines if line)


def _escaped(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(c if c.isalnum() or c in " _.,:→…-" else f"#{ord(c)};" for c in short)


def _shape(node: Node) -> tuple[str, str]:
    match node:
        case Input():
            return '(["', '"])'
        case Generate():
            return '[["', '"]]'
        case Compute() | Text():
            return '("', '")'
        case Approve():
            return '{{"', '"}}'
        case _:
            return '["', '"]'


class _Numbered:
    """Gives every node its number."""

    def __init__(self) -> None:
        self._next = 0

    def _new(self) -> str:
        self._next += 1
        return f"n{self._next}"

    def graph(self, graph: Graph, indent: str) -> Iterator[str]:
        names = {node_id: self._new() for node_id in graph}
        for node_id, node in graph.nodes:
            yield from self._node(node_id, node, names[node_id], indent)
        for edge in graph.edges:
            if edge.source in names and edge.target in names:
                arrow = "-.->" if edge.port is None else f'-->|"{_escaped(edge.port)}"|'
                yield f"{indent}{names[edge.source]} {arrow} {names[edge.target]}"
        for name, node_id in graph.outputs:
            if node_id in names:
                end = self._new()
                yield f'{indent}{end}(["{_escaped(name)}"])'
                yield f"{indent}{names[node_id]} --> {end}"

    def _node(self, node_id: NodeId, node: Node, name: str, indent: str) -> Iterator[str]:
        label = _label(node_id, "" if isinstance(node, Input) else word_of(node), show(node.output))
        if not isinstance(node, Region):
            left, right = _shape(node)
            yield f"{indent}{name}{left}{label}{right}"
            return
        yield f'{indent}subgraph {name}["{label}"]'
        for body_name, body in named_bodies(node):
            yield f'{indent}  subgraph {self._new()}["{_escaped(body_name)}"]'
            yield from self.graph(body, f"{indent}    ")
            yield f"{indent}  end"
        yield f"{indent}end"
