"""A call outside a pipeline finds the engine without importing it first."""

import subprocess
import sys

import pytest

from flowdsl.dsl import runner
from flowdsl.ir.graph import Graph


class Silent:
    def call(self, graph: Graph, inputs: object, /) -> object:
        return None


def test_the_runner_bound_last_is_the_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_bound", [])
    first, second = Silent(), Silent()

    runner.bind(first)
    runner.bind(second)

    assert runner.runner() is second


def test_the_engine_is_loaded_on_the_first_call_only() -> None:
    script = (
        "import sys\n"
        "from flowdsl import step\n"
        "@step\n"
        "async def double(n: int) -> int: return n * 2\n"
        "before = 'flowdsl.engine' in sys.modules\n"
        "print(before, double(3), 'flowdsl.engine' in sys.modules)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout == "False 6 True\n"
