"""A store that lives as long as the process."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from flowdsl.stores.base import RunRecord


class MemoryStore:
    """Keeps the last runs in memory."""

    def __init__(self, *, last: int = 1000) -> None:
        self._records: deque[RunRecord] = deque(maxlen=last)

    def keep(self, record: RunRecord, /) -> None:
        """Keep a record; the oldest goes when there are more than `last`."""
        self._records.append(record)

    def runs(self) -> Sequence[RunRecord]:
        """The records kept, oldest first."""
        return tuple(self._records)
