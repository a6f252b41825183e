"""One graph in the making: the root of a pipeline, or the body of a region."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from flowdsl.dsl.handles import Handle, Language, handle, name_of
from flowdsl.dsl.places import here
from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.tracing import EscapedHandleError
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.node import Node, Port

if TYPE_CHECKING:
    from flowdsl.ir.expr import Expr
    from flowdsl.ir.types import Type

_current: ContextVar[Scope | None] = ContextVar("flowdsl_scope", default=None)


class Computing(Language, Protocol):
    """What scopes need of the room above them: how expressions become nodes."""

    def materialise(self, scope: Scope, value: Handle, /) -> NodeId:
        """The node in a scope that computes a handle's expression."""
        ...


class UnderWay(NamedTuple):
    """A pipeline that is being traced."""

    pipeline: object
    """Whatever identifies it."""
    in_region: bool
    """Whether it was called inside a region, so that the call need not happen."""
    name: str = ""


class Session:
    """One tracing of one pipeline: what all its scopes share."""

    __slots__ = (
        "closed",
        "language",
        "names",
        "objects",
        "pipelines",
        "problems",
        "scopes",
        "shown",
        "stands_alone",
    )

    def __init__(self, language: Computing, pipelines: tuple[UnderWay, ...] = ()) -> None:
        self.language = language
        self.problems: list[FlowError] = []
        self.closed = False
        self.scopes = 0
        self.names: dict[str, Handle] = {}
        """Names used in expressions → the handle of the node they mean."""
        self.objects: dict[str, object] = {}
        """Names used in expressions → plain objects that an expression can't hold."""
        self.shown: dict[str, str] = {}
        """How handles were printed → their names."""
        self.pipelines = pipelines
        """Pipelines being traced, outermost first."""
        self.stands_alone = True
        """No call by name leads to a pipeline around this one, so the graph may be used elsewhere."""


