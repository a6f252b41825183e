"""Graphs by hand, and runs of them, for tests of the runtime."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeGuard

import pytest

from flowdsl.engine import Options, run_async
from flowdsl.errors import StepFailedError
from flowdsl.errors.base import Place
from flowdsl.errors.partial import PartialRun
from flowdsl.ir.data_nodes import Compute, Input, Transform
from flowdsl.ir.effects import PURE, Effects
from flowdsl.ir.expr import Expr
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.node import FunctionRef, Node, Port
from flowdsl.ir.policy import DEFAULT_POLICY, Lane, Policy
from flowdsl.ir.types import ANYTHING, INT, Type
from flowdsl.runtime.run import Run


def ref(function: Callable[..., object]) -> FunctionRef:
    """A function as a node refers to it."""
    return FunctionRef(
        function.__module__,
        function.__qualname__,
        is_async=inspect.iscoroutinefunction(function),
        target=function,
    )


class Draft:
    """A graph in the making; each method gives the new node's id."""

    def __init__(self, name: str = "flow") -> None:
        self.name = name
        self.nodes: list[tuple[NodeId, Node]] = []
        self.edges: list[Edge] = []
        self.places: dict[NodeId, Place] = {}

    def input(
        self, name: str, type_: Type = INT, *, required: bool = True, default: object = None
    ) -> NodeId:
        """An input of the graph."""
        node = Input(label=name, output=type_, required=required, default=default)
        self.nodes.append((NodeId(name), node))
        return NodeId(name)

    def add(self, node: Node, **feeds: NodeId) -> NodeId:
        """Any node, with its ports fed by nodes."""
        taken = sum(node_id.split("#")[0] == node.label for node_id, _ in self.nodes)
        node_id = NodeId(node.label if not taken else f"{node.label}#{taken + 1}")
        self.nodes.append((node_id, node))
        self.edges += [Edge(source, node_id, port) for port, source in feeds.items()]
        return node_id

    def step(
        self,
        function: Callable[..., object],
        *sources: NodeId | int | str,
        output: Type = INT,
        takes: Type = INT,
        lane: Lane | None = None,
        effects: Effects = PURE,
        policy: Policy = DEFAULT_POLICY,
        label: str | None = None,
    ) -> NodeId:
        """A plain function, called with nodes (ids that exist) and constants, by position."""
        known = {node_id for node_id, _ in self.nodes}
        names = [f"p{number}" for number in range(len(sources))]
        feeds = {
            name: NodeId(str(each))
            for name, each in zip(names, sources, strict=True)
            if each in known
        }
        is_async = inspect.iscoroutinefunction(function)
        node = Transform(
            label=label or function.__name__,
            inputs=tuple(Port(name, takes) for name in names),
            output=output,
            constants=tuple(
                (name, each) for name, each in zip(names, sources, strict=True) if name not in feeds
            ),
            function=ref(function),
            lane=lane or ("loop" if is_async else "lane"),
            declared=effects,
            policy=policy,
        )
        return self.add(node, **feeds)

    def compute(self, expr: Expr, output: Type = ANYTHING, **feeds: NodeId) -> NodeId:
        """An expression."""
        ports = tuple(Port(name, ANYTHING) for name in feeds)
        return self.add(Compute(label="compute", inputs=ports, output=output, expr=expr), **feeds)

    def after(self, target: NodeId, source: NodeId) -> None:
        """Order only."""
        self.edges.append(Edge(source, target))

    def graph(self, value: NodeId | None = None, **outputs: NodeId) -> Graph:
        """The graph; its output is the last node unless said otherwise."""
        last = value or self.nodes[-1][0]
        return Graph(
            PipelineName(self.name),
            tuple(self.nodes),
            tuple(self.edges),
            (Output("value", last), *(Output(name, node) for name, node in outputs.items())),
            places=self.places,
        )


def body_of(function: Callable[..., object], *names: str, **options: object) -> Graph:
    """A body of one step over inputs."""
    draft = Draft("body")
    for name in names:
        draft.input(name)
    lane: Lane | None = "inline" if options.get("inline") else None
    draft.step(function, *(NodeId(name) for name in names), lane=lane)
    return draft.graph()


async def run(graph: Graph, options: Options | None = None, **inputs: object) -> Run[object]:
    """Run a graph with default options."""
    return await run_async(graph, inputs, options or Options())


async def value_of(graph: Graph, options: Options | None = None, **inputs: object) -> object:
    """What a graph gives."""
    return (await run(graph, options, **inputs)).value


def partial_run(caught: pytest.ExceptionInfo[StepFailedError]) -> PartialRun:
    """What a failed run did."""
    assert caught.value.run is not None
    return caught.value.run


def is_run(run: object) -> TypeGuard[Run[object]]:
    """Whether it is one."""
    return isinstance(run, Run)


def whole_run(caught: pytest.ExceptionInfo[StepFailedError]) -> Run[object]:
    """The partial run of a failed one, as users hold it."""
    assert is_run(caught.value.run)
    return caught.value.run


def with_policy(graph: Graph, node_id: str, policy: Policy) -> Graph:
    """The graph with another policy on one node."""
    changed: Mapping[NodeId, Node] = {
        NodeId(node_id): replace(graph[NodeId(node_id)], policy=policy)
    }
    return graph.with_nodes(changed)


async def inc(n: int) -> int:
    """One more."""
    return n + 1


async def total(*ns: int) -> int:
    """The sum, made small."""
    return sum(ns) % 1_000_003


def double(n: int) -> int:
    """Twice as much."""
    return n * 2
