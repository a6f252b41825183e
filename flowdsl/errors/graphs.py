"""FD140 to FD149: a graph, or a document that holds one, breaks a rule that every graph meets."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place, near


class DocumentError(FlowError):
    """A stored graph can't be read.

    The document is not what `to_document` writes: its `schema_version` is unknown, a node has an unknown kind, or a
    field is missing, unknown or of the wrong type. Every problem is listed with its path inside the document.

    ```python
    # wrong: {"schema_version": 99, …}; {"kind": "generat", …}
    document = to_document(graph)       # right: keep what this gives
    assert from_document(document) == graph
    ```
    """

    code: ClassVar[str] = "FD140"

    def __init__(
        self, path: str, wrong: str, *, advice: str = "", place: Place | None = None
    ) -> None:
        at = f"at {path}: " if path else ""
        super().__init__(
            f"the graph document can't be read: {at}{wrong}.",
            place=place,
            help=advice or "write the document anew with the version of flowdsl that reads it.",
        )
        self.path = path


class DuplicateIdError(FlowError):
    """Two nodes of one graph have the same id, so an edge can't say which of them it means."""

    code: ClassVar[str] = "FD141"

    def __init__(self, node: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"two nodes are called '{node}'.",
            place=place,
            help=f"give one of them another id, such as '{node}_2', or its step another name by .named(…).",
        )
        self.node = node


class MissingNodeError(FlowError):
    """An edge or an output names a node that the graph does not have."""

    code: ClassVar[str] = "FD142"

    def __init__(
        self, node: str, *, named_by: str, known: tuple[str, ...] = (), place: Place | None = None
    ) -> None:
        super().__init__(
            f"{named_by} names '{node}', which is not in the graph.",
            place=place,
            help=near(node, list(known)) or "add the node first.",
        )
        self.node = node


class UnknownPortError(FlowError):
    """A value goes into a port that its node does not have."""

    code: ClassVar[str] = "FD143"

    def __init__(
        self, node: str, port: str, *, known: tuple[str, ...] = (), place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{node}' has no port '{port}'.",
            place=place,
            help=near(port, list(known)) or f"'{node}' takes no values.",
        )
        self.node = node
        self.port = port


class FedTwiceError(FlowError):
    """Two values go into one port; a port takes one."""

    code: ClassVar[str] = "FD144"

    def __init__(
        self, node: str, port: str, *, sources: tuple[str, ...], place: Place | None = None
    ) -> None:
        super().__init__(
            f"'{node}.{port}' is fed {len(sources)} times: by {' and '.join(sources)}.",
            place=place,
            help="keep one of them, or join them in a step of its own.",
        )
        self.node = node
        self.port = port


class UnfedPortError(FlowError):
    """A required port gets no value: no edge ends there and no constant is set."""

    code: ClassVar[str] = "FD145"

    def __init__(self, node: str, port: str, *, takes: str, place: Place | None = None) -> None:
        super().__init__(
            f"'{node}.{port}' needs a value of type {takes}, but nothing feeds it.",
            place=place,
            help=f"pass {port}=… to '{node}', or give the parameter a default.",
        )
        self.node = node
        self.port = port


class CycleError(FlowError):
    """Nodes wait for each other in a circle, so none of them could ever start.

    Repetition is written as a region, which ends by its own rule: `loop(start, body, until=…)` or `each(items, body)`.
    """

    code: ClassVar[str] = "FD146"

    def __init__(self, nodes: tuple[str, ...], *, place: Place | None = None) -> None:
        super().__init__(
            f"these nodes wait for each other: {' → '.join((*nodes, nodes[0]))}.",
            place=place,
            help="cut one of these edges, or use loop(…) or each(…) for repetition.",
        )
        self.nodes = nodes


class MisfitError(FlowError):
    """A value of one type is given to a port of another, on an edge, as a constant, or across a region's border."""

    code: ClassVar[str] = "FD147"

    def __init__(
        self,
        source: str,
        gives: str,
        target: str,
        takes: str,
        *,
        why: str = "",
        cure: str = "",
        place: Place | None = None,
    ) -> None:
        told = why in {"", f"`{gives}` does not fit `{takes}`"}
        super().__init__(
            f"{source} gives {gives}, but {target} takes {takes}." + ("" if told else f" ({why})"),
            place=place,
            help=cure or f"declare {source} as {takes}, or put a converting step between them.",
        )
        self.source = source
        self.target = target


class PortsDifferError(FlowError):
    """What a node reads and the ports it has are not the same names.

    A template's variables, an expression's names and a body's inputs are the ports of their node.
    """

    code: ClassVar[str] = "FD148"

    def __init__(
        self,
        node: str,
        reader: str,
        *,
        missing: tuple[str, ...] = (),
        unread: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> None:
        said = [f"{reader} reads '{name}', for which there is no port" for name in missing]
        said += [f"port '{name}' is read by nothing" for name in unread]
        cures = [f"add a port for {', '.join(map(repr, missing))}"] if missing else []
        cures += [f"use or remove {', '.join(map(repr, unread))}"] if unread else []
        super().__init__(f"'{node}': {'; '.join(said)}.", place=place, help=f"{'; '.join(cures)}.")
        self.node = node
        self.missing = missing
        self.unread = unread


class NodeRuleError(FlowError):
    """A node says something that can't be carried out.

    For instance a timeout of no seconds, a retry of no attempts, two cases of a switch for one value, a loop with
    nothing that ends it, a body that gives no value, or a node that stands before one that feeds it.
    """

    code: ClassVar[str] = "FD149"

    def __init__(self, node: str, wrong: str, *, cure: str, place: Place | None = None) -> None:
        super().__init__(f"'{node}' {wrong}.", place=place, help=f"{cure}.")
        self.node = node
