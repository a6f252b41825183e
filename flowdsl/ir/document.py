"""The lossless JSON form of a graph, with a schema version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from flowdsl.errors.base import FlowError, ManyProblemsError, near, raise_all
from flowdsl.errors.graphs import DocumentError
from flowdsl.errors.types import NotEncodableError
from flowdsl.ir.code import identity_of
from flowdsl.ir.codec import read_class, write_class
from flowdsl.ir.data_nodes import Transform
from flowdsl.ir.graph import Graph
from flowdsl.ir.malformed import MalformedError
from flowdsl.ir.narrowing import is_dict
from flowdsl.ir.node import FunctionRef, Node
from flowdsl.ir.rebuild import map_graphs, map_nodes

SCHEMA_VERSION = 1
"""Version of the form that is written; raised whenever an older reader would misread it."""


def to_document(graph: Graph, *, places: bool = True) -> dict[str, object]:
    """The graph as JSON data, which `from_document` reads back.

    Functions are kept by module, name and code fingerprint.

    Args:
        graph: Its constants are JSON values or of types that `flowdsl.ir.values` can write.
        places: Keep where each node was written.

    Raises:
        DocumentError: A constant can't be written, or bodies are nested too deep; every such constant is listed.
    """
    try:
        stored = map_nodes(graph, _with_code)
        kept = stored if places else map_graphs(stored, lambda each: replace(each, places={}))
        written = write_class(Graph, kept)
    except RecursionError:
        raise _too_deep() from None
    except NotEncodableError as error:
        raise DocumentError("", f"a constant can't be kept: {error.message}") from error
    return {"schema_version": SCHEMA_VERSION, **written}


def _too_deep() -> DocumentError:
    return DocumentError(
        "",
        "its bodies are nested deeper than Python can follow",
        advice="write deep branches as steps one after the other, or as a loop().",
    )


def _with_code(node: Node) -> Node:
    if isinstance(node, Transform) and node.function.target is not None:
        code = identity_of(node.function).fingerprint
        return replace(node, function=replace(node.function, stored=code))
    return node


def from_document(document: object) -> Graph:
    """Read a graph back; its functions have no `target` until `attach` binds them.

    Raises:
        DocumentError: The version is unknown or the form is wrong; every problem is listed.
    """
    if not is_dict(document):
        raise DocumentError("", f"expected an object, found {type(document).__name__}")
    version = document.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise DocumentError(
            "schema_version",
            f"unknown version {version!r}; this flowdsl reads version {SCHEMA_VERSION}",
            advice="read it with the release that wrote it, or with a newer one.",
        )
    rest = {key: value for key, value in document.items() if key != "schema_version"}
    try:
        return read_class(Graph, rest, "")
    except RecursionError:
        raise _too_deep() from None
    except MalformedError as error:
        problems = [DocumentError(p.path, p.wrong, advice=p.advice) for p in error.problems]
        raise (ManyProblemsError(tuple(problems)) if problems[1:] else problems[0]) from error


def functions_of(graph: Graph) -> Iterator[FunctionRef]:
    """Every function the graph and its bodies name, in order, each origin once."""
    found: dict[str, FunctionRef] = {}

    def note(node: Node) -> Node:
        if isinstance(node, Transform):
            found.setdefault(node.function.origin, node.function)
        return node

    map_nodes(graph, note)
    return iter(found.values())


def attach(graph: Graph, functions: Mapping[str, Callable[..., object]]) -> Graph:
    """Bind the functions that a graph read from a document names.

    Args:
        graph: The graph.
        functions: By origin, `module:qualname`; functions the graph does not name are passed over.

    Raises:
        DocumentError: A function is missing; every one is listed.
    """
    missing: list[FlowError] = [
        DocumentError(
            ref.origin,
            "no function of this name was given",
            advice=near(ref.origin, list(functions)) or "give it in `functions`.",
        )
        for ref in functions_of(graph)
        if ref.target is None and ref.origin not in functions
    ]
    raise_all(missing)

    def bind(node: Node) -> Node:
        if isinstance(node, Transform) and node.function.target is None:
            target = functions[node.function.origin]
            return replace(node, function=replace(node.function, target=target))
        return node

    return map_nodes(graph, bind)
