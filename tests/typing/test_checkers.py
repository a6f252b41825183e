"""Type checkers see what users wrote: the right types, and every mistake on its own line."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

ROOT = Path(__file__).resolve().parents[2]
SEEN = Path("tests", "typing", "seen.py")
MISTAKES = Path("tests", "typing", "mistakes.py")
CONFIG = Path("tests", "typing", "pyright.json")
BIN = Path(sys.executable).parent

EXPECTED = re.compile(r"# expect: (?P<pyright>[\w ]+) \| (?P<mypy>[\w -]+)$")
MYPY_LINE = re.compile(r"^.+?:(\d+): error: .+\[([\w-]+)\]$", re.MULTILINE)

# A `...` body is what a prompt has; mypy would have it in protocols only.
MYPY = ("--disable-error-code", "empty-body")

Found = set[tuple[int, str]]

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("checkers"),
    pytest.mark.skipif(
        not (BIN / "pyright").exists(), reason="the type checkers are not installed"
    ),
]


class Position(BaseModel):
    line: int


class Span(BaseModel):
    start: Position


class Diagnostic(BaseModel):
    file: Path
    rule: str = ""
    range: Span


class Summary(BaseModel):
    files: int = Field(alias="filesAnalyzed")


class Answer(BaseModel):
    diagnostics: list[Diagnostic] = Field(alias="generalDiagnostics")
    summary: Summary


@cache
def answer_of_pyright() -> Answer:
    """What pyright says about both files, as in a user's project: flowdsl is an installed package."""
    done = subprocess.run(
        [BIN / "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", CONFIG],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer.model_validate_json(done.stdout)


def pyright(file: Path) -> Found:
    answer = answer_of_pyright()
    assert answer.summary.files == 2
    return {
        (each.range.start.line + 1, each.rule)
        for each in answer.diagnostics
        if each.file.name == file.name
    }


def mypy(file: Path) -> Found:
    done = subprocess.run(
        [BIN / "mypy", "--no-incremental", "--no-pretty", *MYPY, file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {(int(line), rule) for line, rule in MYPY_LINE.findall(done.stdout)}


def expected(checker: str) -> Found:
    return set(_expected(checker))


def _expected(checker: str) -> Iterator[tuple[int, str]]:
    lines = (ROOT / MISTAKES).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if found := EXPECTED.search(line):
            yield from ((number, rule) for rule in found[checker].split())


def test_pyright_sees_the_types_that_steps_and_pipelines_give() -> None:
    assert pyright(SEEN) == set()


def test_mypy_sees_the_types_that_steps_and_pipelines_give() -> None:
    assert mypy(SEEN) == set()


def test_pyright_finds_every_mistake_and_no_other() -> None:
    assert pyright(MISTAKES) == expected("pyright")


def test_mypy_finds_every_mistake_and_no_other() -> None:
    assert mypy(MISTAKES) == expected("mypy")


def test_there_are_more_than_a_dozen_mistakes() -> None:
    lines = {number for number, _ in expected("pyright")}

    assert len(lines) > 12
    assert lines == {number for number, _ in expected("mypy")}
