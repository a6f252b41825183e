"""The person at the terminal."""

from __future__ import annotations

import asyncio
import io
import os
import pty
from collections.abc import Iterator

import pytest

from flowdsl.runtime.approvers import approver_of_terminal


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """What is written to it is typed at the terminal that standard input is."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        yield ours
    os.close(ours)


@pytest.mark.parametrize(
    ("typed", "meant"), [("y\n", True), (" YES \n", True), ("n\n", False), ("\n", False)]
)
async def test_a_person_at_the_terminal_is_asked(
    typed: str, meant: object, keyboard: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = approver_of_terminal()
    os.write(keyboard, typed.encode())

    assert ask is not None
    assert await ask("Send it?", {"to": "Ada"}) is meant
    assert "Send it?\n  {'to': 'Ada'}" in capsys.readouterr().out


async def test_a_question_can_be_cancelled(keyboard: int) -> None:
    ask = approver_of_terminal()
    assert ask is not None

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask("Send it?", 1), 0.05)


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert approver_of_terminal() is None
    monkeypatch.setattr("sys.stdin", None)
    assert approver_of_terminal() is None


class Disguised:
    """Shows itself as something else on a terminal that obeys."""

    def __repr__(self) -> str:
        return "delete all\x1b[2K\rkeep all"


async def test_nobody_is_shown_another_value_than_the_one_that_is_approved(
    keyboard: int, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = approver_of_terminal()
    os.write(keyboard, b"n\n")

    assert ask is not None
    assert not await ask("Go\x1b[2J?", Disguised())
    assert "Go\\x1b[2J?\n  delete all\\x1b[2K keep all\n" in capsys.readouterr().out
