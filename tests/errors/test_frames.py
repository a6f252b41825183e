"""What a script that stops with an error shows: the user's own lines, nothing of the engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl import pipeline, step
from flowdsl.errors import StepFailedError
from flowdsl.errors.frames import FULL

HEAD = """
from flowdsl import each, pipeline, prompt, step
from flowdsl.testing import Raw, ScriptedProvider

@step
def count(note: str) -> int:
    return len(note)

@step
def shout(note: str) -> str:
    return note.upper()

@step
def read(note: str) -> int:
    return int(note)

@step
async def fetch(note: str) -> int:
    raise ValueError(note)

@prompt("Grade {{ note }}")
def grade(note: str) -> int: ...

@pipeline
def loud(note: str) -> str:
    return shout(count(note))

@pipeline
def outer(note: str) -> str:
    return shout(loud(note))

@pipeline
def reads(notes: list[str]) -> list[int]:
    return each(notes, read)

@pipeline
def fetches(note: str) -> int:
    return fetch(note)

@pipeline
def grades(note: str) -> int:
    return grade(note)

@pipeline
def misspelt(note: str) -> int:
    return count(nota)
"""
SCRIPTS = {
    "tracing": "loud.run('hm')",
    "a graph": "loud.graph",
    "a pipeline inside": "outer('hm')",
    "a failing step": "reads(['1', 'two'])",
    "an input": "reads.run('1, 2')",
    "an option": "reads.using(max_paralel=3)",
    "no model": "grades('fine')",
    "an answer": "grades.using(model='s:', providers={'s': ScriptedProvider([Raw('no')] * 3)})('fine')",
    "a misspelt name": "misspelt.graph",
    "a step alone": "fetch('hm')",
    "a declaration": "@prompt('Grade {{ nota }}')\ndef worse(note: str) -> int: ...",
    "a timer": "@step(inline=True, timeout_s=2)\ndef quick(note: str) -> int: ...",
}


def shown(folder: Path, script: str, **environment: str) -> str:
    path = folder / "script.py"
    path.write_text(HEAD + script + "\n", encoding="utf-8")
    environ = {key: value for key, value in os.environ.items() if not key.startswith("FLOWDSL")}
    done = subprocess.run(
        [sys.executable, path.name],
        cwd=folder,
        env={**environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    plain = done.stderr.replace(str(folder), ".")
    return "\n".join(line for line in plain.splitlines() if line.strip(" ^~"))


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_shows_the_users_lines_alone(
    script: str, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    told = shown(tmp_path, script)

    assert "flowdsl/" not in told.replace("flowdsl.errors", "")
    assert told.count("\n") <= 15
    assert told == snapshot


def test_a_variable_of_the_environment_shows_everything(tmp_path: Path) -> None:
    told = shown(tmp_path, SCRIPTS["tracing"], **{FULL: "1"})

    assert "in _graph_for" in told
    assert "in raise_all" in told


@step
def halve(n: int) -> int:
    return n // 0


@step
def parse(text: str) -> int:
    return int(json.loads(text))


@pipeline
def parses(text: str) -> int:
    return parse(text)


@pipeline
def halves(n: int) -> int:
    return halve(n)


def test_a_test_shows_the_lines_of_the_test_and_of_the_step() -> None:
    with pytest.raises(StepFailedError) as failed:
        halves(4)

    assert [entry.name for entry in failed.traceback] == [
        "test_a_test_shows_the_lines_of_the_test_and_of_the_step"
    ]
    cause = failed.value.__cause__
    assert cause is not None
    trace = cause.__traceback__
    assert trace is not None
    assert trace.tb_frame.f_code.co_name == "halve"
    assert trace.tb_next is None


def test_a_library_that_the_step_calls_is_shown_to_the_end() -> None:
    with pytest.raises(StepFailedError) as failed:
        parses("{")

    cause = failed.value.__cause__
    assert cause is not None
    shown = [frame.f_code.co_name for frame, _ in traceback.walk_tb(cause.__traceback__)]
    assert shown[:2] == ["parse", "loads"]


async def test_a_coroutine_shows_its_own_line() -> None:
    with pytest.raises(StepFailedError) as failed:
        await halves.arun(4)

    assert [entry.name for entry in failed.traceback] == ["test_a_coroutine_shows_its_own_line"]


def test_a_fault_of_flowdsl_itself_keeps_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(halves), "_engine_options", None)
    with pytest.raises(TypeError) as failed:
        halves.run(4)

    assert "run" in [entry.name for entry in failed.traceback]
