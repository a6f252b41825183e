"""What of a run an error carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class NodeView(Protocol):
    """What one node of a partial run did."""

    @property
    def state(self) -> str:
        """`done`, `failed`, `skipped`, `cancelled` or `waiting`."""
        ...

    @property
    def value(self) -> object:
        """What it gave."""
        ...


class PartialRun(Protocol):
    """What was done of a run; a `flowdsl.Run`."""

    @property
    def status(self) -> str:
        """`done`, `failed` or `cancelled`."""
        ...

    @property
    def seconds(self) -> float:
        """How long it went."""
        ...

    @property
    def nodes(self) -> Mapping[str, NodeView]:
        """Each node's record, by address."""
        ...

    def __getitem__(self, name: str, /) -> object:
        """A node's value."""
        ...
