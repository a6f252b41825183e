"""Content fingerprints: equal where two nodes do the same with the same.

Ids, labels, places, timeouts, retries and limits do not count, nor does the order of ports; order edges do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import get_type_hints

from flowdsl.errors.types import NotEncodableError
from flowdsl.ir.algorithms import topological_order
from flowdsl.ir.code import CodeIdentity, identity_of, value_identity
from flowdsl.ir.codec import codec_of
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.encoding import encode
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import Fingerprint, NodeId
from flowdsl.ir.kinds import KINDS, LATE
from flowdsl.ir.narrowing import is_tuple
from flowdsl.ir.node import FunctionRef, Node
from flowdsl.ir.prompt import Prompt, Template
from flowdsl.ir.region_nodes import Case
from flowdsl.ir.types import Type

_UNCOUNTED = frozenset(
    {"label", "policy", "tags", "lane", "limits", "repeatable", "description", "max_depth"}
    | {"inputs", "constants"}
)
"""Fields that say how a node is run or named, or what may be done with it, not what it gives; and two hashed apart."""


def fingerprints_of(graph: Graph) -> Mapping[NodeId, Fingerprint]:
    """Fingerprint of each node: what it does, and the fingerprints of all that feeds it.

    A node that can't be hashed (`opaque_nodes`) gets one that holds in this process only.
    """
    contents = contents_of(graph)
    found: dict[NodeId, Fingerprint] = {}
    for node_id in topological_order(graph):
        fed = sorted(
            [edge.port or "", found[edge.source]]
            for edge in graph.edges_into(node_id)
            if edge.source in found
        )
        found[node_id] = _hashed([contents[node_id], fed])
    return MappingProxyType({node_id: found[node_id] for node_id in graph if node_id in found})


def graph_fingerprint(graph: Graph) -> Fingerprint:
    """Fingerprint of a graph: its nodes' fingerprints and which of them are its outputs; its name does not count."""
    each = graph.fingerprints
    outputs = sorted([output.name, each[output.node]] for output in graph.outputs)
    return _hashed([sorted(each.values()), outputs])


def contents_of(graph: Graph) -> Mapping[NodeId, Fingerprint]:
    """Fingerprint of what each node does, whatever feeds it."""
    hasher = _Hasher()
    return {node_id: _hashed(hasher.content(node_id, node)) for node_id, node in graph.nodes}


def opaque_nodes(graph: Graph) -> Mapping[NodeId, tuple[str, ...]]:
    """Nodes whose code or constants can't be hashed, with the reasons: their results are never reused."""
    hasher = _Hasher()
    for node_id, node in graph.nodes:
        hasher.content(node_id, node)
    return hasher.opaque


@cache
def _counted(kind: str) -> tuple[tuple[str, object], ...]:
    hints = get_type_hints(KINDS[kind], localns=LATE)
    names = (each.name for each in fields(KINDS[kind]))
    return tuple((name, hints[name]) for name in names if name not in _UNCOUNTED)


def _hashed(value: object) -> Fingerprint:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return Fingerprint(sha256(text.encode()).hexdigest())


def _without_places(value: object) -> object:
    match value:
        case Template():
            return replace(value, place=None)
        case Prompt():
            bare = [
                tuple(
                    replace(each, place=None) if isinstance(each, Template) else each
                    for each in parts
                )
                for parts in (value.user, value.system)
            ]
            return Prompt(user=bare[0], system=bare[1])
        case _:
            return value


class _Hasher:
    """The contents of one graph's nodes; what nodes share is hashed once."""

    def __init__(self) -> None:
        self.opaque: dict[NodeId, tuple[str, ...]] = {}
        self._types: dict[int, object] = {}
        self._functions: dict[tuple[int, FunctionRef], CodeIdentity] = {}

    def content(self, node_id: NodeId, node: Node) -> object:
        parts: dict[str, object] = {"kind": node.kind, "on_error": node.policy.on_error}
        if isinstance(node, Input):
            parts["name"] = node.label
        parts["ports"] = sorted([port.name, self._type(port.type)] for port in node.inputs)
        constants = [[name, self._value(node_id, each)] for name, each in node.constants]
        parts["constants"] = sorted(constants, key=lambda pair: str(pair[0]))
        for name, hint in _counted(node.kind):
            parts[name] = self._part(node_id, getattr(node, name), hint)
        return parts

    def _part(self, node_id: NodeId, value: object, hint: object) -> object:
        match value:
            case FunctionRef():
                return self._code(node_id, value)
            case Graph():
                return self._body(node_id, value)
            case Case():
                return [self._value(node_id, value.when), self._body(node_id, value.body)]
            case _ if hint == tuple[Case, ...] and is_tuple(value):
                return [self._part(node_id, case, Case) for case in value]
            case _:
                return self._plain(node_id, value, hint)

    def _plain(self, node_id: NodeId, value: object, hint: object) -> object:
        if hint == Type:
            return self._type(value)
        if hint is object:
            return self._value(node_id, value)
        return codec_of(hint).write(_without_places(value))

    def _type(self, type_: object) -> object:
        # Most nodes of a graph share their types, and identity is a key that costs nothing.
        key = id(type_)
        if key not in self._types:
            self._types[key] = _hashed(codec_of(Type).write(type_))
        return self._types[key]

    def _body(self, node_id: NodeId, body: Graph) -> str:
        reasons = [each for found in opaque_nodes(body).values() for each in found]
        if reasons:
            self._note(node_id, tuple(reasons))
        return graph_fingerprint(body)

    def _value(self, node_id: NodeId, value: object) -> object:
        try:
            return encode(value)
        except NotEncodableError:
            identity = value_identity(value, "a constant")
        return self._known(node_id, identity, value)

    def _code(self, node_id: NodeId, ref: FunctionRef) -> object:
        key = (id(ref.target), ref)
        if key not in self._functions:
            self._functions[key] = identity_of(ref)
        return self._known(node_id, self._functions[key], ref.target or ref.origin)

    def _known(self, node_id: NodeId, identity: CodeIdentity, value: object) -> object:
        if identity.fingerprint is not None:
            return identity.fingerprint
        self._note(node_id, identity.opaque_because)
        return f"opaque {value if isinstance(value, str) else id(value)}"

    def _note(self, node_id: NodeId, reasons: tuple[str, ...]) -> None:
        self.opaque[node_id] = (*self.opaque.get(node_id, ()), *reasons)
