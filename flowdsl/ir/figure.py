"""A graph as a figure: what each box says and where it stands, bodies inside their region; pixels or characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from flowdsl.ir.data_nodes import Input
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.layout import Gaps, Layout, Route, Size, lay_out
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node
from flowdsl.ir.printer import node_lines, settings_of
from flowdsl.ir.region_nodes import Region
from flowdsl.ir.show import show
from flowdsl.ir.wording import named_bodies, word_of

_WRITTEN = ("compute", "text", "approve", "call")
"""Looks of nodes whose caption tells what they do, rather than how."""


class Card(NamedTuple):
    """What a box says."""

    look: str
    """`input`, `output`, `model`, `region`, `plain` or another kind's name."""
    path: str
    """Ids of the regions around it and its own, joined by `/`; the path that events name, without item numbers."""
    title: str
    caption: tuple[str, ...]
    """Kind and the most important settings, the first of which matter most; empty for inputs and outputs."""
    type: str
    full: str
    """Everything, for a tooltip."""

    def caption_within(self, fits: Callable[[str], bool]) -> str:
        """The kind and as many of the settings as fit; what is written in the node itself may be cut."""
        for number in range(len(self.caption), 1, -1):
            said = " · ".join(self.caption[:number])
            if fits(said) or (number == 2 and self.look in _WRITTEN):
                return said
        return "".join(self.caption[:1])


class Line(NamedTuple):
    """An edge as it is drawn."""

    route: Route
    source: str
    target: str
    says: str
    """Source, port and type, for a tooltip."""
    is_order: bool


class Body(NamedTuple):
    """A figure inside a box."""

    name: str
    """Empty where the region has one body only."""
    x: float
    y: float
    figure: Figure


class Box(NamedTuple):
    """A card with its place in the figure."""

    card: Card
    x: float
    y: float
    size: Size
    bodies: tuple[Body, ...]


class Figure(NamedTuple):
    """A graph, laid out."""

    size: Size
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


class Metrics(NamedTuple):
    """The units of one kind of drawing."""

    card: Callable[[Card], Size]
    """Room a card takes without bodies."""
    gaps: Gaps
    padding: float
    """Around bodies, and between them."""
    caption: float
    """Height of a body's name."""


def figure_of(graph: Graph, metrics: Metrics, *, path: str = "") -> Figure:
    """Lay a graph out, bodies first."""
    is_body = bool(path)
    cards = {str(node_id): card_of(graph, node_id, path) for node_id in graph}
    sizes: dict[str, Size] = {}
    bodies: dict[str, tuple[Body, ...]] = {}
    for key, card in cards.items():
        sizes[key], bodies[key] = _sized(graph[NodeId(key)], card, metrics)
    edges = [(e.source, e.target) for e in graph.edges if e.source in graph and e.target in graph]
    says = list(_says(graph))
    for card, source in _outputs(graph, path, alone=is_body):
        key = f"\0{card.title}"
        cards[key], sizes[key], bodies[key] = card, metrics.card(card), ()
        edges.append((source, NodeId(key)))
        says.append((f"{source} gives the output '{card.title}'", False))
    layout = lay_out(sizes, edges, metrics.gaps)
    return Figure(
        layout.size,
        tuple(_box(key, card, layout, sizes, bodies) for key, card in cards.items()),
        tuple(
            Line(route, source, target, said, is_order)
            for route, (source, target), (said, is_order) in zip(
                layout.routes, edges, says, strict=True
            )
            if source != target
        ),
    )


def _box(
    key: str,
    card: Card,
    layout: Layout,
    sizes: dict[str, Size],
    bodies: dict[str, tuple[Body, ...]],
) -> Box:
    x, y = layout.corners[key]
    return Box(card, x, y, sizes[key], bodies[key])


def _says(graph: Graph) -> Iterator[tuple[str, bool]]:
    for edge in graph.edges:
        if edge.source in graph and edge.target in graph:
            if edge.port is None:
                yield f"{edge.target} waits for {edge.source}", True
            else:
                type_ = show(graph[edge.source].output)
                yield f"{edge.source} → {edge.target}.{edge.port}: {type_}", False


def _outputs(graph: Graph, path: str, *, alone: bool) -> Iterator[tuple[Card, NodeId]]:
    # A body that only gives its value needs no box to say so.
    if alone and [each.name for each in graph.outputs] == ["value"]:
        return
    for name, node_id in graph.outputs:
        if node_id in graph:
            full = f"output '{name}': {show(graph[node_id].output)}"
            yield Card("output", f"{path}{name}!", name, (), "", full), node_id


def card_of(graph: Graph, node_id: NodeId, path: str = "") -> Card:
    """What the box of a node says."""
    node = graph[node_id]
    lines = list(node_lines(graph, node_id))
    own = lines[:1] if isinstance(node, Region) else lines
    title = node_id if node.label in {"", node_id} else f"{node.label} ({node_id})"
    settings = [each for each in settings_of(node) if each]
    is_input = isinstance(node, Input)
    caption = () if is_input else (word_of(node), *settings[:2])
    return Card(_look(node), f"{path}{node_id}", title, caption, show(node.output), "\n".join(own))


def _look(node: Node) -> str:
    match node:
        case Generate():
            return "model"
        case Region():
            return "region"
        case _:
            return node.kind


def _sized(node: Node, card: Card, metrics: Metrics) -> tuple[Size, tuple[Body, ...]]:
    own = metrics.card(card)
    if not isinstance(node, Region):
        return own, ()
    named = [
        (name, figure_of(body, metrics, path=f"{card.path}/")) for name, body in named_bodies(node)
    ]
    caption = metrics.caption if len(named) > 1 else 0.0
    head = own.height + metrics.padding / 2 + caption
    bodies: list[Body] = []
    x, tall = metrics.padding, 0.0
    for name, figure in named:
        wide = max(
            figure.size.width,
            metrics.card(card._replace(title=name, caption=(), type="")).width * 0.8,
        )
        at = x + (wide - figure.size.width) / 2
        bodies.append(Body(name if caption else "", at, head, figure))
        x += wide + metrics.padding
        tall = max(tall, figure.size.height)
    height = head + tall + metrics.padding
    shift = max(0.0, (own.width - x) / 2)
    placed = tuple(body._replace(x=body.x + shift) for body in bodies)
    return Size(max(own.width, x), height), placed
