"""Which values put a picture or a document before a model, and which of them are known before the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flowdsl.errors.asking import MediaUnsupportedError
from flowdsl.errors.base import FlowError
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.message import MediaPart
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.narrowing import is_dict, is_list, is_set, is_tuple
from flowdsl.ir.region_nodes import Each, Subflow
from flowdsl.prompts.media import parts_of
from flowdsl.runtime.preflight import media_in

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.ids import NodeId
    from flowdsl.runtime.context import FindsModels

_DEPTH = 4


def shows(value: object, kind: str, depth: int = _DEPTH) -> bool:
    """Whether a value is a medium of a kind, or collects one; what a record holds may be left out of the prompt."""
    if any(isinstance(part, MediaPart) and part.kind == kind for part in parts_of(value)):
        return True
    return depth > 0 and any(shows(each, kind, depth - 1) for each in _collected(value))


def _collected(value: object) -> Iterable[object]:
    if is_list(value) or is_tuple(value) or is_set(value):
        return value
    return value.values() if is_dict(value) else ()


def port_showing(values: Mapping[str, object], kind: str) -> str | None:
    """The parameter whose value is or holds a medium of a kind, fields of records too; `None` when it can't be told."""
    fields = {name: list(_fields(value)) for name, value in values.items()}
    found = (name for name, value in values.items() if shows(value, kind))
    inside = (name for name, held in fields.items() if shows(held, kind))
    return next(found, next(inside, None))


def _fields(value: object) -> Iterable[object]:
    own: object = getattr(value, "__dict__", None)
    return own.values() if is_dict(own) else ()


def refused_documents(
    graph: Graph, inputs: Mapping[str, object], models: FindsModels
) -> list[FlowError]:
    """PDFs among a run's inputs and constants that go straight to a model which takes no documents.

    A document may be plain text, which every model takes, so that its type tells nothing; its value does. What lies in
    a branch or a loop is left to the run.
    """
    given = {
        node_id: inputs.get(node_id, node.default)
        for node_id, node in graph.nodes
        if isinstance(node, Input)
    }
    return list(_refused(graph, given, models))


def _refused(
    graph: Graph, known: Mapping[NodeId, object], models: FindsModels
) -> Iterator[FlowError]:
    for node_id, node in graph.nodes:
        if not isinstance(node, Generate | Each | Subflow):
            continue
        # Only what is declared to be a document is looked at: an input may be a list of a million texts.
        may = {port.name for port in node.inputs if media_in(port.type) == "document"}
        values = {name: value for name, value in node.constants if name in may} | {
            edge.port: known[edge.source]
            for edge in graph.edges_into(node_id)
            if edge.port in may and edge.source in known
        }
        ports = [name for name, value in values.items() if shows(value, "document")]
        if not ports:
            continue
        if isinstance(node, Generate):
            model = _blind(node, models)
            place = graph.places.get(node_id)
            for port in ports if model else ():
                yield MediaUnsupportedError(node.label, port, "document", model, place=place)
        else:
            yield from _refused_inside(node, values, models)


def _refused_inside(
    node: Each | Subflow, values: Mapping[str, object], models: FindsModels
) -> Iterator[FlowError]:
    # An item is not known by itself; what a model is shown of a list with a PDF in it, some item shows.
    named = dict(values)
    if "items" in values:
        named["item"] = values["items"]
    for _, body in node.bodies:
        inner = {each: named[each] for each, _ in body.inputs if each in named}
        yield from _refused(body, inner, models)


def _blind(node: Generate, models: FindsModels) -> str:
    """The full name of the model, when it is known to take no documents; else empty."""
    try:
        model = models(node.model)
    except FlowError:  # told by the look at all models
        return ""
    return "" if model.can is None or model.can.documents else model.full_name
