"""How a run is shown: on a terminal, in a log, or not at all."""

from __future__ import annotations

import io

import pytest

from flowdsl.cli import progress as shown_by
from flowdsl.cli.progress import progress
from flowdsl.events.console import LiveProgress, PlainProgress
from flowdsl.events.records import RunStarted, Warned
from flowdsl.ir.ids import RunId
from tests.ir.sample_graphs import chain


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_quiet_run_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(chain(2), quiet=True) as shown:
        for listen in shown.listeners:
            listen(RunStarted(0.0, RunId("r"), "flow", 2, ""))
            listen(Warned(0.1, "double", "FD210", "It blocks."))

    assert capsys.readouterr().err == ""


def test_a_quiet_run_tells_what_it_waits_for_when_it_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress(chain(2), quiet=True) as shown:
        for listen in shown.listeners:
            listen(Warned(0.1, "", "", "the run is ending; it waits."))

    assert capsys.readouterr().err == "warning  the run is ending; it waits.\n"


def test_a_log_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())

    with progress(chain(2), quiet=False) as shown:
        assert isinstance(shown.listeners[0], PlainProgress)


async def test_a_terminal_gets_a_picture_that_gives_way_to_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    told: list[str] = []

    async def ask(question: str, value: object) -> bool:
        told.append(f"{question} {value}")
        return True

    monkeypatch.setattr("flowdsl.runtime.approvers.approver_of_terminal", lambda: ask)
    with progress(chain(2), quiet=False) as shown:
        assert isinstance(shown.listeners[0], LiveProgress)
        assert shown.approver is not None
        assert await shown.approver("Right?", 3)
    with progress(chain(2), quiet=True) as quiet:
        assert quiet.approver is ask

    assert told == ["Right? 3"]
    assert shown_by.__doc__


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with progress(chain(2), quiet=False) as shown:
        assert shown.approver is None
