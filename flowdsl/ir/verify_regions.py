"""The rules for nodes that own graphs, one generator a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.graphs import MisfitError, NodeRuleError, PortsDifferError
from flowdsl.ir.expr import Const
from flowdsl.ir.fits import fits, why_not
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Each, Region, Subflow, Switch, While
from flowdsl.ir.select import item_of
from flowdsl.ir.show import show
from flowdsl.ir.types import ANYTHING, BOOL, Choice, ListOf, Type

RegionRule: TypeAlias = Callable[[Region, str, Place | None], Iterator[FlowError]]

_FIXED_PORTS: dict[str, tuple[str, ...]] = {
    Each.kind: ("items",),
    While.kind: ("carry",),
    Switch.kind: ("on",),
}
_TRUTHS = ("stop", "skip")


def _fixed(node: Region) -> tuple[str, ...]:
    carried = ("carry",) if isinstance(node, Each) and node.carry else ()
    return _FIXED_PORTS.get(node.kind, ()) + carried


def _given(node: Region) -> dict[str, tuple[str, Type]]:
    """What a body can read: name, and the port and type behind it."""
    given: dict[str, tuple[str, Type]] = {}
    for port in node.inputs:
        if isinstance(node, Each) and port.name == "items":
            given["item"] = (port.name, item_of(port.type) or ANYTHING)
        else:
            given[port.name] = (port.name, port.type)
    return given


def ports_are_there(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """A region has the ports its kind reads."""
    for port in _fixed(node):
        if node.port(port) is None:
            yield NodeRuleError(
                name,
                f"has no port '{port}', which an {node.kind} region reads",
                cure=f"add the port '{port}'",
                place=place,
            )


def items_are_many(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """What an `each` goes over holds items."""
    port = node.port("items") if isinstance(node, Each) else None
    if port is not None and item_of(port.type) is None:
        yield MisfitError(
            f"'{name}.items'",
            show(port.type),
            "an each region",
            "a list or another iterable",
            place=place,
        )


def bodies_read_ports(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """A body's required inputs are ports of the region, and a port is read by some body."""
    given = _given(node)
    read = set(_fixed(node))
    for body_name, body in node.bodies:
        inputs = {each.label: each for _, each in body.inputs}
        read |= {given[label][0] for label in inputs if label in given}
        missing = tuple(n for n, each in inputs.items() if n not in given and each.required)
        if missing:
            yield PortsDifferError(name, f"{body_name!r}", missing=missing, place=place)
    unread = tuple(port.name for port in node.inputs if port.name not in read)
    if unread and not isinstance(node, Subflow):
        yield PortsDifferError(name, "its bodies", unread=unread, place=place)


def bodies_take_the_types(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """What a port holds fits the body's input of that name."""
    given = _given(node)
    for body_name, body in node.bodies:
        for _, each in body.inputs:
            if each.label in given:
                port, gives = given[each.label]
                source = f"'{name}.{port}'" + (" per item" if each.label == "item" else "")
                target = f"'{name}/{body_name}/{each.label}'"
                yield from _fit(source, gives, target, each.output, place)


def bodies_give_values(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """A body has an output `value`; `stop` and `skip` are truths."""
    for body_name, body in node.bodies:
        if body.output() is None:
            yield NodeRuleError(
                f"{name}/{body_name}",
                "gives no value",
                cure="name the node whose value it gives as its output 'value'",
                place=place,
            )
        for output in body.outputs:
            if output.name in _TRUTHS and output.node in body:
                gives = body[output.node].output
                target = f"the output '{output.name}'"
                yield from _fit(f"'{name}/{body_name}/{output.node}'", gives, target, BOOL, place)


def results_fit(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """What bodies give fits what the region promises, and what it carries on."""
    result = f"the result of '{name}'"
    for body_name, body in node.bodies:
        gives = _value_of(body)
        if gives is None:
            continue
        source = f"'{name}/{body_name}'"
        if isinstance(node, While) and body_name == "test":
            yield from _fit(source, gives, "the test of a loop", BOOL, place)
        elif isinstance(node, Each) and not node.carry:
            yield from _fit(source, ListOf(gives), result, node.output, place)
        else:
            yield from _fit(source, gives, result, node.output, place)
            yield from _carried(node, source, gives, place)


def _carried(node: Region, source: str, gives: Type, place: Place | None) -> Iterator[FlowError]:
    port: Port | None = node.port("carry") if "carry" in _fixed(node) else None
    if port is not None:
        yield from _fit(source, gives, "the carried value", port.type, place)
        yield from _fit("the first carried value", port.type, "the result", node.output, place)


def _value_of(body: Graph) -> Type | None:
    node_id = body.output()
    return body[node_id].output if node_id is not None and node_id in body else None


def loops_end(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """A loop has something that ends it."""
    if isinstance(node, While) and node.test is None and node.body.output("stop") is None:
        yield NodeRuleError(
            name,
            "has neither a test nor an output 'stop', so only max_rounds would end it",
            cure="give it a test that says when to go on, or a body output 'stop'",
            place=place,
        )


def cases_are_distinct(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """No two cases are for one value, and each value is one the subject can have."""
    if not isinstance(node, Switch):
        return
    seen: set[Const] = set()
    on = node.port("on")
    for case in node.cases:
        if Const(case.when) in seen:
            yield NodeRuleError(
                name,
                f"has two cases for {case.when!r}",
                cure="keep one of them",
                place=place,
            )
        seen.add(Const(case.when))
        if on is not None:
            subject = Choice((case.when,))
            cure = f"take a value that {show(on.type)} can have, or remove the case."
            source = f"the case {case.when!r}"
            yield from _fit(source, subject, f"'{name}.on'", on.type, place, cure=cure)
    if not node.cases:
        yield NodeRuleError(name, "has no case", cure="give it at least one case", place=place)


def subflows_take_their_inputs(node: Region, name: str, place: Place | None) -> Iterator[FlowError]:
    """A port of a subflow is an input of its pipeline."""
    if isinstance(node, Subflow):
        known = {each.label for _, each in node.graph.inputs}
        unknown = tuple(port.name for port in node.inputs if port.name not in known)
        if unknown:
            yield NodeRuleError(
                name,
                f"passes {', '.join(map(repr, unknown))} to '{node.pipeline}', which has no such input",
                cure=f"pass what it takes: {', '.join(sorted(known)) or 'nothing'}",
                place=place,
            )


def _fit(
    source: str, gives: Type, target: str, takes: Type, place: Place | None, *, cure: str = ""
) -> Iterator[FlowError]:
    if gives is not takes and not fits(gives, takes):
        yield MisfitError(
            source,
            show(gives),
            target,
            show(takes),
            why=why_not(gives, takes),
            cure=cure,
            place=place,
        )


REGION_RULES: tuple[RegionRule, ...] = (
    ports_are_there,
    items_are_many,
    bodies_read_ports,
    bodies_take_the_types,
    bodies_give_values,
    results_fit,
    loops_end,
    cases_are_distinct,
    subflows_take_their_inputs,
)
