"""Building and loading: a pipeline of 1,000 nodes traced and type-checked, imports, the command's help."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bench_running import chain_of
from benchmarks.timing import Row, Spread

NODES = 1000


def rows(*, quick: bool = False) -> Iterator[Row]:
    """Every line about building and loading."""
    times = 3 if quick else 15
    # A new pipeline each time: an old one remembers its graph.
    build_ms: list[float] = []
    for _ in range(times):
        chain = chain_of(NODES)
        gc.collect()
        began = time.process_time()
        assert len(chain.graph) == NODES + 1
        build_ms.append((time.process_time() - began) * 1e3)
    yield Row(
        f"build and check {NODES} nodes: ms CPU ÷ 8", _over(build_ms, 8.0), 1.0, _ms(build_ms)
    )
    bare = [_run("pass") for _ in range(times)]
    net = [_run("import flowdsl") - least for least in [min(bare)] * times]
    yield Row("import flowdsl, net: ms ÷ 60", _over(net, 60.0), 1.0, _ms(net))
    names = "from flowdsl import each, pipeline, prompt, step, when"
    net = [_run(names) - least for least in [min(bare)] * times]
    yield Row("import the front door, net: ms ÷ 60", _over(net, 60.0), 1.0, _ms(net))
    command = Path(sys.executable).with_name("flowdsl")
    if command.exists() and _works([str(command), "--help"]):
        help_ms = [_start([str(command), "--help"]) for _ in range(times)]
        yield Row("flowdsl --help: ms ÷ 250", _over(help_ms, 250.0), 1.0, _ms(help_ms))


def _over(figures: Sequence[float], target: float) -> Spread:
    return Spread.of([figure / target for figure in figures])


def _ms(figures: Sequence[float]) -> str:
    return f"{Spread.of(figures).median:.1f} ms"


def _run(code: str) -> float:
    return _start([sys.executable, "-c", code])


def _start(command: list[str]) -> float:
    """Milliseconds from start to end."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=_environment())
    return (time.perf_counter() - began) * 1e3


def _works(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
