"""Nodes that need no model: inputs, plain functions, expressions, text, approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from flowdsl.ir.effects import PURE, Effect, Effects, Resource
from flowdsl.ir.expr import Expr
from flowdsl.ir.node import FunctionRef, Node
from flowdsl.ir.policy import Lane

if TYPE_CHECKING:
    from flowdsl.ir.prompt import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Node):
    """A value the graph is given from outside; its label is the parameter's name."""

    kind: ClassVar[str] = "input"

    required: bool = True
    default: object = None
    """The value when nothing is given; meaningless while `required`."""
    description: str = ""

    @property
    def effects(self) -> Effects:
        """None."""
        return PURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform(Node):
    """A plain Python function (`@step`)."""

    kind: ClassVar[str] = "transform"

    function: FunctionRef
    lane: Lane = "lane"
    declared: Effects = PURE
    """What the author says it does; a step is taken to be pure unless declared otherwise."""

    @property
    def effects(self) -> Effects:
        """As declared."""
        return self.declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute(Node):
    """An expression over its input ports."""

    kind: ClassVar[str] = "compute"

    expr: Expr

    @property
    def effects(self) -> Effects:
        """None."""
        return PURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Node):
    """Text out of a template over the input ports (`text(...)`)."""

    kind: ClassVar[str] = "text"

    template: Template

    @property
    def effects(self) -> Effects:
        """None."""
        return PURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Node):
    """A person says yes or no; the value on port `value` passes through on yes."""

    kind: ClassVar[str] = "approve"

    question: str

    @property
    def effects(self) -> Effects:
        """A person may answer differently each time, and is asked outside."""
        return Effects(Effect.VARIES | Effect.WRITES, writes=(Resource("outside", "person"),))
