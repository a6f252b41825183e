"""`python -m benchmarks`: one table of ratios, and the same as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bench_building, bench_running
from benchmarks.timing import Row

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    """Measure, print, write; 1 when a target is missed and `--strict` was said."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "--quick", action="store_true", help="few repetitions: to see that it works"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument(
        "--peers", action="store_true", help="other engines too, each in its own venv"
    )
    parser.add_argument(
        "--calls", action="store_true", help="model calls too, against the bare SDKs"
    )
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the JSON goes")
    chosen = parser.parse_args()

    print(f"{'workload':<46}{'median':>8}{'low':>8}{'high':>8}{'target':>8}     ")
    found: list[Row] = asyncio.run(_running(quick=chosen.quick))
    for row in bench_building.rows(quick=chosen.quick):
        _show(row)
        found.append(row)
    if chosen.calls:
        found += asyncio.run(_calls(quick=chosen.quick))
    if chosen.peers:
        from benchmarks import peers

        for row in peers.rows():
            _show(row)
            found.append(row)
    _write(found, chosen.json)
    missed = [row.name for row in found if not row.is_met]
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; written to {chosen.json}")
    if missed:
        print(f"missed: {'; '.join(missed)}")
    return 1 if missed and chosen.strict else 0


async def _running(*, quick: bool) -> list[Row]:
    found: list[Row] = []
    async for row in bench_running.rows(quick=quick):
        _show(row)
        found.append(row)
    return found


async def _calls(*, quick: bool) -> list[Row]:
    from benchmarks import bench_calls

    found: list[Row] = []
    async for row in bench_calls.rows(quick=quick):
        _show(row)
        found.append(row)
    return found


def _show(row: Row) -> None:
    target = "" if row.target is None else f"{row.target:.2f}"
    mark = "" if row.target is None else ("ok" if row.is_met else "MISSED")
    figures = "".join(f"{figure:>8.3f}" for figure in row.ratio)
    print(f"{row.name:<46}{figures}{target:>8} {mark:<7}{row.told}", flush=True)


def _write(found: list[Row], path: Path) -> None:
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "rows": [
            {
                "name": row.name,
                **row.ratio._asdict(),
                "target": row.target,
                "met": row.is_met,
                "told": row.told,
            }
            for row in found
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
