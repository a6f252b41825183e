"""The rules every graph meets, one generator a rule; all of them are asked, so every problem is found at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.graphs import (
    CycleError,
    DuplicateIdError,
    FedTwiceError,
    MisfitError,
    MissingNodeError,
    NodeRuleError,
    PortsDifferError,
    UnfedPortError,
    UnknownPortError,
)
from flowdsl.ir.algorithms import cycles, is_ordered, topological_order
from flowdsl.ir.constants import show_constant
from flowdsl.ir.data_nodes import Compute, Text, Transform
from flowdsl.ir.expr import names_in
from flowdsl.ir.fits import fits, why_not
from flowdsl.ir.graph import Edge, Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node, Port
from flowdsl.ir.region_nodes import Call, Each, Region, While
from flowdsl.ir.show import show
from flowdsl.ir.values import checker
from flowdsl.ir.verify_regions import REGION_RULES


class Spot(NamedTuple):
    """A graph and where it stands inside the one that is verified."""

    graph: Graph
    address: str = ""
    """Node ids and body names of the regions around it, each followed by `/`."""
    outer: Place | None = None
    """Place of the region around it."""

    def name(self, node_id: NodeId) -> str:
        """The node's address."""
        return f"{self.address}{node_id}"

    def place(self, node_id: NodeId) -> Place | None:
        """Where the node is written, or the region around it."""
        return self.graph.places.get(node_id, self.outer)


Rule: TypeAlias = Callable[[Spot], Iterator[FlowError]]


def verify(graph: Graph) -> list[FlowError]:
    """Every rule the graph and the bodies inside it break, outer graphs first; empty when it is sound."""
    found: list[FlowError] = []
    seen: set[int] = set()
    todo = [Spot(graph)]
    while todo:
        spot = todo.pop(0)
        if id(spot.graph) in seen:
            continue
        seen.add(id(spot.graph))
        for rule in RULES:
            found.extend(rule(spot))
        todo.extend(_inside(spot))
    return found


def _inside(spot: Spot) -> Iterator[Spot]:
    for node_id, node in spot.graph.nodes:
        if isinstance(node, Region):
            for name, body in node.bodies:
                yield Spot(body, f"{spot.name(node_id)}/{name}/", spot.place(node_id))


def ids_are_unique(spot: Spot) -> Iterator[FlowError]:
    """Each id names one node, each output name one output."""
    for node_id, times in Counter(node_id for node_id, _ in spot.graph.nodes).items():
        if times > 1:
            yield DuplicateIdError(spot.name(node_id), place=spot.place(node_id))
    for name, times in Counter(output.name for output in spot.graph.outputs).items():
        if times > 1:
            yield NodeRuleError(
                f"{spot.address}{spot.graph.name}",
                f"has {times} outputs named '{name}'",
                cure="give each output its own name",
                place=spot.outer,
            )


def names_exist(spot: Spot) -> Iterator[FlowError]:
    """Edges and outputs name nodes of this graph."""
    graph = spot.graph
    known = tuple(graph)
    for edge in graph.edges:
        if edge.source in graph and edge.target in graph:
            continue
        for missing, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if missing not in graph:
                shown = f"the edge '{edge.source}' → '{edge.target}'"
                yield MissingNodeError(
                    spot.name(missing), named_by=shown, known=known, place=spot.place(other)
                )
    for output in graph.outputs:
        if output.node not in graph:
            yield MissingNodeError(
                spot.name(output.node),
                named_by=f"the output '{output.name}'",
                known=known,
                place=spot.outer,
            )


def _feeds(graph: Graph, node_id: NodeId, node: Node) -> Iterator[tuple[str, str]]:
    for name, value in node.constants:
        yield name, f"the constant {show_constant(value)}"
    for edge in graph.edges_into(node_id):
        if edge.port is not None:
            yield edge.port, f"'{edge.source}'"


