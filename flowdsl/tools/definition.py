"""Function → what a model is told about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowdsl.ir.node import Port


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """A tool as a model sees it."""

    name: str
    description: str
    """First paragraphs of the docstring, without its sections."""
    parameters: Mapping[str, object]
    """JSON Schema of the arguments; an object with one property a parameter."""


def define(name: str, docstring: str, ports: tuple[Port, ...]) -> ToolDefinition:
    """Describe a function.

    Args:
        name: The tool's name.
        docstring: Its text; argument descriptions are read from a Google, NumPy or reST section.
        ports: Its parameters.
    """
    from docstring_parser import parse

    from flowdsl.ir.schema import to_schema
    from flowdsl.ir.types import Field, Record

    read = parse(docstring)
    said = {each.arg_name: each.description or "" for each in read.params}
    fields = tuple(
        Field(port.name, port.type, port.required, said.get(port.name, "")) for port in ports
    )
    parts = (read.short_description, read.long_description)
    description = "\n\n".join(part.strip() for part in parts if part)
    return ToolDefinition(name, description, to_schema(Record(name, "schema", "schema", fields)))
