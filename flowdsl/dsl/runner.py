"""The way up to the engine, without importing it: a call outside a pipeline is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph


class Runner(Protocol):
    """Runs a graph to its end and gives the value of its output `value`."""

    def call(self, graph: Graph, inputs: Mapping[str, object], /) -> object:
        """Run in this thread, blocking until done."""
        ...


_bound: list[Runner] = []


def bind(runner: Runner) -> None:
    """Make this the runner of all calls outside a pipeline; the engine does it when it is imported."""
    _bound[:] = [runner]


def runner() -> Runner:
    """The bound runner; the engine is loaded on first use."""
    if not _bound:
        from importlib import import_module

        import_module("flowdsl.engine")
    return _bound[0]
