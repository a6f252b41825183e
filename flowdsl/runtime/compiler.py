"""Graph → plan, once per graph: slots, calls, checks, who waits for whom, and what is urgent."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, assert_never, get_args

from flowdsl.errors.run import NotRunnableError
from flowdsl.ir.data_nodes import Approve, Compute, Input, Text, Transform
from flowdsl.ir.effects import Effect
from flowdsl.ir.kinds import AnyNode
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.region_nodes import Call, Each, Subflow, Switch, While
from flowdsl.ir.types import Anything, Json
from flowdsl.runtime.handlers.branches import make_call, make_subflow, make_switch
from flowdsl.runtime.handlers.data import make_approve, make_compute, make_text
from flowdsl.runtime.handlers.each import make_each
from flowdsl.runtime.handlers.functions import make_transform
from flowdsl.runtime.handlers.rounds import make_while
from flowdsl.runtime.ops import NEVER, UNSET, Op, Plan
from flowdsl.runtime.policies import LateCheck, with_checks, with_policy
from flowdsl.runtime.ranks import rank

if TYPE_CHECKING:
    from flowdsl.ir.graph import Edge, Graph
    from flowdsl.ir.ids import Fingerprint, NodeId
    from flowdsl.ir.node import Node
    from flowdsl.ir.types import Type

_Cached: TypeAlias = "tuple[weakref.ref[Graph], Plan]"
_plans: dict[int, _Cached] = {}
_CLASSES: tuple[type, ...] = get_args(AnyNode)


def plan_of(graph: Graph) -> Plan:
    """The graph's plan; made on first use and kept as long as the graph lives."""
    key = id(graph)
    cached = _plans.get(key)
    if cached is not None and cached[0]() is graph:
        return cached[1]
    plan = _compile(graph)
    _plans[key] = (weakref.ref(graph, lambda _: _plans.pop(key, None)), plan)
    return plan


def _compile(graph: Graph) -> Plan:
    ids = tuple(graph)
    index = {node_id: number for number, node_id in enumerate(ids)}
    template: list[object] = [UNSET] * len(ids)
    counts = [0] * len(ids)
    ops: dict[NodeId, Op] = {}
    inputs: list[tuple[str, int, object]] = []
    for node_id, node in graph.nodes:
        if isinstance(node, Input):
            default = UNSET if node.required else node.default
            inputs.append((node.label, index[node_id], default))
        else:
            ops[node_id] = _op(graph, node_id, node, index, template)
    for edge in graph.edges:
        if edge.source in ops and edge.target in ops:
            counts[index[edge.target]] += 1
    for node_id, op in ops.items():
        op.successors = tuple(
            ops[each.target] for each in graph.edges_from(node_id) if each.target in ops
        )
    span = rank(tuple(ops.values()))
    return Plan(
        name=graph.name,
        ops=tuple(ops.values()),
        ids=ids,
        index=index,
        template=template,
        counts=counts,
        first=tuple(op for op in ops.values() if not counts[op.index]),
        inputs=tuple(inputs),
        outputs={output.name: index[output.node] for output in graph.outputs},
        span=span,
        never=[NEVER] * len(ids),
    )


def _op(
    graph: Graph, node_id: NodeId, node: Node, index: dict[NodeId, int], template: list[object]
) -> Op:
    slots: dict[str, int] = {}
    for name, value in node.constants:
        slots[name] = len(template)
        template.append(value)
    edges = [edge for edge in graph.edges_into(node_id) if edge.port is not None]
    for edge in edges:
        if edge.port is not None:
            slots[edge.port] = index[edge.source]
    # In the order of the ports, for errors that tell what a step was given.
    order = {port.name: number for number, port in enumerate(node.inputs)}
    sources = tuple(sorted(slots.items(), key=lambda item: order.get(item[0], len(order))))
    op = Op(
        index[node_id],
        node_id,
        node,
        place=graph.places.get(node_id),
        sources=sources,
        is_kept=bool(node.effects & (Effect.SPENDS | Effect.WRITES)),
        check=_check_of(node),
        fingerprint=lambda: graph_fingerprint(ref(), node_id),
    )
    ref = weakref.ref(graph)
    _make(op, node, slots)
    checks = _late_checks(graph, node, edges, index)
    if checks:
        with_checks(op, checks)
    with_policy(op)
    return op


def graph_fingerprint(graph: Graph | None, node_id: NodeId) -> Fingerprint | None:
    """A node's content fingerprint, computed when somebody asks."""
    return None if graph is None else graph.fingerprints[node_id]


def _is_known(node: Node) -> TypeGuard[AnyNode]:
    return isinstance(node, _CLASSES)


def _make(op: Op, node: Node, slots: dict[str, int]) -> None:  # noqa: C901 - one row a kind
    if not _is_known(node):
        raise NotRunnableError(op.id, node.kind)
    match node:
        case Transform():
            make_transform(op, node, slots)
        case Compute():
            make_compute(op, node, slots)
        case Text():
            make_text(op, node, slots)
        case Approve():
            make_approve(op, node, slots)
        case Generate():
            from flowdsl.runtime.handlers.models import make_generate

            make_generate(op, node, slots)
        case Each():
            make_each(op, node, slots, plan_of)
        case While():
            make_while(op, node, slots, plan_of)
        case Switch():
            make_switch(op, node, slots, plan_of)
        case Subflow():
            make_subflow(op, node, slots, plan_of)
        case Call():
            make_call(op, node, slots)
        case Input():
            raise NotRunnableError(op.id, node.kind)
        case _:
            assert_never(node)


_UNTYPED = (Anything, Json)


def checker_of(wanted: Type) -> Callable[[object], bool] | None:
    """A quick check of values; `None` for a type that anything meets."""
    if isinstance(wanted, Anything):
        return None
    from flowdsl.ir.checks import checker

    return checker(wanted)


def _check_of(node: Node) -> Callable[[object], bool] | None:
    """Plain functions may break their word; what we compute ourselves may not."""
    return checker_of(node.output) if isinstance(node, Transform | Compute) else None


def _late_checks(
    graph: Graph, node: Node, edges: list[Edge], index: dict[NodeId, int]
) -> tuple[LateCheck, ...]:
    """Ports that are fed by a value of unknown type: they are checked when the value is there."""
    found: list[LateCheck] = []
    for edge in edges:
        port = node.port(edge.port or "")
        source = graph[edge.source]
        if port is None or not isinstance(source.output, _UNTYPED):
            continue
        check = None if isinstance(port.type, _UNTYPED) else checker_of(port.type)
        if check is not None:
            found.append(LateCheck(port, index[edge.source], check))
    return tuple(found)
