"""The store that lives as long as the process."""

from __future__ import annotations

from decimal import Decimal

from flowdsl.ir.usage import NO_USAGE
from flowdsl.stores import RunRecord, Store
from flowdsl.stores.memory import MemoryStore


def record(run_id: str) -> RunRecord:
    return RunRecord(run_id, "flow", "done", 0.0, 0.1, 2, NO_USAGE, Decimal(0))


def test_the_last_runs_are_kept_oldest_first() -> None:
    store: Store = MemoryStore(last=2)

    for run_id in ("a", "b", "c"):
        store.keep(record(run_id))

    assert [each.run_id for each in store.runs()] == ["b", "c"]
