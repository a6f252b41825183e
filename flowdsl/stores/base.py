"""The store port: where runs are kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from flowdsl.ir.usage import Usage


class RunRecord(NamedTuple):
    """What is kept of one run."""

    run_id: str
    pipeline: str
    status: Literal["done", "failed", "cancelled"]
    started_at_s: float
    """Seconds since 1970, UTC."""
    seconds: float
    nodes: int
    """Nodes of the pipeline's graph."""
    usage: Usage
    cost_usd: Decimal | None
    """`None` when unknown."""
    price_source: str | None = None
    """The table of prices behind it, such as `genai-prices 0.2.3`; `None` when nothing was paid."""


class Store(Protocol):
    """Where runs are kept."""

    def keep(self, record: RunRecord, /) -> None:
        """Keep the record of a run that is over."""
        ...

    def runs(self) -> Sequence[RunRecord]:
        """The records kept, oldest first."""
        ...
