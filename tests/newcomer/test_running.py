"""Newcomers find out in the run: wrong results, failing steps, wrong inputs, a blocked loop."""

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.newcomer.trying import NAME, attempt

SCRIPTS = {
    "a step that returns the wrong type": """
@step
def measure(note: str) -> int:
    return note


@pipeline
def told(note: str) -> int:
    return measure(note)


told("a")
""",
    "a step that forgets to return": """
@step
def tidy(note: str) -> str:
    note.strip()


@pipeline
def told(note: str) -> str:
    return shout(tidy(note))


told("a")
""",
    "a step that raises": """
@step
def parse(note: str) -> int:
    return int(note)


@pipeline
def told(note: str) -> int:
    return parse(note) + 1


told("seven")
""",
    "a step that raises within each": """
@step
def parse(note: str) -> int:
    return int(note)


@pipeline
def told(notes: list[str]) -> list[int]:
    return each(notes, parse)


told(["1", "two", "3"])
""",
    "an operator that fails": """
@pipeline
def told(note: str) -> float:
    return 1 / (count(note) - 1)


told("a")
""",
    "a missing index": """
@pipeline
def told(notes: list[str]) -> str:
    return notes[3]


told(["a"])
""",
    "a loop that does not end": """
@pipeline
def told(note: str) -> str:
    return loop(note, shout, until=lambda n: n == "never", max_rounds=3)


told("a")
""",
    "a step that takes too long": """
@step(timeout_s=0.05)
async def wait(note: str) -> str:
    import asyncio

    await asyncio.sleep(60)
    return note


@pipeline
def told(note: str) -> str:
    return wait(note)


told("a")
""",
    "a wrong input of a pipeline": """
@pipeline
def told(note: str, times: int = 1) -> str:
    return shout(note)


told(12, times="3")
""",
    "a missing input of a pipeline": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told()
""",
    "a misspelt input of a pipeline": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.run(nota="a")
""",
    "a wrong input within a list": """
@pipeline
def told(notes: list[str]) -> list[str]:
    return each(notes, shout)


told(["a", 3])
""",
    "a node to stop at that does not exist": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.using(upto="shuot").run("a")
""",
    "a provider's reply of the wrong type": """
from flowdsl.testing import ScriptedProvider


@prompt("Count {{ note }}", model="scripted:x", repairs=0)
def judge(note: str) -> int: ...


@pipeline
def told(note: str) -> int:
    return judge(note)


told.using(providers={"scripted": ScriptedProvider(["many"])}).run("a")
""",
}


@pytest.mark.parametrize("mistake", SCRIPTS)
def test_a_run_that_fails_tells_where_and_why(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)

    told = attempt(tmp_path, SCRIPTS[mistake])

    assert told.problems, told.printed
    for problem in told.problems:
        assert problem.help, str(problem)
        assert problem.place is not None, str(problem)
        assert problem.place.path == NAME
    assert str(told) == snapshot


LOOKED_UP = """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.run("a")["shuot"]
"""


def test_a_node_that_does_not_exist_is_offered_its_neighbour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)

    assert str(attempt(tmp_path, LOOKED_UP)) == snapshot


BLOCKED = """
import time


@step(inline=True)
def nap(note: str) -> str:
    time.sleep(0.4)
    return note


@pipeline
def told(note: str) -> str:
    return nap(note)


told("a")
"""


def test_an_inline_step_that_blocks_is_named_though_nobody_listens(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    snapshot: SnapshotAssertion,
) -> None:
    monkeypatch.chdir(tmp_path)

    told = attempt(tmp_path, BLOCKED)

    assert told.problems == ()
    (message,) = caplog.messages
    assert re.sub(r"\d\.\d s", "<a moment>", message) == snapshot
