"""Nodes that own graphs: control flow is structured, never a jump.

A body's inputs have the names of the region's ports; what differs is said per region. A body's main result is its
output named `value`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from flowdsl.ir.effects import PURE, UNKNOWN, Effects
from flowdsl.ir.expr import Scalar
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import PipelineName
from flowdsl.ir.node import Node
from flowdsl.ir.policy import Limits


def _effects_of(*graphs: Graph) -> Effects:
    total = PURE
    for graph in graphs:
        for _, node in graph.nodes:
            total |= node.effects
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Node):
    """A node that owns graphs."""

    @property
    def bodies(self) -> tuple[tuple[str, Graph], ...]:
        """Name and graph of each body."""
        return ()

    @property
    def effects(self) -> Effects:
        """All that its bodies may do."""
        return _effects_of(*(graph for _, graph in self.bodies))


@dataclass(frozen=True, slots=True, kw_only=True)
class Each(Region):
    """The body once per item of port `items`; gives the list of results, in the items' order.

    The body reads the item as its input `item`. With `carry`, items run one after the other: the body reads the
    carried value as its input `carry` (port `carry` holds the first one), its `value` is the next one, and the last
    one is the result. A body output `stop` ends the iteration after that item, `skip` leaves the item's result out.
    """

    kind: ClassVar[str] = "each"

    body: Graph
    limits: Limits = field(default_factory=Limits)
    carry: bool = False
    on_item_error: Literal["fail", "skip"] = "fail"
    """`skip` leaves a failed item's result out and says so in the events."""

    @property
    def bodies(self) -> tuple[tuple[str, Graph], ...]:
        """The one body."""
        return (("body", self.body),)


@dataclass(frozen=True, slots=True, kw_only=True)
class While(Region):
    """The body again and again over a value that starts as port `carry`; gives the last value.

    `test` (output `value`, a truth) is asked before each round; a body output `stop` is asked after it. At least one
    of the two exists.
    """

    kind: ClassVar[str] = "while"

    body: Graph
    test: Graph | None = None
    max_rounds: int = 100
    """Upper bound of rounds, at least 1."""
    on_limit: Literal["fail", "keep"] = "fail"
    """What reaching `max_rounds` unfinished means: an error, or the value as it is."""

    @property
    def bodies(self) -> tuple[tuple[str, Graph], ...]:
        """The body, and the test where there is one."""
        return (
            (("body", self.body),)
            if self.test is None
            else (("test", self.test), ("body", self.body))
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One branch of a switch."""

    when: Scalar
    """The subject's value that selects it; `True`/`False` for a plain condition."""
    body: Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Region):
    """One of several bodies, chosen by the value on port `on`; without a match `default`, else an error."""

    kind: ClassVar[str] = "switch"

    cases: tuple[Case, ...]
    default: Graph | None = None

    @property
    def bodies(self) -> tuple[tuple[str, Graph], ...]:
        """The cases in order, then the default."""
        named = tuple((f"case {case.when!r}", case.body) for case in self.cases)
        return named if self.default is None else (*named, ("default", self.default))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subflow(Region):
    """Another pipeline, called as a step; its graph is shared, not copied."""

    kind: ClassVar[str] = "subflow"

    graph: Graph

    @property
    def pipeline(self) -> PipelineName:
        """The pipeline's name."""
        return self.graph.name

    @property
    def bodies(self) -> tuple[tuple[str, Graph], ...]:
        """The pipeline's graph."""
        return (("graph", self.graph),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A pipeline found by name while running: recursion, and pipelines made by pipelines."""

    kind: ClassVar[str] = "call"

    pipeline: PipelineName
    max_depth: int = 1_000
    """How deep calls of it may nest; a guard against recursion that never ends, for no Python frame is held."""

    @property
    def effects(self) -> Effects:
        """Unknown until it runs."""
        return UNKNOWN