def ports_are_fed_once(spot: Spot) -> Iterator[FlowError]:
    """Values go into ports that exist, one into each, and every required port gets one."""
    for node_id, node in spot.graph.nodes:
        fed: dict[str, list[str]] = {port.name: [] for port in node.inputs}
        for name, source in _feeds(spot.graph, node_id, node):
            if name in fed:
                fed[name].append(source)
            else:
                known = tuple(port.name for port in node.inputs)
                yield UnknownPortError(
                    spot.name(node_id), name, known=known, place=spot.place(node_id)
                )
        for port in node.inputs:
            if len(fed[port.name]) != 1:
                yield from _fed_wrongly(spot, node_id, port, fed[port.name])


def _fed_wrongly(
    spot: Spot, node_id: NodeId, port: Port, sources: list[str]
) -> Iterator[FlowError]:
    name, place = spot.name(node_id), spot.place(node_id)
    if len(sources) > 1:
        yield FedTwiceError(name, port.name, sources=tuple(sources), place=place)
    elif port.required:
        yield UnfedPortError(name, port.name, takes=show(port.type), place=place)


def nothing_waits_for_itself(spot: Spot) -> Iterator[FlowError]:
    """There is no cycle; every one is named."""
    for cycle in cycles(spot.graph):
        yield CycleError(tuple(map(spot.name, cycle)), place=spot.place(cycle[0]))


def nodes_stand_in_order(spot: Spot) -> Iterator[FlowError]:
    """Each node stands behind all it waits for, so that the tuple is an order in which they could run."""
    graph = spot.graph
    # Of nodes on a cycle no order is right, of two with one id nobody can say which stands where.
    if is_ordered(graph) or len(set(topological_order(graph))) < len(graph):
        return
    number = {node_id: at for at, node_id in enumerate(graph)}
    for edge in graph.edges:
        if number.get(edge.source, -1) > number.get(edge.target, len(number)):
            yield NodeRuleError(
                spot.name(edge.target),
                f"stands before '{edge.source}', which feeds it",
                cure="put the nodes in the order that `topological_order` gives",
                place=spot.place(edge.target),
            )


def types_fit(spot: Spot) -> Iterator[FlowError]:
    """What an edge brings fits the port it ends at."""
    fitting: set[tuple[int, int]] = set()
    for edge in spot.graph.edges:
        if edge.source in spot.graph and edge.target in spot.graph:
            yield from _edge_fits(spot, edge, fitting)


def _edge_fits(spot: Spot, edge: Edge, fitting: set[tuple[int, int]]) -> Iterator[FlowError]:
    graph = spot.graph
    port = graph[edge.target].port(edge.port) if edge.port is not None else None
    if port is None:
        return
    gives, takes = graph[edge.source].output, port.type
    # Types are shared by most nodes of a graph, so that identity spares comparing them again.
    if gives is takes or (id(gives), id(takes)) in fitting:
        return
    if fits(gives, takes):
        fitting.add((id(gives), id(takes)))
        return
    yield MisfitError(
        f"'{spot.name(edge.source)}'",
        show(gives),
        f"'{spot.name(edge.target)}.{port.name}'",
        show(takes),
        why=why_not(gives, takes),
        place=spot.place(edge.target),
    )


def constants_fit(spot: Spot) -> Iterator[FlowError]:
    """A constant is a value of its port's type."""
    for node_id, node in spot.graph.nodes:
        for name, value in node.constants:
            port = node.port(name)
            if port is not None and not checker(port.type)(value):
                yield MisfitError(
                    f"the constant {show_constant(value)}",
                    type(value).__name__,
                    f"'{spot.name(node_id)}.{name}'",
                    show(port.type),
                    cure=f"pass a value of type {show(port.type)}.",
                    place=spot.place(node_id),
                )


def _reads(node: Node) -> tuple[str, tuple[str, ...]] | None:
    match node:
        case Compute():
            return "the expression", names_in(node.expr)
        case Text():
            return "the template", node.template.variables
        case Generate():
            return "the prompt", node.prompt.variables
        case _:
            return None


def readers_match_ports(spot: Spot) -> Iterator[FlowError]:
    """Templates, prompts and expressions read the ports of their node, all of them and no others."""
    for node_id, node in spot.graph.nodes:
        reads = _reads(node)
        if reads is None:
            continue
        reader, names = reads
        ports = tuple(port.name for port in node.inputs)
        missing = tuple(name for name in names if name not in ports)
        unread = tuple(name for name in ports if name not in names)
        if missing or unread:
            yield PortsDifferError(
                spot.name(node_id),
                reader,
                missing=missing,
                unread=unread,
                place=spot.place(node_id),
            )


