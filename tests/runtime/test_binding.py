"""How functions are called with values out of slots."""

from __future__ import annotations

import pytest

from flowdsl.ir.node import Node, Port, PortKind
from flowdsl.ir.types import INT
from flowdsl.runtime.binding import binding_of, call_of


def show(*args: object, **kwargs: object) -> tuple[object, object]:
    return args, kwargs


def node_with(*ports: tuple[str, PortKind, bool]) -> Node:
    return Node(
        label="f", inputs=tuple(Port(name, INT, required, kind) for name, kind, required in ports)
    )


@pytest.mark.parametrize(
    ("ports", "slots", "args", "kwargs"),
    [
        ((), {}, (), {}),
        ((("a", "positional", True),), {"a": 1}, ("v1",), {}),
        (
            (("a", "positional", True), ("b", "positional", True)),
            {"a": 1, "b": 0},
            ("v1", "v0"),
            {},
        ),
        ((("a", "positional", False), ("b", "positional", False)), {"b": 0}, (), {"b": "v0"}),
        (
            (("a", "positional", True), ("k", "keyword", False)),
            {"a": 0, "k": 2},
            ("v0",),
            {"k": "v2"},
        ),
        ((("a", "positional", True), ("k", "keyword", False)), {"a": 0}, ("v0",), {}),
        (
            (("a", "positional", True), ("r[0]", "rest", True), ("r[1]", "rest", True)),
            {"a": 0, "r[0]": 1, "r[1]": 2},
            ("v0", "v1", "v2"),
            {},
        ),
        ((("x", "rest_keyword", True),), {"x": 1}, (), {"x": "v1"}),
    ],
)
def test_values_go_where_python_would_put_them(
    ports: tuple[tuple[str, PortKind, bool], ...],
    slots: dict[str, int],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    binding = binding_of(node_with(*ports), slots)
    values: list[object] = ["v0", "v1", "v2"]

    assert call_of(show, binding)(values) == (args, kwargs)
    assert binding.arguments(values) == (args, kwargs)
