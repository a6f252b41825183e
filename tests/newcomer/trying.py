"""Runs a newcomer's script as it would run, and tells what it said."""

import contextlib
import io
import runpy
from dataclasses import dataclass
from pathlib import Path

from flowdsl.errors import FlowError

STEPS = """\
from dataclasses import dataclass

from pydantic import BaseModel

from flowdsl import contains, each, given, loop, pipeline, prompt, size, step, switch, text, tool, when


@step
def grade(note: str) -> str:
    return "high" if "!" in note else "low"


@step
def shout(note: str) -> str:
    return note.upper()


@step
def count(note: str) -> int:
    return len(note)

"""
"""What every script begins with."""

HERE = "# here"
"""Marks the line that an error must point at."""

NAME = "script.py"


@dataclass(frozen=True)
class Told:
    """What a script's author reads."""

    problems: tuple[FlowError, ...]
    printed: str

    def __str__(self) -> str:
        shown = [f"{type(each).__name__}\n{each}" for each in self.problems]
        return "\n\n".join([*([self.printed.rstrip()] if self.printed else []), *shown])


def attempt(folder: Path, script: str) -> Told:
    """Write a script into a folder and run it there; the folder must be the working folder."""
    file = folder / NAME
    file.write_text(STEPS + script, encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(NAME, run_name="__main__")
        except FlowError as error:
            return Told(error.problems, printed.getvalue())
    return Told((), printed.getvalue())


def marked(script: str) -> list[int]:
    """The lines of a script that its author got wrong."""
    lines = (STEPS + script).splitlines()
    return [number for number, line in enumerate(lines, start=1) if line.endswith(HERE)]


def expect_told(folder: Path, script: str) -> str:
    """Run a script that must fail, and give what it said after looking that it helps: code, place, cure."""
    told = attempt(folder, script)

    assert told.problems, f"nothing was wrong; it printed {told.printed!r}"
    for problem in told.problems:
        assert problem.code != "FD000"
        assert problem.help, str(problem)
        assert problem.place is not None, str(problem)
        assert problem.place.path == NAME
    lines = [problem.place.line for problem in told.problems if problem.place is not None]
    assert lines == marked(script), str(told)
    return str(told)