def _numbers(node: Node) -> Iterator[tuple[str, float | None, float]]:
    policy = node.policy
    yield "policy.repairs", policy.repairs, 0
    if policy.retry is not None:
        yield "policy.retry.attempts", policy.retry.attempts, 1
        yield "policy.retry.base_delay_s", policy.retry.base_delay_s, 0
        yield "policy.retry.max_delay_s", policy.retry.max_delay_s, 0
    match node:
        case Generate():
            yield "max_tokens", node.max_tokens, 1
            yield "temperature", node.temperature, 0
        case Each():
            yield "limits.max_parallel", node.limits.max_parallel, 1
        case While():
            yield "max_rounds", node.max_rounds, 1
        case Call():
            yield "max_depth", node.max_depth, 1
        case _:
            return


def numbers_are_in_range(spot: Spot) -> Iterator[FlowError]:
    """Times, tries and bounds are such that something can run."""
    for node_id, node in spot.graph.nodes:
        for setting in ("timeout_s", "deadline_s"):
            seconds: float | None = getattr(node.policy, setting)
            if seconds is not None and not seconds > 0:
                yield NodeRuleError(
                    spot.name(node_id),
                    f"has policy.{setting}={seconds}",
                    cure="give more than 0 seconds, or None for no timeout",
                    place=spot.place(node_id),
                )
        for setting, value, least in _numbers(node):
            if value is not None and not value >= least:
                yield NodeRuleError(
                    spot.name(node_id),
                    f"has {setting}={value}",
                    cure=f"give at least {least:g}",
                    place=spot.place(node_id),
                )


def _unkept(node: Node) -> tuple[str, str]:
    """What of a node's policy no run keeps, and the cure; empty when all is kept."""
    policy = node.policy
    match node:
        case Region() if policy.timeout_s is not None or policy.retry is not None:
            setting = "policy.retry" if policy.timeout_s is None else "policy.timeout_s"
            return f"has {setting}, which a region does not keep", "set it on the steps inside"
        case _ if policy.deadline_s is not None and not isinstance(node, Generate):
            return "has policy.deadline_s, which only a model call keeps", "give it a timeout_s"
        case Transform(lane="inline") if policy.timeout_s is not None:
            wrong = "has policy.timeout_s, but runs inline, where nothing can end it"
            return wrong, "give it another lane, or no timeout"
        case _:
            return "", ""


def policies_are_kept(spot: Spot) -> Iterator[FlowError]:
    """A node has no timeout and no retries where they would mean nothing."""
    for node_id, node in spot.graph.nodes:
        wrong, cure = _unkept(node)
        if wrong:
            yield NodeRuleError(spot.name(node_id), wrong, cure=cure, place=spot.place(node_id))


def inputs_are_distinct(spot: Spot) -> Iterator[FlowError]:
    """Each parameter of the graph has its own name, and no value goes into an input node."""
    labels = Counter(node.label for _, node in spot.graph.inputs)
    for node_id, node in spot.graph.inputs:
        if labels[node.label] > 1:
            yield NodeRuleError(
                spot.name(node_id),
                f"is one of {labels[node.label]} inputs named '{node.label}'",
                cure="give each input its own name",
                place=spot.place(node_id),
            )


def regions_are_sound(spot: Spot) -> Iterator[FlowError]:
    """Bodies take what their region's ports hold and give what the region promises."""
    for node_id, node in spot.graph.nodes:
        if isinstance(node, Region):
            for rule in REGION_RULES:
                yield from rule(node, spot.name(node_id), spot.place(node_id))


RULES: tuple[Rule, ...] = (
    ids_are_unique,
    names_exist,
    inputs_are_distinct,
    ports_are_fed_once,
    nothing_waits_for_itself,
    nodes_stand_in_order,
    types_fit,
    constants_fit,
    readers_match_ports,
    numbers_are_in_range,
    policies_are_kept,
    regions_are_sound,
)
