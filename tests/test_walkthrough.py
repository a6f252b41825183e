"""The first tutorial, walked through as its reader does: files written, commands typed, tests run."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.pages import Block, blocks

LESSON = ROOT / "docs" / "tutorials" / "first-pipeline.md"
ELSEWHERE = {"cd", "make", "mkdir", "source"}
"""Commands that set the reader's machine up; the test has a folder and an environment already."""


def _blocks(language: str) -> list[Block]:
    return [block for block in blocks(LESSON) if block.language == language]


def _shown(beginning: str) -> str:
    return next(each.text for each in _blocks("text") if each.text.startswith(beginning))


def _commands() -> Iterator[list[str]]:
    for block in _blocks("bash"):
        for line in block.text.splitlines():
            words = shlex.split(line)
            needs_the_model = any(word.startswith("local:") for word in words) or "pull" in words
            if words[0] not in ELSEWHERE and not needs_the_model:
                yield words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The reader's own folder, with the three files of the lesson."""
    (tmp_path / "day.txt").write_text(_blocks("text")[0].text, encoding="utf-8")
    lesson = [block for block in _blocks("python") if "@pipeline" in block.text]
    test = [block for block in _blocks("python") if "test_diary.py" in block.remark]
    (tmp_path / "diary.py").write_text(lesson[0].text, encoding="utf-8")
    (tmp_path / "test_diary.py").write_text(test[0].text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return tmp_path


def _typed(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    calm = {"PATH": paths, "FLOWDSL_MODEL": "", "PYTHONWARNINGS": ""}
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, **calm},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.timeout(120)
def test_every_command_of_the_first_tutorial_does_what_the_page_says(folder: Path) -> None:
    typed = list(_commands())
    said = {" ".join(words): _typed(words, folder) for words in typed}

    assert {line: done.stderr for line, done in said.items() if done.returncode} == {}
    assert "3 passed" in said["pytest"].stdout
    mood, _, beginning = said[
        "flowdsl run diary.py --model mock: --input text=@day.txt"
    ].stdout.partition("  ")
    assert mood in {"negative", "positive"}
    assert beginning.startswith("The morning was wonderful")


def test_the_drawing_of_the_first_tutorial_is_the_one_its_reader_sees(folder: Path) -> None:
    shown = _shown("diary\n")

    assert _typed(["flowdsl", "graph", "diary.py"], folder).stdout.startswith(shown)


def test_the_mistake_of_the_first_tutorial_is_told_as_the_page_says(folder: Path) -> None:
    file = folder / "diary.py"
    right = file.read_text(encoding="utf-8")
    wrong = right.replace("report(paragraphs, each(", "report(text, each(")
    file.write_text(wrong, encoding="utf-8")

    done = _typed(["flowdsl", "check", "diary.py", "--model", "mock:"], folder)

    assert done.returncode == 2
    assert done.stdout.startswith(_shown("FD102"))
