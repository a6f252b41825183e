"""Commands called in this process, and the files they are pointed at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

from flowdsl.cli.app import main
from flowdsl.config import is_table
from tests.keystores import no_store


@dataclass(frozen=True)
class Called:
    """What a command left behind."""

    code: int | str | None
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        """The one JSON document on standard output."""
        found: dict[str, object] = json.loads(self.out)
        return found

    def at(self, *keys: str | int) -> object:
        """A part of the document."""
        found: object = self.document
        for key in keys:
            if isinstance(key, int):
                assert _is_list(found)
                found = found[key]
            else:
                assert is_table(found)
                found = found[key]
        return found

    def table(self, *keys: str | int) -> Mapping[str, object]:
        """An object inside the document."""
        found = self.at(*keys)
        assert is_table(found)
        return found

    def column(self, key: str, name: str) -> list[object]:
        """One field of each object of a list."""
        found = self.at(*key.split("."))
        assert _is_list(found)
        return [self.at(*key.split("."), number, name) for number in range(len(found))]


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


Call = Callable[..., Called]

FLOWS = '''
"""Pipelines for the tests of commands."""
from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from flowdsl import Document, Static, each, pipeline, prompt, step


class Issue(BaseModel):
    severity: Literal["low", "high"]
    line: int


@step
def double(n: int) -> int:
    """Twice as much."""
    print("doubling", n)
    return n * 2


@step
def boom(n: int) -> int:
    raise ValueError("no luck")


@prompt("Say {{ word }}.")
def say(word: str) -> str: ...


@prompt("Find {{ text }}.", model="fast")
def find(text: str) -> list[Issue]: ...


@step
def lines(issues: list[Issue], limit: int = 2, loud: bool = False) -> list[int]:
    return [each.line for each in issues][:limit]


@pipeline
def twice(n: int) -> int:
    """Double it twice.

    Nothing else.
    """
    return double(double(n))


@pipeline
def breaks(n: int) -> int:
    return double(boom(double(n)))


@pipeline
def greet(word: str) -> str:
    return say(word)


@pipeline
def grade(issues: list[Issue], limit: int = 2) -> list[int]:
    return lines(issues, limit)


@pipeline
def unfolded(n: int, rounds: Static[int]) -> int:
    for _ in range(rounds):
        n = double(n)
    return n


@pipeline
def asks(texts: list[str]) -> list[list[Issue]]:
    return each(texts, find)


@pipeline
def wrong(n: int) -> int:
    nothing_of_that_name
    return n
'''


def isolated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder of its own, without settings; what is imported from it is forgotten."""
    for name in list(os.environ):
        if name.startswith("FLOWDSL_") and name not in ("FLOWDSL_GGUF", "FLOWDSL_MODELS"):
            monkeypatch.delenv(name)
    # What a developer has set for real models is no matter of theirs: keys, addresses, proxies, the key store.
    for name in [*os.environ]:
        if name.endswith(("_API_KEY", "_BASE_URL")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr("keyring.core._keyring_backend", no_store())
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    yield folder
    for name in set(sys.modules) - known:
        where = getattr(sys.modules[name], "__file__", None)
        if where and Path(where).is_relative_to(folder):
            del sys.modules[name]


def caller(capsys: pytest.CaptureFixture[str]) -> Call:
    """What calls a command."""

    def call(*arguments: str) -> Called:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main(arguments)
        said = capsys.readouterr()
        return Called(left.value.code, said.out, said.err)

    return call


def in_process_of_its_own(*arguments: str, folder: Path, text: str = "") -> Called:
    """The same in a process of its own, as a user starts it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FLOWDSL_")}
    done = subprocess.run(
        [sys.executable, "-m", "flowdsl", *arguments],
        cwd=folder,
        env=clean,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Called(done.returncode, done.stdout, done.stderr)


def write(folder: Path, name: str, text: str) -> str:
    """A file of the working folder."""
    (folder / name).write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return name
