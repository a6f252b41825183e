"""The README and the first tutorial, walked through as their reader does: files written, commands typed."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house import ROOT
from tests.pages import Block, blocks
from tests.providers.local_model import local_provider_or_skip

ELSEWHERE = {"cd", "make", "mkdir", "source"}
"""Commands that set the reader's machine up; the test has a folder and an environment already."""


@dataclass(frozen=True)
class Page:
    """A page, with the folder its reader works in."""

    path: Path
    folder: Path

    def blocks(self, *languages: str) -> list[Block]:
        """Its blocks in these languages, in their order."""
        return [block for block in blocks(self.path) if block.language in languages]

    def shown(self, beginning: str) -> str:
        """The output the page shows that begins so."""
        texts = (block.text for block in self.blocks("text"))
        return next(text for text in texts if text.startswith(beginning)).rstrip("\n")

    def commands(self, *, on_the_model: bool = False) -> Iterator[str]:
        """What its reader types: what needs no real model, or what does."""
        for block in self.blocks("bash", "sh"):
            for line in block.text.splitlines():
                words = shlex.split(line, comments=True)
                asks = any(word.startswith("local:") for word in words)
                if words[0] not in ELSEWHERE and "pull" not in words and asks is on_the_model:
                    yield line

    def type(self, line: str) -> subprocess.CompletedProcess[str]:
        """Type a command in the folder, as in the active environment."""
        paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        calm = {"PATH": paths, "FLOWDSL_MODEL": "", "PYTHONWARNINGS": ""}
        return subprocess.run(
            shlex.split(line, comments=True),
            cwd=self.folder,
            env={**os.environ, **calm},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def done(self, *, on_the_model: bool = False) -> dict[str, str]:
        """What each command printed; they must all succeed."""
        typed = list(self.commands(on_the_model=on_the_model))
        said = {line: self.type(line) for line in typed}
        assert {line: done.stderr for line, done in said.items() if done.returncode} == {}
        return {line: done.stdout for line, done in said.items()}


@pytest.fixture
def lesson(tmp_path: Path) -> Page:
    """The first tutorial, its three files written."""
    page = Page(ROOT / "docs" / "tutorials" / "first-pipeline.md", tmp_path)
    python = page.blocks("python")
    files = {
        "day.txt": page.blocks("text")[0],
        "diary.py": next(block for block in python if "@pipeline" in block.text),
        "test_diary.py": next(block for block in python if "test_diary.py" in block.remark),
    }
    for name, block in files.items():
        (tmp_path / name).write_text(block.text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return page


@pytest.fixture
def readme(tmp_path: Path) -> Page:
    """The README, its pipeline written."""
    page = Page(ROOT / "README.md", tmp_path)
    pipeline = next(block for block in page.blocks("python") if "@pipeline" in block.text)
    (tmp_path / "inbox.py").write_text(pipeline.text, encoding="utf-8")
    return page


@pytest.mark.timeout(120)
def test_every_command_of_the_first_tutorial_does_what_the_page_says(lesson: Page) -> None:
    said = lesson.done()

    assert "3 passed" in said["pytest"]
    assert said["flowdsl graph diary.py"].rstrip() == lesson.shown("diary\n")
    mood, _, beginning = said["flowdsl run diary.py --model mock: --input text=@day.txt"].partition(
        "  "
    )
    assert mood in {"negative", "positive"}
    assert beginning.startswith("The morning was wonderful")


def test_the_mistake_of_the_first_tutorial_is_told_as_the_page_says(lesson: Page) -> None:
    file = lesson.folder / "diary.py"
    right = file.read_text(encoding="utf-8")
    wrong = right.replace("report(paragraphs, each(", "report(text, each(")
    file.write_text(wrong, encoding="utf-8")

    done = lesson.type("flowdsl check diary.py --model mock:")

    assert done.returncode == 2
    assert done.stdout == lesson.shown("FD102") + "\n\n'diary' has 1 problem.\n"


@pytest.mark.timeout(120)
def test_every_command_of_the_readme_works(readme: Page) -> None:
    said = readme.done()

    ran = next(text for line, text in said.items() if line.startswith("flowdsl run"))
    assert ran.startswith(("Please answer today:\n", "nothing urgent"))
    assert len(said) == 3


@pytest.mark.local_model
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", ["readme", "lesson"])
def test_on_the_real_model_comes_what_the_page_shows(
    name: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(name)
    local_provider_or_skip()

    said = page.done(on_the_model=True)

    beginning = {"readme": "Please answer today", "lesson": "positive"}[name]
    # On another processor the tiny model may judge a text otherwise; the form is the same.
    form = re.compile(r"^(?:negative|positive)  ", re.MULTILINE)
    outputs = [form.sub("", text).splitlines()[0] for text in said.values()]
    assert outputs == [form.sub("", page.shown(beginning)).splitlines()[0]]