class Scope:
    """Collects nodes and edges while a function runs on handles."""

    __slots__ = (
        "_counts",
        "captured",
        "computed",
        "edges",
        "nodes",
        "parent",
        "places",
        "ports",
        "serial",
        "session",
    )

    def __init__(
        self, session: Session, parent: Scope | None = None, ports: RegionPorts | None = None
    ) -> None:
        self.session = session
        self.parent = parent
        self.ports = ports
        session.scopes += 1
        self.serial = session.scopes
        self.nodes: list[tuple[NodeId, Node]] = []
        self.edges: list[Edge] = []
        self.places: dict[NodeId, Place] = {}
        self.computed: dict[Expr, NodeId] = {}
        self.captured: dict[tuple[int, NodeId], NodeId] = {}
        self._counts: dict[str, int] = {}

    @property
    def language(self) -> Computing:
        """How its handles' operators are understood."""
        return self.session.language

    def note_shown(self, text: str, name: str, /) -> None:
        """Remember how a handle was printed: the text may end up in the graph."""
        self.session.shown[text] = name

    def add(self, label: str, node: Node, place: Place | None) -> NodeId:
        """Put a node in, under an id of its own made from the label."""
        counts = self._counts
        count = counts.get(label, 0) + 1
        counts[label] = count
        node_id = label if count == 1 else f"{label}_{count}"
        while count > 1 and node_id in counts:
            count = counts[label] = count + 1
            node_id = f"{label}_{count}"
        if count > 1:
            counts[node_id] = 1
        made = NodeId(node_id)
        self.nodes.append((made, node))
        if place is not None:
            self.places[made] = place
        return made

    def add_input(self, label: str, type_: Type, **facts: object) -> Handle:
        """Put an input in, and give the handle of its value."""
        node_id = self.add(label, Input(label=label, output=type_, **facts), None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - facts are Input's own fields
        return handle(self, node_id, type_)

    def source_of(self, value: Handle) -> NodeId:
        """The node in this scope that gives a handle's value; captured or computed where need be."""
        if value._flow_expr is not None:
            return self.session.language.materialise(self, value)
        owner = value._flow_scope
        if owner is self:
            return value._flow_node
        return self.capture(value)

    def capture(self, value: Handle) -> NodeId:
        """Bring a value of an enclosing scope in, as an input of this body."""
        owner, node_id = scope_of(value), value._flow_node
        key = (owner.serial, node_id)
        known = self.captured.get(key)
        if known is not None:
            return known
        if owner.session is not self.session or not self._encloses(owner) or self.ports is None:
            raise EscapedHandleError(
                name_of(value), after_tracing=owner.session.closed, place=here()
            )
        port = self.ports.port_for(key, value)
        made = self.add(port, Input(label=port, output=value._flow_type), None)
        self.captured[key] = made
        return made

    def _encloses(self, owner: Scope) -> bool:
        scope: Scope | None = self.parent
        while scope is not None:
            if scope is owner:
                return True
            scope = scope.parent
        return False

    def finish(
        self, name: str, outputs: Iterable[tuple[str, NodeId]], description: str = ""
    ) -> Graph:
        """The graph as collected so far; inputs first."""
        inputs = [pair for pair in self.nodes if isinstance(pair[1], Input)]
        others = [pair for pair in self.nodes if not isinstance(pair[1], Input)]
        return Graph(
            PipelineName(name),
            (*inputs, *others),
            tuple(self.edges),
            tuple(Output(output, node) for output, node in outputs),
            description,
            MappingProxyType(self.places),
        )


class RegionPorts:
    """The ports of a region in the making: which outer values its bodies read, and under which names."""

    __slots__ = ("_by_key", "_taken", "values")

    def __init__(self, *reserved: str) -> None:
        self._taken = set(reserved)
        self._by_key: dict[tuple[int, NodeId], str] = {}
        self.values: list[tuple[str, Handle]] = []
        """Port name and the outer handle, in order of first use."""

    def port_for(self, key: tuple[int, NodeId], value: Handle) -> str:
        """The port that carries a value; the same one in every body of the region."""
        known = self._by_key.get(key)
        if known is None:
            known = value._flow_node
            number = 1
            while known in self._taken:
                number += 1
                known = f"{value._flow_node}_{number}"
            self._taken.add(known)
            self._by_key[key] = known
            self.values.append((known, value))
        return known

    def wired(self) -> list[tuple[Port, object]]:
        """Each port with the handle that feeds it."""
        return [(Port(name, value._flow_type), value) for name, value in self.values]


def current() -> Scope | None:
    """The scope being traced in this context; `None` outside a pipeline."""
    return _current.get()


def enter(scope: Scope) -> object:
    """Make a scope the current one; gives the token for `leave`."""
    return _current.set(scope)


def leave(token: object) -> None:
    """Go back to the scope before."""
    _current.reset(token)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the token `enter` gave


def _place_of(session: Session, pipeline: object) -> int:
    known = enumerate(session.pipelines)
    return next(number for number, each in known if each.pipeline is pipeline)


def name_to_call(scope: Scope, pipeline: object) -> tuple[str, bool]:
    """The name by which a call finds a pipeline around it, and whether a nearer one of the same name hides it."""
    around = scope.session.pipelines
    at = _place_of(scope.session, pipeline)
    name = around[at].name
    nearer = around[at + 1 :]
    return name, any(each.name == name and each.pipeline is not pipeline for each in nearer)


def unconditional_cycle(scope: Scope, pipeline: object) -> tuple[str, ...]:
    """Names along a pipeline's call of itself when nothing on the way could end it; else empty."""
    session = scope.session
    at = _place_of(session, pipeline)
    if at != len(session.pipelines) - 1:
        session.stands_alone = False
    inner = session.pipelines[at + 1 :]
    if scope.parent is not None or any(each.in_region for each in inner):
        return ()
    chain = [*(each.pipeline for each in session.pipelines[at:]), pipeline]
    return tuple(getattr(each, "__name__", "pipeline") for each in chain)


def scope_of(value: Handle) -> Scope:
    """The scope a handle was made in."""
    return cast("Scope", value._flow_scope)


def check_open(value: Handle) -> None:
    """Refuse a handle whose tracing is over.

    Raises:
        EscapedHandleError: It is used after its pipeline was traced.
    """
    if scope_of(value).session.closed:
        raise EscapedHandleError(name_of(value), after_tracing=True, place=here())
