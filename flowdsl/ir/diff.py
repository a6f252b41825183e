"""The difference of two graphs, by what nodes do rather than by what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import ndiff
from typing import NamedTuple

from flowdsl.errors.printable import printable
from flowdsl.ir.fingerprints import contents_of
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.printer import node_lines


class Moved(NamedTuple):
    """A node that does the same under another id."""

    old: NodeId
    new: NodeId


class Changed(NamedTuple):
    """A node that stands in both graphs and is not the same."""

    node: NodeId
    lines: tuple[str, ...]
    """Old and new printed lines, marked `- ` and `+ `; what stayed is marked with two blanks."""
    unseen: bool
    """The difference does not show in the printed form, such as a function's code."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What has to be done to get from one graph to the other."""

    added: tuple[tuple[NodeId, tuple[str, ...]], ...] = ()
    """Id and printed lines."""
    removed: tuple[tuple[NodeId, tuple[str, ...]], ...] = ()
    changed: tuple[Changed, ...] = ()
    moved: tuple[Moved, ...] = ()
    affected: tuple[NodeId, ...] = ()
    """Nodes that did not change, but something that feeds them did."""
    outputs: tuple[str, ...] = ()
    """Outputs that are new, gone, or given by another node, as printed lines marked `+ ` or `- `."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved or self.outputs)

    def __str__(self) -> str:
        return printable("\n".join(self._lines())) or "no difference"

    def _lines(self) -> Iterator[str]:
        for mark, nodes in (("-", self.removed), ("+", self.added)):
            for _, lines in nodes:
                yield from (f"{mark} {line}" for line in lines)
        for each in self.changed:
            yield f"~ {each.node}" + (
                " (in what is not printed, such as its code)" if each.unseen else ""
            )
            yield from (f"  {line}" for line in each.lines)
        for old, new in self.moved:
            yield f"> {old} is now {new}"
        yield from self.outputs
        if self.affected:
            yield f"affected: {', '.join(self.affected)}"


def diff(old: Graph, new: Graph) -> Diff:
    """Match nodes by fingerprint, then by id, and say what differs."""
    pairs, moved = _matched(old, new)
    before, after = contents_of(old), contents_of(new)
    changed: list[Changed] = []
    affected: list[NodeId] = []
    renamed = {each.old: each.new for each in moved}
    for node_id in pairs:
        same = old.fingerprints[node_id] == new.fingerprints[node_id]
        if same and old[node_id] == new[node_id]:
            continue
        lines = _changes(old, new, node_id)
        if lines or before[node_id] != after[node_id]:
            changed.append(Changed(node_id, lines, unseen=not lines))
        elif not same:
            affected.append(node_id)
    kept = {*pairs, *renamed}
    arrived = {*pairs, *renamed.values()}
    return Diff(
        added=tuple((n, tuple(node_lines(new, n))) for n in new if n not in arrived),
        removed=tuple((n, tuple(node_lines(old, n))) for n in old if n not in kept),
        changed=tuple(changed),
        moved=moved,
        affected=tuple(affected),
        outputs=tuple(_outputs(old, new, renamed)),
    )


def _matched(old: Graph, new: Graph) -> tuple[tuple[NodeId, ...], tuple[Moved, ...]]:
    """Ids of nodes that stand in both, and the nodes that got another id."""
    same = {n for n in new if n in old and old.fingerprints[n] == new.fingerprints[n]}
    waiting: dict[str, list[NodeId]] = {}
    for node_id in old:
        if node_id not in same:
            waiting.setdefault(old.fingerprints[node_id], []).append(node_id)
    moved: list[Moved] = []
    for node_id in new:
        twins = waiting.get(new.fingerprints[node_id])
        if node_id not in same and twins:
            moved.append(Moved(twins.pop(0), node_id))
    gone = {each.old for each in moved}
    come = {each.new for each in moved}
    pairs = tuple(n for n in new if n in same or (n in old and n not in gone and n not in come))
    return pairs, tuple(moved)


def _changes(old: Graph, new: Graph, node_id: NodeId) -> tuple[str, ...]:
    before, after = list(node_lines(old, node_id)), list(node_lines(new, node_id))
    if before == after:
        return ()
    return tuple(line.rstrip("\n") for line in ndiff(before, after) if not line.startswith("?"))


def _outputs(old: Graph, new: Graph, renamed: dict[NodeId, NodeId]) -> Iterator[str]:
    before = {each.name: renamed.get(each.node, each.node) for each in old.outputs}
    after = {each.name: each.node for each in new.outputs}
    for name, node_id in before.items():
        if after.get(name) != node_id:
            yield f"- -> {name} = {node_id}"
    for name, node_id in after.items():
        if before.get(name) != node_id:
            yield f"+ -> {name} = {node_id}"
