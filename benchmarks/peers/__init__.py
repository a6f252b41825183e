"""Other engines on the same chain and fan-out, each in a virtual environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Row, Spread

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flowdsl-bench"
PEERS = {
    "hamilton": "apache-hamilton==1.90.0",
    "langgraph": "langgraph==1.2.22",
    "haystack": "haystack-ai==3.4.0",
}
SILENCE = {
    "DO_NOT_TRACK": "1",
    "HAMILTON_TELEMETRY_ENABLED": "false",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
}


def rows() -> Iterator[Row]:
    """Two lines an engine; one that cannot be had is left out, with a word on why."""
    for name, requirement in PEERS.items():
        try:
            figures = _measure(name, requirement)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{name}: left out ({error})")
            continue
        for workload, ratios in figures.items():
            yield Row(f"{name}, {workload}", Spread.of(ratios), None, requirement)


def _measure(name: str, requirement: str) -> dict[str, list[float]]:
    home = CACHE / requirement
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", requirement],
            check=True,
            capture_output=True,
        )
    done = subprocess.run(
        [str(python), str(HERE / f"on_{name}.py")],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **SILENCE, "PYTHONPATH": str(HERE.parent.parent)},
        stdin=subprocess.DEVNULL,
    )
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(figures: dict[str, list[float]]) -> None:
    """What a peer's script prints at its end."""
    sys.stdout.write(json.dumps(figures) + "\n")
