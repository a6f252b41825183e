"""A layered layout: boxes of any size, edges that run downwards through the gaps between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flowdsl.ir.layers import Layers, Spot, layers_of

_PASSES = 6


class Size(NamedTuple):
    """Width and height, in the units of the drawing."""

    width: float
    height: float


class Gaps(NamedTuple):
    """Least distances, in the units of the drawing."""

    x: float
    """Between neighbours of one layer."""
    y: float
    """Between layers."""
    track: float
    """Between two edges that run sideways in one gap."""
    trunk: float
    """Room an edge takes where it passes a layer."""


class Leg(NamedTuple):
    """A part of an edge that crosses one gap: down from `top`, sideways at `bend`, down to `bottom`."""

    x1: float
    top: float
    bend: float
    x2: float
    bottom: float


class Route(NamedTuple):
    """An edge's way: where it starts, its legs, where it ends."""

    start: float
    """Lower border of its source."""
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands; x and y grow right and down from 0."""

    size: Size
    corners: Mapping[str, tuple[float, float]]
    """Upper left corner of each box."""
    routes: tuple[Route, ...]
    """In the order of the edges given."""


def lay_out(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]], gaps: Gaps) -> Layout:
    """Lay boxes out in layers, each below all it waits for.

    Args:
        sizes: The boxes, in an order in which they could run.
        edges: Pairs of boxes; one that runs against that order is laid like its opposite.
        gaps: Least distances.
    """
    number = {key: at for at, key in enumerate(sizes)}
    forward = [(a, b) if number[a] < number[b] else (b, a) for a, b in edges]
    layers = layers_of(
        list(sizes), list(dict.fromkeys(pair for pair in forward if pair[0] != pair[1]))
    )
    centres = _centres(layers, sizes, gaps)
    tracks = [_tracks(layers, centres, at) for at in range(len(layers.rows))]
    tops, heights = _heights(layers, sizes, gaps, tracks)
    left = min((centres[s] - _width(s, sizes, gaps) / 2 for s in centres), default=0.0)
    right = max((centres[s] + _width(s, sizes, gaps) / 2 for s in centres), default=0.0)
    centres = {spot: x - left for spot, x in centres.items()}
    corners = {
        key: (centres[key, 0] - sizes[key].width / 2, tops[layers.layer[key]]) for key in sizes
    }
    frame = _Frame(layers, centres, tops, heights, tracks, gaps)
    entries = _entries(forward, sizes, frame)
    routes = tuple(frame.route(a, b, entries.get((a, b)), sizes[a].height) for a, b in forward)
    bottom = tops[-1] + heights[-1] if tops else 0.0
    return Layout(Size(right - left, bottom), corners, routes)


def _width(spot: Spot, sizes: Mapping[str, Size], gaps: Gaps) -> float:
    return gaps.trunk if spot[1] else sizes[spot[0]].width


def _centres(layers: Layers, sizes: Mapping[str, Size], gaps: Gaps) -> dict[Spot, float]:
    centres: dict[Spot, float] = {}
    for row in layers.rows:
        at = 0.0
        for spot in row:
            width = _width(spot, sizes, gaps)
            centres[spot] = at + width / 2
            at += width + gaps.x
        for spot in row:
            centres[spot] -= at / 2
    for number in range(_PASSES):
        downwards = number % 2 == 0
        links = layers.above if downwards else layers.below
        for row in layers.rows if downwards else reversed(layers.rows):
            _settle(row, links, centres, {s: _width(s, sizes, gaps) for s in row}, gaps.x)
    return centres


def _settle(
    row: list[Spot],
    links: Mapping[Spot, list[Spot]],
    centres: dict[Spot, float],
    widths: Mapping[Spot, float],
    gap: float,
) -> None:
    """Bring a row as near to its neighbours as order and distances allow (least squares, by pooling)."""
    pools: list[tuple[float, float, int]] = []
    offsets: list[float] = []
    offset = 0.0
    for at, spot in enumerate(row):
        if at:
            offset += (widths[row[at - 1]] + widths[spot]) / 2 + gap
        offsets.append(offset)
        near = links.get(spot, ())
        weight = (4.0 if spot[1] else 1.0) if near else 0.01
        wanted = (sum(centres[each] for each in near) / len(near)) if near else centres[spot]
        pool = (wanted - offset, weight, 1)
        while pools and pools[-1][0] >= pool[0]:
            mean, heavy, count = pools.pop()
            total = heavy + pool[1]
            pool = ((mean * heavy + pool[0] * pool[1]) / total, total, count + pool[2])
        pools.append(pool)
    at = 0
    for mean, _, count in pools:
        for spot in row[at : at + count]:
            centres[spot] = mean + offsets[at]
            at += 1


def _tracks(layers: Layers, centres: Mapping[Spot, float], at: int) -> dict[Spot, int]:
    """For each spot of a layer the track on which its edges run sideways in the gap below; edges of one spot share it."""
    spans: list[tuple[float, float, Spot]] = []
    for spot in layers.rows[at]:
        ends = [centres[each] for each in layers.below.get(spot, ())] + [centres[spot]]
        if max(ends) - min(ends) > 1:
            spans.append((min(ends), max(ends), spot))
    free: list[float] = []
    found: dict[Spot, int] = {}
    for start, end, spot in sorted(spans):
        track = next((n for n, until in enumerate(free) if until < start), len(free))
        free[track : track + 1] = [end]
        found[spot] = track
    return found


def _heights(
    layers: Layers, sizes: Mapping[str, Size], gaps: Gaps, tracks: Sequence[Mapping[Spot, int]]
) -> tuple[list[float], list[float]]:
    tops: list[float] = []
    heights: list[float] = []
    top = 0.0
    for row, used in zip(layers.rows, tracks, strict=True):
        tall = max(sizes[key].height for key, trunk in row if not trunk) if _boxes(row) else 0.0
        tops.append(top)
        heights.append(tall)
        top += tall + gaps.y + gaps.track * max(used.values(), default=0)
    return tops, heights


def _boxes(row: list[Spot]) -> bool:
    return any(not trunk for _, trunk in row)


def _entries(
    edges: Sequence[tuple[str, str]], sizes: Mapping[str, Size], frame: _Frame
) -> dict[tuple[str, str], float]:
    """Where each edge enters its target's upper border: spread out, in the order in which they come."""
    coming: dict[str, dict[str, float]] = {}
    for source, target in edges:
        if source != target:
            last = frame.layers.layer[target] - 1
            spot = (source, last) if last > frame.layers.layer[source] else (source, 0)
            coming.setdefault(target, {})[source] = frame.centres[spot]
    found: dict[tuple[str, str], float] = {}
    for target, sources in coming.items():
        step = min(sizes[target].width * 0.6 / len(sources), 28.0)
        ordered = sorted(sources, key=lambda source: sources[source])
        for at, source in enumerate(ordered):
            found[source, target] = frame.centres[target, 0] + step * (at - (len(ordered) - 1) / 2)
    return found


@dataclass(frozen=True, slots=True)
class _Frame:
    """What routes are made from."""

    layers: Layers
    centres: Mapping[Spot, float]
    tops: Sequence[float]
    heights: Sequence[float]
    tracks: Sequence[Mapping[Spot, int]]
    gaps: Gaps

    def route(self, source: str, target: str, entry: float | None, height: float) -> Route:
        start, end = self.layers.layer[source], self.layers.layer[target]
        legs: list[Leg] = []
        spot: Spot = (source, 0)
        for at in range(start, end):
            following: Spot = (source, at + 1) if at + 1 < end else (target, 0)
            x2 = self.centres[following] if following[1] or entry is None else entry
            top = self.tops[at] + self.heights[at]
            track = self.tracks[at].get(spot, 0)
            bend = top + self.gaps.y / 2 + self.gaps.track * track
            legs.append(Leg(self.centres[spot], top, bend, x2, self.tops[at + 1]))
            spot = following
        return Route(self.tops[start] + height, tuple(legs))
