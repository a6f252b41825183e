"""The person at the terminal."""

from __future__ import annotations

import io

import pytest

from flowdsl.runtime.approvers import approver_of_terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "meant"), [("y\n", True), (" YES \n", True), ("n\n", False), ("\n", False)]
)
async def test_a_person_at_the_terminal_is_asked(
    typed: str, meant: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    ask = approver_of_terminal()

    assert ask is not None
    assert await ask("Send it?", {"to": "Ada"}) is meant
    assert "Send it?\n  {'to': 'Ada'}" in capsys.readouterr().out


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert approver_of_terminal() is None
    monkeypatch.setattr("sys.stdin", None)
    assert approver_of_terminal() is None
