"""`python -m benchmarks.chaos`: every fault, on every provider, many calls each; one table, and the same as JSON.

The faults are an emulator's by others (llmock) and our own fake's. A line is bad when a call did not end as
declared, when something was called a success that is none, when the emulator's verdict says FAIL, or when more
or less was counted than is billed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.chaos.calls import PREFIXES
from tests.chaos.emulator import Emulator, emulating
from tests.chaos.matrix import EMULATED, OWN, Case, Way, ways_of
from tests.chaos.trials import Size, Trial, emulated, own
from tests.fakes.server import Served, serving

RESULTS = Path(__file__).parent / "results" / "chaos.json"


class Line(NamedTuple):
    """One trial, and how long it took."""

    server: str
    trial: Trial
    seconds: float


class Servers(NamedTuple):
    """Both, as long as the table is made."""

    emulator: Emulator
    fake: Served


def main() -> int:
    """Try all that is chosen; 1 when a line is bad."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos")
    parser.add_argument(
        "--calls", type=int, default=1000, help="of each fault and provider, streamed and not"
    )
    parser.add_argument("--wave", type=int, default=100, help="of them at once")
    parser.add_argument("--only", default="", help="lines whose name holds this text")
    parser.add_argument("--provider", choices=PREFIXES, action="append", help="only this one")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the JSON goes")
    chosen = parser.parse_args()
    prefixes = tuple(chosen.provider or PREFIXES)

    os.environ["GOOGLE_GENAI_API_VERSION"] = "v1beta"  # the emulator serves no other
    lines: list[Line] = []
    with ExitStack() as stack:
        servers = Servers(stack.enter_context(emulating()), stack.enter_context(serving()))
        for server, case, way in _chosen(chosen.only, prefixes):
            began = time.perf_counter()
            share = chosen.calls // len(case.streamed)
            size = Size(share, min(chosen.wave, share))
            trial = asyncio.run(_tried(servers, server, case, way, size))
            lines.append(Line(server, trial, time.perf_counter() - began))
            _show(lines[-1])
    _write(lines, chosen.json)
    bad = [line for line in lines if line.trial.complaints]
    calls = sum(line.trial.tally.calls for line in lines)
    wrong = sum(len(line.trial.tally.wrong) for line in lines)
    print(
        f"\n{len(lines)} lines, {calls} calls: {len(bad)} bad lines, {wrong} wrong answers called a"
        f" success; written to {chosen.json}"
    )
    return 1 if bad else 0


def _chosen(only: str, prefixes: tuple[str, ...]) -> Iterator[tuple[str, Case, Way]]:
    for server, cases in (("llmock", EMULATED), ("own", OWN)):
        for case in cases:
            for way in [w for s in case.streamed for w in ways_of(case, streamed=s)]:
                if way.prefix in prefixes and only in f"{server} {way.name} {case.name}":
                    yield server, case, way


async def _tried(servers: Servers, server: str, case: Case, way: Way, size: Size) -> Trial:
    if server == "llmock":
        (trial,) = await emulated(case, [way], servers.emulator, size)
    else:
        (trial,) = await own(case, [way], servers.fake, size)
    return trial


def _show(line: Line) -> None:
    trial = line.trial
    ends = ", ".join(f"{count} {end}" for end, count in trial.tally.ends.most_common())
    mark = "BAD" if trial.complaints else "ok"
    print(
        f"{mark:<4}{line.server:<8}{trial.way.name:<17}{trial.case.name:<34}"
        f"{trial.requests:>6} requests {trial.tally.longest_s:>6.1f} s at most  {ends}",
        flush=True,
    )
    for complaint in trial.complaints:
        print(f"      {complaint}", flush=True)


def _write(lines: list[Line], path: Path) -> None:
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load": os.getloadavg()[0],
        "lines": [
            {
                "server": line.server,
                "provider": line.trial.way.prefix,
                "streamed": line.trial.way.streamed,
                "fault": line.trial.case.name,
                "declared": line.trial.case.end or "recovers",
                "calls": line.trial.tally.calls,
                "requests": line.trial.requests,
                "ends": dict(line.trial.tally.ends),
                "wrong_but_success": len(line.trial.tally.wrong),
                "longest_s": round(line.trial.tally.longest_s, 2),
                "seconds": round(line.seconds, 2),
                "complaints": list(line.trial.complaints),
            }
            for line in lines
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
