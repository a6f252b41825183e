"""Ctrl-C, before a command has begun and after it is over."""

import subprocess
import sys

import pytest

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
