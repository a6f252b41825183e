"""Layers of a drawing and the order inside each: the first half of the layered layout.

Source:
    Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981); the bound on
    a layer's width follows Coffman and Graham (1972). Edges of one source share a trunk through the layers they pass.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from typing import TypeAlias

Spot: TypeAlias = tuple[str, int]
"""A box (layer 0 in the pair's second place) or a trunk's place in a layer (its source and the layer, from 1)."""

_SWEEPS = 8
_LEAST_WIDTH = 8


@dataclass(slots=True)
class Layers:
    """Spots in layers, top layer first, left spot first, and the links between neighbouring layers."""

    rows: list[list[Spot]]
    above: dict[Spot, list[Spot]] = field(default_factory=dict[Spot, list[Spot]])
    below: dict[Spot, list[Spot]] = field(default_factory=dict[Spot, list[Spot]])
    layer: dict[str, int] = field(default_factory=dict[str, int])


def layers_of(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> Layers:
    """Put boxes in layers and order them so that few edges cross.

    Args:
        keys: The boxes, in an order in which they could run.
        edges: Pairs of boxes; the first stands before the second in `keys`.
    """
    layer = _assigned(keys, edges)
    found = Layers(rows=[[] for _ in range(max(layer.values(), default=-1) + 1)], layer=layer)
    for key in keys:
        found.rows[layer[key]].append((key, 0))
    _link(found, edges)
    _reorder(found)
    return found


def _assigned(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    sources: dict[str, list[str]] = {key: [] for key in keys}
    targets: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in edges:
        sources[target].append(source)
        targets[source].append(target)
    widest = max(_LEAST_WIDTH, round(sqrt(len(keys)) * 1.2))
    filled: dict[int, int] = {}
    layer: dict[str, int] = {}
    for key in keys:
        at = max((layer[source] + 1 for source in sources[key]), default=0)
        while filled.get(at, 0) >= widest:
            at += 1
        layer[key] = at
        filled[at] = filled.get(at, 0) + 1
    for key in reversed(keys):
        # What waits for nothing is drawn just above its first reader.
        if not sources[key] and targets[key]:
            at = min(layer[target] for target in targets[key]) - 1
            while at > layer[key] and filled.get(at, 0) >= widest:
                at -= 1
            filled[layer[key]] -= 1
            filled[at] = filled.get(at, 0) + 1
            layer[key] = at
    used = {at: number for number, at in enumerate(sorted(set(layer.values())))}
    return {key: used[at] for key, at in layer.items()}


def _link(found: Layers, edges: Sequence[tuple[str, str]]) -> None:
    for source, target in edges:
        before: Spot = (source, 0)
        for at in range(found.layer[source] + 1, found.layer[target]):
            trunk: Spot = (source, at)
            if trunk not in found.above:
                # In the middle: behind the boxes it would push every next row of a wide fan further aside.
                found.rows[at].insert(len(found.rows[at]) // 2, trunk)
                _join(found, before, trunk)
            before = trunk
        _join(found, before, (target, 0))


def _join(found: Layers, upper: Spot, lower: Spot) -> None:
    found.below.setdefault(upper, []).append(lower)
    found.above.setdefault(lower, []).append(upper)


def _reorder(found: Layers) -> None:
    best = [list(row) for row in found.rows]
    fewest = _crossings(found, best)
    rows = found.rows
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        links = found.above if downwards else found.below
        order = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        for at in order:
            fixed = rows[at - 1] if downwards else rows[at + 1]
            rows[at] = _by_barycentre(rows[at], fixed, links)
        crossed = _crossings(found, rows)
        if crossed < fewest:
            fewest, best = crossed, [list(row) for row in rows]
    found.rows = best


def _by_barycentre(
    row: list[Spot], fixed: list[Spot], links: Mapping[Spot, list[Spot]]
) -> list[Spot]:
    place = {spot: at for at, spot in enumerate(fixed)}
    wanted: dict[Spot, float] = {}
    scale = len(fixed) / max(len(row), 1)
    for at, spot in enumerate(row):
        near = [place[each] for each in links.get(spot, ())]
        wanted[spot] = sum(near) / len(near) if near else at * scale
    return sorted(row, key=lambda spot: wanted[spot])


def _crossings(found: Layers, rows: list[list[Spot]]) -> int:
    total = 0
    for upper, lower in pairwise(rows):
        place = {spot: at for at, spot in enumerate(lower)}
        seen: list[int] = []
        for spot in upper:
            ends = sorted(place[each] for each in found.below.get(spot, ()))
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                seen.insert(bisect_left(seen, end), end)
    return total
