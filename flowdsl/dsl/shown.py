"""Texts that a handle was printed into, as `"%r" % (x,)` or an f-string over a list does: no value would stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flowdsl.dsl.scope import Scope
from flowdsl.errors.base import Place
from flowdsl.errors.tracing import NotYetKnownError
from flowdsl.ir.data_nodes import Compute, Text
from flowdsl.ir.expr import Apply, Const, Expr
from flowdsl.ir.ids import NodeId
from flowdsl.ir.narrowing import is_dict, is_list, is_set, is_tuple
from flowdsl.ir.node import Node


def printed_handles(scope: Scope) -> Iterator[NotYetKnownError]:
    """The problem of each text of the graph, bodies too, that shows a handle."""
    shown = scope.session.shown
    if not shown:
        return
    for node, place in _placed(scope.nodes, scope.places.get):
        held = list(_texts_of(node))
        for text, name in shown.items():
            if any(text in each for each in held):
                yield NotYetKnownError(
                    name,
                    used_as="part of a string",
                    instead='text("… {{ name }} …", name=…) in place of str(), %, format() or an f-string',
                    place=place,
                )


def _placed(
    nodes: Iterable[tuple[NodeId, Node]], place_of: Callable[[NodeId], Place | None]
) -> Iterator[tuple[Node, Place | None]]:
    from flowdsl.ir.region_nodes import Region

    for node_id, node in nodes:
        yield node, place_of(node_id)
        if isinstance(node, Region):
            for _, body in node.bodies:
                yield from _placed(body.nodes, body.places.get)


def _texts_of(node: Node) -> Iterator[str]:
    for _, value in node.constants:
        yield from _texts_in(value)
    if isinstance(node, Compute):
        yield from _texts_written(node.expr)
    elif isinstance(node, Text):
        yield node.template.source


def _texts_written(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Const):
        yield from _texts_in(expr.value)
    elif isinstance(expr, Apply):
        for operand in expr.operands:
            yield from _texts_written(operand)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dict(value):
        yield from _texts_in([*value, *value.values()])
    elif is_list(value) or is_tuple(value) or is_set(value):
        for each in value:
            yield from _texts_in(each)
