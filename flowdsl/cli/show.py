"""`flowdsl show`: what a pipeline takes, gives and asks of models."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowdsl.cli.answers import Answer, command, plain
from flowdsl.cli.arguments import AsJson, Inputs, TargetName

if TYPE_CHECKING:
    from flowdsl.dsl.signature import Parameter
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.types import Type
    from flowdsl.targets import Target


@command
def show(
    target: TargetName,
    given: Inputs = None,
    *,
    as_json: AsJson = False,  # noqa: ARG001 - read by `main`
) -> Answer:
    """Show what a pipeline takes, gives and asks."""
    from flowdsl.cli.inputs import read_inputs
    from flowdsl.ir.text_drawing import to_text_drawing
    from flowdsl.targets import load_target

    found = load_target(target)
    graph = found.graph(read_inputs(found.signature, given or [], None, complete=False))
    return Answer(_text(found, graph, to_text_drawing(graph)), _document(found, graph))


def _text(target: Target, graph: Graph, drawing: str) -> str:
    from flowdsl.ir.show import show as shown

    signature = target.signature
    lines = [f"{target.kind} {target.name}", *_about(target), "", "takes"]
    width = max((len(each.port.name) for each in signature.parameters), default=0)
    lines += [
        f"  {each.port.name:<{width}}  {shown(each.port.type)}{_notes(each)}"
        for each in signature.parameters
    ] or ["  nothing"]
    lines += ["", "gives", f"  {shown(target.gives(graph))}", "", "asks"]
    lines += [
        f"  {name or 'the default model'}: {', '.join(steps)}" for name, steps in models_of(graph)
    ] or ["  no model"]
    return "\n".join([*lines, "", drawing.rstrip("\n")])


def _document(target: Target, graph: Graph) -> dict[str, object]:
    from flowdsl.errors.base import FlowError
    from flowdsl.ir.schema import to_schema
    from flowdsl.ir.show import show as shown

    def schema(type_: Type) -> object:
        try:
            return to_schema(type_)
        except FlowError:  # a type without a JSON form
            return None

    output = target.gives(graph)
    return {
        "name": target.name,
        "kind": target.kind,
        "about": " ".join(_about(target)),
        "inputs": [
            {
                "name": each.port.name,
                "type": shown(each.port.type),
                "schema": schema(each.port.type),
                "required": each.port.required,
                "default": plain(each.default) if each.has_default else None,
                "static": each.is_static,
            }
            for each in target.signature.parameters
        ],
        "output": {"type": shown(output), "schema": schema(output)},
        "models": [{"model": name, "steps": steps} for name, steps in models_of(graph)],
    }


def _about(target: Target) -> list[str]:
    doc = inspect.cleandoc(target.thing.__doc__ or "").partition("\n\n")[0]
    return doc.splitlines()


def _notes(parameter: Parameter) -> str:
    from flowdsl.runtime.telling import brief

    notes = ["static"] if parameter.is_static else []
    notes += [f"default {brief(parameter.default)}"] if parameter.has_default else []
    return f"  ({', '.join(notes)})" if notes else ""


def models_of(graph: Graph) -> list[tuple[str | None, list[str]]]:
    """Models that a graph asks, as they are named, and the steps that ask each; `None` is the default model."""
    found: dict[str | None, list[str]] = {}
    for model, step in _asked(graph):
        steps = found.setdefault(model, [])
        if step not in steps:
            steps.append(step)
    return list(found.items())


def _asked(graph: Graph) -> Iterator[tuple[str | None, str]]:
    from flowdsl.ir.model_nodes import Generate
    from flowdsl.ir.region_nodes import Region

    for _, node in graph.nodes:
        if isinstance(node, Generate):
            yield node.model, node.label
        elif isinstance(node, Region):
            for _, body in node.bodies:
                yield from _asked(body)
