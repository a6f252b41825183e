"""`flowdsl graph`: a pipeline's graph, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, assert_never

import typer

from flowdsl.cli.answers import Answer, command, to_json
from flowdsl.cli.arguments import AsJson, Inputs, Output, TargetName
from flowdsl.cli.files import write_file

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph

Form = Literal["text", "svg", "mermaid", "json"]


@command
def graph(
    target: TargetName,
    given: Inputs = None,
    *,
    form: Annotated[Form, typer.Option("--format", "-f", help="How it is drawn.")] = "text",
    output: Output = None,
    as_json: AsJson = False,
) -> Answer:
    """Draw a pipeline's graph.

    Inputs are needed only where they shape the graph (`Static`).
    """
    from flowdsl.cli.inputs import read_inputs
    from flowdsl.targets import load_target

    found = load_target(target)
    traced = found.graph(read_inputs(found.signature, given or [], None, complete=False))
    text = drawn(traced, form)
    document: dict[str, object] = {"name": traced.name, "format": form}
    if output is not None:
        write_file(output, text)
        return Answer("", {**document, "output": output}, f"wrote {output}")
    if as_json:
        from flowdsl.ir.document import to_document

        is_drawing = form in ("svg", "mermaid")
        document |= {"drawing": text} if is_drawing else {"graph": to_document(traced)}
    return Answer(text, document)


def drawn(graph: Graph, form: Form) -> str:
    """The graph in one of the forms."""
    match form:
        case "text":
            from flowdsl.ir.text_drawing import to_text_drawing

            return to_text_drawing(graph)
        case "svg":
            from flowdsl.ir.draw import to_svg

            return to_svg(graph)
        case "mermaid":
            from flowdsl.ir.mermaid import to_mermaid

            return to_mermaid(graph)
        case "json":
            from flowdsl.ir.document import to_document

            return to_json(to_document(graph))
        case _:
            assert_never(form)
