"""What `@tool` makes."""

from __future__ import annotations

from functools import cached_property
from typing import ParamSpec, TypeVar

from flowdsl.dsl.steps import Step
from flowdsl.tools.definition import ToolDefinition, define

P = ParamSpec("P")
R = TypeVar("R")


class Tool(Step[P, R]):
    """A step that a model may call, too."""

    @cached_property
    def definition(self) -> ToolDefinition:
        """Name, description and JSON Schema of the arguments, as a model is told."""
        return define(self.name, self.__doc__ or "", self.signature.ports)
