"""The immutable graph: nodes and edges in tuples; edits give a new graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.base import Place
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.ids import Fingerprint, NodeId, PipelineName
from flowdsl.ir.node import Node

if TYPE_CHECKING:
    import networkx as nx


_NO_PLACES: Mapping[NodeId, Place] = MappingProxyType({})


class Edge(NamedTuple):
    """A value that goes from a node into a port; without a port, order only."""

    source: NodeId
    target: NodeId
    port: str | None = None

    @property
    def is_order(self) -> bool:
        """Whether it says only that the target waits for the source."""
        return self.port is None


class Output(NamedTuple):
    """A value the graph gives back."""

    name: str
    node: NodeId


@dataclass(frozen=True, repr=False)
class Graph:
    """What a pipeline does. Nodes stand in an order in which they could run.

    Its views (networkx, fingerprints, drawing) are built upon this data; it finds them by name on use, since importing
    them would close a circle.
    """

    name: PipelineName
    nodes: tuple[tuple[NodeId, Node], ...]
    edges: tuple[Edge, ...] = ()
    outputs: tuple[Output, ...] = ()
    description: str = ""
    places: Mapping[NodeId, Place] = field(default_factory=lambda: _NO_PLACES, compare=False)
    """Where each node was written; not part of what the graph means."""

    def __hash__(self) -> int:
        return hash(
            (self.name, tuple(node_id for node_id, _ in self.nodes), self.edges, self.outputs)
        )

    def __repr__(self) -> str:
        return f"<Graph '{self.name}': {len(self)} {'node' if len(self) == 1 else 'nodes'}>"

    def __str__(self) -> str:
        return self.to_text()

    def __iter__(self) -> Iterator[NodeId]:
        return (node_id for node_id, _ in self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._index

    def __getitem__(self, node_id: str) -> Node:
        return self._index[node_id]

    @cached_property
    def _index(self) -> dict[str, Node]:
        return dict(self.nodes)

    @cached_property
    def inputs(self) -> tuple[tuple[NodeId, Input], ...]:
        """The nodes that stand for values given from outside, in the order of the parameters."""
        return tuple((node_id, node) for node_id, node in self.nodes if isinstance(node, Input))

    @cached_property
    def _in(self) -> dict[str, tuple[Edge, ...]]:
        return self._grouped(target=True)

    @cached_property
    def _out(self) -> dict[str, tuple[Edge, ...]]:
        return self._grouped(target=False)

    def _grouped(self, *, target: bool) -> dict[str, tuple[Edge, ...]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.target if target else edge.source, []).append(edge)
        return {node_id: tuple(edges) for node_id, edges in found.items()}

    def edges_into(self, node_id: str) -> tuple[Edge, ...]:
        """Edges that end at a node, in the order they were added."""
        return self._in.get(node_id, ())

    def edges_from(self, node_id: str) -> tuple[Edge, ...]:
        """Edges that start at a node, in the order they were added."""
        return self._out.get(node_id, ())

    def output(self, name: str = "value") -> NodeId | None:
        """The node that gives the output of that name."""
        return next((output.node for output in self.outputs if output.name == name), None)

    @cached_property
    def networkx(self) -> nx.MultiDiGraph[str]:
        """A frozen networkx view: nodes carry `node`, edges are keyed by number and carry `port`."""
        view: Callable[[Graph], nx.MultiDiGraph[str]] = import_module(
            "flowdsl.ir.algorithms"
        ).to_networkx
        return view(self)

    @cached_property
    def fingerprints(self) -> Mapping[str, Fingerprint]:
        """Content fingerprint of each node: what it does and the fingerprints of all that feeds it."""
        view: Callable[[Graph], Mapping[str, Fingerprint]] = import_module(
            "flowdsl.ir.fingerprints"
        ).fingerprints_of
        return view(self)

    def with_nodes(self, changed: Mapping[NodeId, Node]) -> Graph:
        """The graph with these nodes in place of the ones of the same ids."""
        if not changed:
            return self
        return replace(
            self, nodes=tuple((node_id, changed.get(node_id, node)) for node_id, node in self.nodes)
        )

    def without(self, node_ids: Iterable[NodeId]) -> Graph:
        """The graph without these nodes and their edges."""
        gone = frozenset(node_ids)
        if not gone:
            return self
        return replace(
            self,
            nodes=tuple(pair for pair in self.nodes if pair[0] not in gone),
            edges=tuple(
                edge for edge in self.edges if edge.source not in gone and edge.target not in gone
            ),
        )

    def redirect(self, swaps: Mapping[NodeId, NodeId]) -> Graph:
        """Readers of each key read its value's node instead; the keys are dropped. No swaps: the same graph."""
        if not swaps:
            return self
        edges = dict.fromkeys(
            edge._replace(source=swaps.get(edge.source, edge.source))
            for edge in self.edges
            if edge.target not in swaps
        )
        return replace(
            self,
            nodes=tuple(pair for pair in self.nodes if pair[0] not in swaps),
            edges=tuple(edges),
            outputs=tuple(
                each._replace(node=swaps.get(each.node, each.node)) for each in self.outputs
            ),
        )

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, str]:
        """How a notebook shows it: the drawing, with the text form beside."""
        return {
            "text/html": self._repr_html_(),
            "image/svg+xml": self.to_svg(),
            "text/plain": self.to_text(),
        }

    def _repr_html_(self) -> str:
        draw: Callable[[Graph], str] = import_module("flowdsl.ir.draw").to_html
        return draw(self)

    def to_svg(self) -> str:
        """A drawing, as one self-contained SVG document."""
        draw: Callable[[Graph], str] = import_module("flowdsl.ir.draw").to_svg
        return draw(self)

    def to_mermaid(self) -> str:
        """A drawing, as Mermaid source."""
        draw: Callable[[Graph], str] = import_module("flowdsl.ir.draw").to_mermaid
        return draw(self)

    def to_text(self) -> str:
        """The stable text form that snapshots and diffs are made of."""
        show: Callable[[Graph], str] = import_module("flowdsl.ir.printer").to_text
        return show(self)
