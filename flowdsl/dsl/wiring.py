"""Arguments of a call → edges and constants of a node."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from flowdsl.dsl.computing import display, holds_handles, is_display, type_of_value
from flowdsl.dsl.handles import Handle, handle, name_of
from flowdsl.dsl.places import here
from flowdsl.dsl.scope import Scope
from flowdsl.dsl.strays import ATOMS, note_hidden, refuse_stray
from flowdsl.errors.base import Place
from flowdsl.errors.tracing import TypeMismatchError
from flowdsl.ir.graph import Edge
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Node, Port
from flowdsl.ir.types import Type

N = TypeVar("N", bound=Node)

_SHOWN = 60


def call_node(
    scope: Scope, node: Node, pairs: Iterable[tuple[Port, object]], *, generic: bool = False
) -> Handle:
    """Put a node in and feed its ports; problems are noted, and a handle is given all the same.

    Args:
        scope: Where the call stands.
        node: The node as declared, without constants.
        pairs: Ports in the function's order, each with a handle or a plain value.
        generic: The ports' types hold type variables, to be bound by this call.
    """
    call = _Call(scope, node, here(), {} if generic else None)
    feeds: list[tuple[NodeId, str]] = []
    constants: list[tuple[str, object]] = []
    ports: list[Port] = []
    for port, value in pairs:
        ports.append(port)
        lifted = call.lift(value, port)
        if type(lifted) is Handle:
            feeds.append((scope.source_of(lifted), port.name))
            if lifted._flow_type is not port.type:
                call.check_type(lifted, port)
        else:
            constants.append((port.name, lifted))
            call.check_constant(lifted, port)
    if constants or generic or len(ports) != len(node.inputs):
        node = _with(node, tuple(ports), tuple(constants), call.bindings)
    made = scope.add(node.label, node, call.place)
    scope.edges += [Edge(source, made, name) for source, name in feeds]
    return handle(scope, made, node.output)


def _with(
    node: Node,
    ports: tuple[Port, ...],
    constants: tuple[tuple[str, object], ...],
    bindings: dict[str, Type] | None,
) -> Node:
    from dataclasses import replace

    from flowdsl.ir.variables import substitute

    output = node.output
    if bindings is not None:
        output = substitute(output, bindings)
        ports = tuple(replace(port, type=substitute(port.type, bindings)) for port in ports)
    unwired = tuple(
        port
        for port in node.inputs
        if not port.required and port.name not in {each.name for each in ports}
    )
    kept = tuple(port for port in unwired if port.kind in ("positional", "keyword"))
    return replace(
        node, inputs=_in_order(node.inputs, ports + kept), constants=constants, output=output
    )


def _in_order(declared: tuple[Port, ...], ports: tuple[Port, ...]) -> tuple[Port, ...]:
    """Ports in the order of the signature; numbered and keyed ones where their parameter stands."""
    order = {port.name: number for number, port in enumerate(declared)}
    kinds: dict[str, int] = {
        port.kind: number
        for number, port in enumerate(declared)
        if port.kind in ("rest", "rest_keyword")
    }
    return tuple(
        sorted(ports, key=lambda port: order.get(port.name, kinds.get(port.kind, len(declared))))
    )


class _Call:
    """One call being wired: where it stands, and what its type variables stand for."""

    __slots__ = ("bindings", "node", "place", "scope")

    def __init__(
        self, scope: Scope, node: Node, place: Place, bindings: dict[str, Type] | None
    ) -> None:
        self.scope = scope
        self.node = node
        self.place = place
        self.bindings = bindings

    def lift(self, value: object, port: Port) -> object:
        """The value, with lists, tuples and dicts that hold handles made into one handle."""
        kind = type(value)
        if kind is Handle or kind in ATOMS:
            return value
        if is_display(value) and holds_handles(value):
            return display(value)
        target = f"{self.node.label}.{port.name}"
        refuse_stray(value, f"'{target}'")
        if note_hidden(self.scope, value, target, self.place):
            # One mistake, one problem: go on with a handle that fits.
            return handle(self.scope, NodeId(""), port.type)
        return value

    def check_type(self, value: Handle, port: Port) -> None:
        """Note a handle whose type does not fit the port."""
        from flowdsl.ir.fits import fits
        from flowdsl.ir.variables import bind

        given, taken = value._flow_type, port.type
        if fits(given, taken) if self.bindings is None else bind(given, taken, self.bindings):
            return
        target = f"{self.node.label}.{port.name}"
        self.scope.session.problems.append(misfit(name_of(value), given, target, taken, self.place))

    def check_constant(self, value: object, port: Port) -> None:
        """Note a plain value that the port does not take."""
        from flowdsl.ir.show import show
        from flowdsl.ir.values import checker
        from flowdsl.ir.variables import bind

        given = type_of_value(value)
        if self.bindings is not None and bind(given, port.type, self.bindings):
            return
        accepts = checker(port.type)
        if accepts is None or accepts(value):
            return
        shown = repr(value)
        self.scope.session.problems.append(
            TypeMismatchError(
                shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…",
                show(given),
                f"{self.node.label}.{port.name}",
                show(port.type),
                advice=f"give '{port.name}' a value of type {show(port.type)}.",
                place=self.place,
            )
        )


def misfit(source: str, given: Type, target: str, taken: Type, place: Place) -> TypeMismatchError:
    """The error of a value that does not fit, with the likely cure."""
    from flowdsl.ir.fits import fits, why_not
    from flowdsl.ir.select import item_of, without_none
    from flowdsl.ir.show import show
    from flowdsl.ir.types import ListOf

    bare = without_none(given)
    item = item_of(given) if isinstance(given, ListOf) else None
    advice = ""
    if bare != given and fits(bare, taken):
        advice = f"it may be None: given({source}, lambda x: …, otherwise=…) runs a branch only when it is not."
    elif item is not None and fits(item, taken):
        advice = f"to do it for each item, write each({source}, …)."
    why = why_not(given, taken)
    shown_given, shown_taken = show(given), show(taken)
    repeated = shown_given in why and shown_taken in why and "'" not in why
    return TypeMismatchError(
        source,
        shown_given,
        target,
        shown_taken,
        why="" if repeated else why,
        advice=advice,
        place=place,
    )
