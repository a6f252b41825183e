"""How a function is called with values out of slots: the shape is settled once, when the plan is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flowdsl.ir.node import Node
from flowdsl.runtime.ops import Values

Function = Callable[..., object]
Arguments = tuple[tuple[object, ...], dict[str, object]]


class Binding(NamedTuple):
    """Which slots go where."""

    positional: tuple[int, ...]
    keywords: tuple[tuple[str, int], ...]

    def arguments(self, values: Values) -> Arguments:
        """The arguments of one call."""
        return (
            tuple([values[slot] for slot in self.positional]),
            {name: values[slot] for name, slot in self.keywords},
        )


def binding_of(node: Node, slots: dict[str, int]) -> Binding:
    """Bind a node's ports; a port without a slot is left to the function's default."""
    positional: list[int] = []
    keywords: list[tuple[str, int]] = []
    has_gap = False
    for port in node.inputs:
        slot = slots.get(port.name)
        if slot is None:
            has_gap = has_gap or port.kind == "positional"
        elif port.kind in ("positional", "rest") and not has_gap:
            positional.append(slot)
        else:
            keywords.append((port.name, slot))
    return Binding(tuple(positional), tuple(keywords))


def call_of(function: Function, binding: Binding) -> Callable[[Values], object]:
    """The function as a call on a frame's values, in the quickest form its shape allows."""
    if binding.keywords:
        return _mixed(function, binding)
    match binding.positional:
        case ():
            return lambda _: function()
        case (slot,):
            return lambda values: function(values[slot])
        case slots:
            return lambda values: function(*[values[slot] for slot in slots])


def _mixed(function: Function, binding: Binding) -> Callable[[Values], object]:
    def call(values: Values) -> object:
        args, kwargs = binding.arguments(values)
        return function(*args, **kwargs)

    return call
