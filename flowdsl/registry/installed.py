"""Pipelines registered by installed distributions, read from their metadata; nothing of theirs is imported."""

from __future__ import annotations

from dataclasses import dataclass

GROUP = "flowdsl.pipelines"
"""The entry-point group a distribution registers its pipelines in."""


@dataclass(frozen=True, slots=True, order=True)
class Registered:
    """One registered pipeline."""

    name: str
    target: str
    """`module:name`."""
    distribution: str
    """Name and version of what brings it; empty when unknown."""


def installed() -> list[Registered]:
    """Every registered pipeline, by name; where two share a name, both are listed."""
    from importlib.metadata import entry_points

    return sorted(
        Registered(
            point.name,
            point.value,
            "" if point.dist is None else f"{point.dist.name} {point.dist.version}",
        )
        for point in entry_points(group=GROUP)
    )
