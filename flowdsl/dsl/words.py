"""Words for what Python's operators cannot say about a handle, such as `not_`, `size`, `text`.

Outside a pipeline each of them does at once what its name says.
"""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from collections.abc import Collection, Sized
from typing import TypeVar, cast

from flowdsl.dsl.handles import Handle, is_handle
from flowdsl.dsl.labels import checked_name
from flowdsl.dsl.places import here
from flowdsl.dsl.scope import current
from flowdsl.dsl.wiring import call_node
from flowdsl.errors.tracing import OptionError, PlainConditionError
from flowdsl.ir.node import Port
from flowdsl.ir.types import ANYTHING, STR

T = TypeVar("T")


def not_(condition: bool, /) -> bool:  # noqa: FBT001 - it is the question itself
    """Whether a condition does not hold."""
    return (
        cast("bool", cast("Handle", condition)._flow_apply("not", condition))
        if is_handle(condition)
        else not condition
    )


def all_of(*conditions: bool) -> bool:
    """Whether every condition holds; later ones are not asked once one does not."""
    return _joined("all_of", conditions) if any(map(is_handle, conditions)) else all(conditions)


def any_of(*conditions: bool) -> bool:
    """Whether at least one condition holds; later ones are not asked once one does."""
    return _joined("any_of", conditions) if any(map(is_handle, conditions)) else any(conditions)


def _joined(operator: str, conditions: tuple[bool, ...]) -> bool:
    for condition in conditions:
        if not is_handle(condition):
            raise PlainConditionError(f"{operator}()", condition, place=here())
    from flowdsl.dsl.computing import apply

    return cast("bool", apply(operator, conditions))


def is_none(value: object, /) -> bool:
    """Whether a value is `None`."""
    return (
        cast("bool", cast("Handle", value)._flow_apply("is_none", value))
        if is_handle(value)
        else value is None
    )


def size(collection: Sized, /) -> int:
    """How many items a collection has, or characters a text."""
    if is_handle(collection):
        return cast("int", cast("Handle", collection)._flow_apply("size", collection))
    return len(collection)


def contains(collection: Collection[T], item: T, /) -> bool:
    """Whether a collection has an item, a dict a key, or a text a part."""
    from flowdsl.dsl.computing import apply, holds_handles

    if holds_handles(collection) or is_handle(item):
        return cast("bool", apply("contains", (collection, item)))
    return item in collection


def text(template: str, /, **values: object) -> str:
    """Text out of a template, the same language as prompts: `text("# {{ title }}", title=title)`.

    Raises:
        TemplateError: The template is broken, or its variables are not the values.
    """
    from flowdsl.errors.base import raise_all
    from flowdsl.prompts import check_variables, parse_template, render_text

    parsed = parse_template(template, place=here())
    raise_all(check_variables([parsed], list(values)))
    scope = current()
    if scope is None:
        return render_text(parsed, values)
    from flowdsl.ir.data_nodes import Text

    pairs = [(Port(name, ANYTHING, kind="keyword"), value) for name, value in values.items()]
    node = Text(label="text", inputs=tuple(port for port, _ in pairs), output=STR, template=parsed)
    return cast("str", call_node(scope, node, pairs))


def approve(value: T, /, question: str = "Go on?", *, name: str = "approve") -> T:
    """Let a person decide: the value passes on yes; on no, the run ends without what depends on it.

    Args:
        value: What is to be approved; it is shown whole on a terminal, up to 200 lines.
        question: What the person is asked.
        name: The node's name.

    Raises:
        OptionError: The question is a value that only a run produces.
    """
    from flowdsl.dsl.computing import type_of_value
    from flowdsl.ir.data_nodes import Approve
    from flowdsl.ir.graph import Edge, Graph, Output
    from flowdsl.ir.ids import NodeId, PipelineName

    if is_handle(question):
        advice = 'the value comes first, then the question: approve(value, "Go on?").'
        wrong = "must be plain text"
        raise OptionError("approve()", "question", wrong, advice=advice, place=here())
    type_ = type_of_value(value)
    port = Port("value", type_)
    name = checked_name("approve()", name)
    node = Approve(label=name, inputs=(port,), output=type_, question=question)
    scope = current()
    if scope is not None:
        return cast("T", call_node(scope, node, [(port, value)]))
    from flowdsl.dsl.runner import runner
    from flowdsl.ir.data_nodes import Input

    ids = NodeId("value"), NodeId(name)
    nodes = ((ids[0], Input(label="value", output=type_)), (ids[1], node))
    graph = Graph(PipelineName(name), nodes, (Edge(*ids, "value"),), (Output("value", ids[1]),))
    return cast("T", runner().call(graph, {"value": value}))
