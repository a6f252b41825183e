"""Node kinds and bodies in the words pipelines are written in; documents keep the kinds' own names."""

from __future__ import annotations

from flowdsl.ir.data_nodes import Compute, Transform
from flowdsl.ir.graph import Graph
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.node import Node
from flowdsl.ir.region_nodes import Region, Subflow, Switch, While

_WORDS = {
    Transform.kind: "step",
    Generate.kind: "prompt",
    Compute.kind: "expression",
    While.kind: "loop",
    Subflow.kind: "pipeline",
}


def word_of(node: Node) -> str:
    """What a user calls a node of this kind: `step`, `prompt`, `expression`, `when`, …."""
    if isinstance(node, Switch) and _is_when(node):
        return "when"
    return _WORDS.get(node.kind, node.kind)


def named_bodies(region: Region) -> tuple[tuple[str, Graph], ...]:
    """A region's bodies; those of a `when` by the names they have there."""
    if not isinstance(region, Switch) or not _is_when(region):
        return region.bodies
    names = ["then" if case.when is True else "otherwise" for case in region.cases]
    # Two branches of one name would hide which is which.
    if len(set(names)) < len(names) or (region.default is not None and "otherwise" in names):
        return region.bodies
    bodies = tuple(body for _, body in region.bodies)
    return tuple(zip((*names, "otherwise"), bodies, strict=False))


def _is_when(node: Switch) -> bool:
    return bool(node.cases) and all(isinstance(case.when, bool) for case in node.cases)
