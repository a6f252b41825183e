"""Results of an earlier run, taken where the code, what goes in, and the place are the same.

The user named the run, so answers of models are taken too. What reads or changes the world is done anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from flowdsl.errors.base import FlowError
from flowdsl.events.records import NodeSkipped
from flowdsl.ir.effects import Effect
from flowdsl.ir.region_nodes import Region
from flowdsl.runtime.lookup import steps_of
from flowdsl.runtime.ops import UNSET, At, Frame, Mode, Op

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph
    from flowdsl.ir.ids import Fingerprint, NodeId
    from flowdsl.runtime.outcome import Outcome

_WORLD = Effect.READS | Effect.WRITES
Contents = Mapping["NodeId", "Fingerprint"]


class Earlier:
    """What an earlier run gave, by address."""

    def __init__(self, run: Outcome[object]) -> None:
        self._run_id = run.run_id
        self._steps = {path: (frame, op) for path, frame, op in steps_of(run.root)}
        self._contents: dict[int, tuple[Graph, Contents]] = {}
        self._graph_of = {id(run.root.plan): run.graph}
        self._see_bodies(run.root)

    def _see_bodies(self, frame: Frame) -> None:
        """Remember which graph each frame's plan was made of."""
        for op in frame.plan.ops:
            graphs = dict(op.node.bodies) if isinstance(op.node, Region) else {}
            for name, plan in op.bodies:
                self._graph_of[id(plan)] = graphs[name]
            for child in (frame.children or {}).get(op.index, ()):
                self._see_bodies(child)

    def wrap(self, op: Op, graph: Graph) -> None:
        """Let an op look here before it runs."""
        if op.node.effects & _WORLD:
            return
        if op.mode is Mode.REGION:
            op.enter = partial(self._enter, op.enter, graph)
            return
        run = _running(op)
        op.mode, op.acall, op.handle = Mode.HANDLE, None, partial(self._handle, run, graph)

    async def _handle(self, run: Callable[[At], Awaitable[object]], graph: Graph, at: At) -> object:
        value = self._find(graph, at)
        return await run(at) if value is UNSET else value

    def _enter(self, enter: Callable[[At], None], graph: Graph, at: At) -> None:
        began = at.execution.clock()
        value = self._find(graph, at)
        if value is UNSET:
            enter(at)
            return
        frame, op = self._steps[at.path]
        if frame.children and op.index in frame.children:
            at.frame.children = {**(at.frame.children or {}), at.op.index: frame.children[op.index]}
        at.execution.complete(at.frame, at.op, value, began)

    def _find(self, graph: Graph, at: At) -> object:
        """The earlier value of the same work on the same arguments; `UNSET` when there is none."""
        found = self._steps.get(at.path)
        if found is None:
            return UNSET
        frame, op = found
        value = frame.values[op.index]
        if value is UNSET or (frame.skipped and op.index in frame.skipped):
            return UNSET
        earlier = self._graph_of.get(id(frame.plan))
        if earlier is None or self._content(graph, at.op) != self._content(earlier, op):
            return UNSET
        if not _same_arguments(at.frame, at.op, frame, op):
            return UNSET
        at.execution.note(NodeSkipped(at.now, at.path, f"its result is that of run {self._run_id}"))
        return value

    def _content(self, graph: Graph, op: Op) -> Fingerprint:
        if id(graph) not in self._contents:
            from flowdsl.ir.fingerprints import contents_of

            self._contents[id(graph)] = (graph, contents_of(graph))
        return self._contents[id(graph)][1][op.id]


def _running(op: Op) -> Callable[[At], Awaitable[object]]:
    acall, invoke, mode, handle = op.acall, op.invoke, op.mode, op.handle

    async def run(at: At) -> object:
        if acall is not None:
            return await acall(at.frame.values)
        return invoke(at.frame.values) if mode is Mode.CALL else await handle(at)

    return run


def _same_arguments(frame: Frame, op: Op, earlier: Frame, was: Op) -> bool:
    slots, old = dict(op.sources), dict(was.sources)
    return slots.keys() == old.keys() and all(
        same(frame.values[slot], earlier.values[old[port]]) for port, slot in slots.items()
    )


def same(one: object, other: object) -> bool:
    """Whether two values are the same through and through; what cannot be written down never is."""
    if one is other:
        return True
    from flowdsl.ir.values import canonical

    try:
        return canonical(one) == canonical(other)
    except FlowError:
        return False
