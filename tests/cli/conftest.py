"""What tests of commands share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import FLOWS, Call, caller, isolated, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder, with `flows.py` in it."""
    write(tmp_path, "flows.py", FLOWS)
    yield from isolated(tmp_path, monkeypatch)


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls a command in that folder."""
    return caller(capsys)
