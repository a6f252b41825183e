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
from flowdsl.ir.types import Anything, Json, Media, Plain
from flowdsl.runtime.fresh import fresh
from flowdsl.runtime.handlers.branches import make_call, make_subflow, make_switch
from flowdsl.runtime.handlers.data import make_approve, make_compute, make_text
from flowdsl.runtime.handlers.each import make_each
from flowdsl.runtime.handlers.feeding import Compile
from flowdsl.runtime.handlers.functions import make_transform
from flowdsl.runtime.handlers.rounds import make_while
from flowdsl.runtime.ops import NEVER, UNSET, Op, Plan, PlanInput
from flowdsl.runtime.policies import LateCheck, with_checks, with_policy
from flowdsl.runtime.ranks import rank

if TYPE_CHECKING:
    from flowdsl.errors.base import Place
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.ids import NodeId
    from flowdsl.ir.node import Node
    from flowdsl.ir.types import Type

_Cached: TypeAlias = "tuple[weakref.ref[Graph], Plan]"
Wrap: TypeAlias = "Callable[[Op, Graph], None]"
"""Changes an op of a graph before it is run."""
_plans: dict[int, _Cached] = {}
_CLASSES: tuple[type, ...] = get_args(AnyNode)


def plan_of(graph: Graph) -> Plan:
    """The graph's plan; made on first use and kept as long as the graph lives."""
    key = id(graph)
    cached = _plans.get(key)
    if cached is not None and cached[0]() is graph:
        return cached[1]
    plan = _compile(graph, plan_of, None)
    _plans[key] = (weakref.ref(graph, lambda _: _plans.pop(key, None)), plan)
    return plan


def plan_with(graph: Graph, wrap: Wrap) -> Plan:
    """A plan of its own, in which every op, those of bodies too, is wrapped; it is not kept."""
    made: dict[int, Plan] = {}

    def compile_body(body: Graph) -> Plan:
        if id(body) not in made:
            made[id(body)] = _compile(body, compile_body, wrap)
        return made[id(body)]

    return compile_body(graph)


def _compile(graph: Graph, compile_body: Compile, wrap: Wrap | None) -> Plan:
    ids = tuple(graph)
    index = {node_id: number for number, node_id in enumerate(ids)}
    template: list[object] = [UNSET] * len(ids)
    ops: dict[NodeId, Op] = {}
    inputs: list[PlanInput] = []
    for node_id, node in graph.nodes:
        if isinstance(node, Input):
            inputs.append(_input(node, index[node_id]))
            continue
        op, slots = _op(graph, node_id, node, index, template)
        _make(op, node, slots, compile_body)
        _guard(op, graph, index)
        with_policy(op)
        if wrap is not None:
            wrap(op, graph)
        ops[node_id] = op
    counts = _wire(graph, ops, index)
    span = rank(tuple(ops.values()))
    return Plan(
        name=graph.name,
        ops=tuple(ops.values()),
        ids=ids,
        index=index,
        template=template,
        counts=counts,
        first=tuple(
            sorted(
                (op for op in ops.values() if not counts[op.index]),
                key=lambda op: op.rank,
                reverse=True,
            )
        ),
        inputs=tuple(inputs),
        outputs={output.name: index[output.node] for output in graph.outputs},
        span=span,
        asks=_asks(graph, ops),
        never=[NEVER, NEVER] * len(ids),
        has_readers=any(counts),
        shared=tuple(
            slot
            for slot, value in enumerate(template)
            if slot >= len(ids) and fresh(value) is not value
        ),
    )


def _input(node: Input, slot: int) -> PlanInput:
    # A look is the whole truth about plain values; what has an inside is validated when it is given.
    check = checker_of(node.output) if isinstance(node.output, Plain | Media) else None
    default = UNSET if node.required else node.default
    return PlanInput(node.label, slot, default, node.output, check)


def _asks(graph: Graph, ops: dict[NodeId, Op]) -> tuple[tuple[Generate, Place | None], ...]:
    found: dict[int, tuple[Generate, Place | None]] = {}
    for node_id, op in ops.items():
        if isinstance(op.node, Generate):
            found[id(op.node)] = (op.node, graph.places.get(node_id))
        for _, body in op.bodies:
            found.update({id(node): (node, place) for node, place in body.asks})
    return tuple(found.values())


def _wire(graph: Graph, ops: dict[NodeId, Op], index: dict[NodeId, int]) -> list[int]:
    """Tell each op who waits for it; gives how many each slot waits for."""
    counts = [0] * len(index)
    readers: dict[NodeId, list[Op]] = {}
    for source, target, _ in graph.edges:
        if source in ops and target in ops:
            counts[index[target]] += 1
            readers.setdefault(source, []).append(ops[target])
    for node_id, waiting in readers.items():
        ops[node_id].successors = tuple(waiting)
    return counts


def _op(
    graph: Graph, node_id: NodeId, node: Node, index: dict[NodeId, int], template: list[object]
) -> tuple[Op, dict[str, int]]:
    slots: dict[str, int] = {}
    for name, value in node.constants:
        slots[name] = len(template)
        template.append(value)
    for edge in graph.edges_into(node_id):
        if edge.port is not None:
            slots[edge.port] = index[edge.source]
    op = Op(
        index[node_id],
        node_id,
        node,
        place=graph.places.get(node_id),
        # In the order of the ports, for errors that tell what a step was given.
        sources=tuple((port.name, slots[port.name]) for port in node.inputs if port.name in slots),
        # A question that nobody answers is not waited for.
        is_kept=bool(node.effects & (Effect.SPENDS | Effect.WRITES))
        and not isinstance(node, Approve),
        check=_check_of(node),
    )
    return op, slots


def _is_known(node: Node) -> TypeGuard[AnyNode]:
    return isinstance(node, _CLASSES)


def _make(op: Op, node: Node, slots: dict[str, int], compile_body: Compile) -> None:
    if not _is_known(node) or isinstance(node, Input):
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
        case _:
            _make_region(op, node, slots, compile_body)


def _make_region(
    op: Op,
    node: Each | While | Switch | Subflow | Call,
    slots: dict[str, int],
    compile_body: Compile,
) -> None:
    match node:
        case Each():
            make_each(op, node, slots, compile_body)
        case While():
            make_while(op, node, slots, compile_body)
        case Switch():
            make_switch(op, node, slots, compile_body)
        case Subflow():
            make_subflow(op, node, slots, compile_body)
        case Call():
            make_call(op, node, slots)
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


def _guard(op: Op, graph: Graph, index: dict[NodeId, int]) -> None:
    """Ports that are fed by a value of unknown type are checked when the value is there."""
    found: list[LateCheck] = []
    for source, _, name in graph.edges_into(op.id):
        if name is None or not isinstance(graph[source].output, _UNTYPED):
            continue
        port = op.node.port(name)
        if port is not None and not isinstance(port.type, _UNTYPED):
            check = checker_of(port.type)
            if check is not None:
                found.append(LateCheck(port, index[source], check))
    if found:
        with_checks(op, tuple(found))
