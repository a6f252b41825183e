"""Ctrl-C, before a command has begun and after it is over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.providers.local_model import MODEL, local_provider_or_skip

_BEFORE = """
import sys

class Interrupted:
    def find_spec(self, name, *_):
        if name == "flowdsl.cli.app":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupted())
"""
_AFTER = """
import atexit, signal, sys, types

app = types.ModuleType("flowdsl.cli.app")
app.main = lambda: sys.exit(130)
sys.modules["flowdsl.cli.app"] = app
atexit.register(signal.raise_signal, signal.SIGINT)
"""
_RUN = "import flowdsl.__main__ as door; door.main()"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(_BEFORE, "interrupted\n", id="while it is loaded"),
        pytest.param(_AFTER, "", id="while it winds down"),
    ],
)
def test_an_interrupt_leaves_with_130_and_no_traceback(given: str, said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", given + _RUN], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", said)


def test_other_exit_codes_are_handed_on() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "flowdsl", "--no-such-option"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "--no-such-option" in ended.stderr


_TELL = """
from dataclasses import dataclass
from flowdsl import prompt

@dataclass
class Story:
    title: str

@prompt("Tell a story about {{ topic }}.", max_tokens=5)
def tell(topic: str) -> Story: ...
"""


@pytest.mark.local_model
@pytest.mark.timeout(120)
def test_an_interrupt_after_the_answer_of_a_local_run_changes_nothing(tmp_path: Path) -> None:
    local_provider_or_skip()
    (tmp_path / "tell.py").write_text(_TELL, encoding="utf-8")
    command = [sys.executable, "-m", "flowdsl", "run", "tell.py:tell", "-i", "topic=cats"]

    for delay_s in (0.005, 0.01, 0.02, 0.05, 0.1):
        with subprocess.Popen(
            [*command, "--json", "--model", f"local:{MODEL}"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            told = iter(process.stdout.readline, "}\n")
            assert "FD230" in "".join(told)
            time.sleep(delay_s)
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate()

        assert (process.returncode, complaints) == (1, "")
