"""Arguments of a call → edges and constants of a node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from flowdsl.dsl.computing import display, holds_handles
from flowdsl.dsl.handles import Handle, handle, name_of
from flowdsl.dsl.places import here
from flowdsl.dsl.scope import Scope
from flowdsl.errors.base import Place
from flowdsl.errors.tracing import HiddenHandleError, TypeMismatchError
from flowdsl.ir.graph import Edge
from flowdsl.ir.node import Node, Port
from flowdsl.ir.types import Type

if TYPE_CHECKING:
    from flowdsl.ir.ids import NodeId

N = TypeVar("N", bound=Node)

_ATOMS = frozenset({str, int, float, bool, bytes, type(None)})
_DEPTH = 4


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
    place = here()
    feeds: list[tuple[NodeId, str]] = []
    constants: list[tuple[str, object]] = []
    bindings: dict[str, Type] = {}
    ports: list[Port] = []
    for port, value in pairs:
        ports.append(port)
        lifted = _lift(scope, value, port, node, place)
        if type(lifted) is Handle:
            feeds.append((scope.source_of(lifted), port.name))
            _check_type(scope, lifted, port, node, bindings if generic else None, place)
        else:
            constants.append((port.name, lifted))
            _check_constant(scope, lifted, port, node, bindings if generic else None, place)
    if constants or generic or len(ports) != len(node.inputs):
        node = _with(node, tuple(ports), tuple(constants), bindings if generic else None)
    made = scope.add(node.label, node, place)
    if len(feeds) == 1:
        source, name = feeds[0]
        scope.edges.append(Edge(source, made, name))
    else:
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
    kinds = {
        port.kind: number
        for number, port in enumerate(declared)
        if port.kind in ("rest", "rest_keyword")
    }
    return tuple(
        sorted(ports, key=lambda port: order.get(port.name, kinds.get(port.kind, len(declared))))
    )


def _lift(scope: Scope, value: object, port: Port, node: Node, place: Place) -> object:
    """The value, with lists, tuples and dicts that hold handles made into one handle."""
    kind = type(value)
    if kind is Handle or kind in _ATOMS:
        return value
    if isinstance(value, (list, tuple, dict)) and holds_handles(value):
        return display(cast("list[object]", value))
    hidden = _hidden(value, _DEPTH)
    if hidden is not None:
        scope.session.problems.append(
            HiddenHandleError(
                name_of(hidden), kind.__name__, f"{node.label}.{port.name}", place=place
            )
        )
        return None
    return value


def _hidden(value: object, depth: int) -> Handle | None:
    if type(value) is Handle:
        return value
    if depth == 0 or type(value) in _ATOMS:
        return None
    for part in _parts(value):
        found = _hidden(part, depth - 1)
        if found is not None:
            return found
    return None


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return list(cast("dict[object, object]", value).values())
    if isinstance(value, (list, tuple)):
        return list(cast("list[object]", value))
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in fields(value)]
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict) and not isinstance(value, type) and not callable(value):
        return list(cast("dict[str, object]", own).values())
    return ()


def _check_type(
    scope: Scope,
    value: Handle,
    port: Port,
    node: Node,
    bindings: dict[str, Type] | None,
    place: Place,
) -> None:
    given, taken = value._flow_type, port.type
    if given is taken:
        return
    from flowdsl.ir.fits import fits
    from flowdsl.ir.variables import bind

    if fits(given, taken) if bindings is None else bind(given, taken, bindings):
        return
    scope.session.problems.append(
        misfit(name_of(value), given, f"{node.label}.{port.name}", taken, place)
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


def _check_constant(
    scope: Scope,
    value: object,
    port: Port,
    node: Node,
    bindings: dict[str, Type] | None,
    place: Place,
) -> None:
    from flowdsl.ir.annotations import type_of
    from flowdsl.ir.show import show
    from flowdsl.ir.values import checker

    if bindings is not None:
        from flowdsl.ir.variables import bind

        if bind(type_of(type(value)), port.type, bindings):
            return
    accepts = checker(port.type)
    if accepts is None or accepts(value):
        return
    shown = repr(value)
    scope.session.problems.append(
        TypeMismatchError(
            shown if len(shown) <= 60 else shown[:57] + "…",
            show(type_of(type(value))),
            f"{node.label}.{port.name}",
            show(port.type),
            advice=f"give '{port.name}' a value of type {show(port.type)}.",
            place=place,
        )
    )
