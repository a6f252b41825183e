"""Timing in pairs: the two sides take turns, so that a slow minute of the machine hits both."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

Work = Callable[[], Awaitable[object]]


class Times(NamedTuple):
    """Seconds of one piece of work."""

    wall_s: float
    cpu_s: float


class Pair(NamedTuple):
    """The same work on both sides, time after time."""

    raw: list[Times]
    ours: list[Times]


class Spread(NamedTuple):
    """Middle and ends of some figures."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Spread:
        """The spread of at least one figure."""
        return cls(statistics.median(figures), min(figures), max(figures))


class Row(NamedTuple):
    """One line of the table."""

    name: str
    ratio: Spread
    target: float | None
    """The ratio is to be at most this; `None` for figures that are only shown."""
    told: str

    @property
    def is_met(self) -> bool:
        """Whether the median is within the target."""
        return self.target is None or self.ratio.median <= self.target


async def timed(work: Work) -> Times:
    """Do it once; what the other side left behind is cleared away before."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    return Times(time.perf_counter() - wall, time.process_time() - cpu)


async def paired(raw: Work, ours: Work, times: int, *, warm: int = 1) -> Pair:
    """Do both in turn."""
    pair = Pair([], [])
    await raw()
    await ours()
    # What is loaded already is not looked through at each collection: that would only empty the caches.
    gc.collect()
    gc.freeze()
    for number in range(times + warm):
        one, two = await timed(raw), await timed(ours)
        if number >= warm:
            pair.raw.append(one)
            pair.ours.append(two)
    gc.unfreeze()
    return pair


def ratios_cpu(pair: Pair) -> Spread:
    """CPU of ours over CPU of the other, pair by pair."""
    return Spread.of([two.cpu_s / one.cpu_s for one, two in zip(*pair, strict=True)])
