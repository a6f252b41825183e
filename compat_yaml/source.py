"""A document that was read: plain values, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from compat_yaml.scalars import Scalar
from flowdsl.errors.base import FlowError, Place

Tree: TypeAlias = "Scalar | list[Tree] | dict[Scalar, Tree]"
"""What a document says; lists and dicts that an alias stands for are one object."""
Spot: TypeAlias = tuple[int, int]
"""Line and column, counted from 0."""
_SHOWN = 120
"""Characters of a line that an error shows."""


@dataclass(slots=True)
class Spots:
    """Where the parts of one list or mapping stand."""

    own: Spot
    values: dict[Scalar, Spot] = field(default_factory=dict[Scalar, Spot])
    """By key or index."""
    keys: dict[Scalar, Spot] = field(default_factory=dict[Scalar, Spot])
    size: int = 1
    """Values in it, itself and what aliases stand for included."""


class Source:
    """A document that was read, and where everything in it stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        """File as the user named it."""
        self.text = text
        self.tree: Tree = None
        self.problems: list[FlowError] = []
        """What is wrong with it as YAML."""
        self.warnings: list[FlowError] = []
        self._spots: dict[int, Spots] = {}

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.splitlines()

    def note(self, holder: list[Tree] | dict[Scalar, Tree], spot: Spot) -> Spots:
        """Remember where a list or mapping begins; gives what its parts are noted in."""
        self._spots[id(holder)] = spots = Spots(spot)
        return spots

    def spots_of(self, holder: Tree) -> Spots | None:
        """Where the parts of a list or mapping of this document stand; `None` of one that it does not hold."""
        return self._spots.get(id(holder))

    def place(self, spot: Spot) -> Place:
        """A line and a column, counted from 0, as errors tell them."""
        line, column = spot
        shown = self._lines[line][:_SHOWN] if line < len(self._lines) else ""
        return Place(self.name, line + 1, column + 1, snippet=shown)

    def place_of(self, holder: Tree, key: Scalar = None) -> Place:
        """Where the value under a key or an index stands; without a key, where the list or mapping itself begins."""
        spots = self._spots.get(id(holder))
        if spots is None:
            return self.place((0, 0))
        return self.place(spots.own if key is None else spots.values.get(key, spots.own))

    def place_of_key(self, holder: Tree, key: Scalar) -> Place:
        """Where a key stands."""
        spots = self._spots.get(id(holder))
        return self.place((0, 0) if spots is None else spots.keys.get(key, spots.own))
