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
    assert 'Send it?\n  {\n    "to": "Ada"\n  }\n[y/N] ' in capsys.readouterr().out


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
    assert 'Go\\x1b[2J?\n  "delete all\\u001b[2K\\rkeep all"\n' in capsys.readouterr().out


class Broken:
    """Can't be shown in any way."""

    def __repr__(self) -> str:
        raise TypeError


BROKEN = Broken()
TEXT = "a letter that is much longer than what fits on one line of a terminal\n" * 3
SHOWN: dict[str, tuple[object, str]] = {
    "a text": (TEXT + "end\x1b[2J", "  " + TEXT.replace("\n", "\n  ") + "end\\x1b[2J"),
    "a structure": ({"to": ["x" * 100]}, '  {\n    "to": [\n      "' + "x" * 100 + '"\n    ]\n  }'),
    "half a surrogate pair": (["\ud800"], '  [\n    "\\ud800"\n  ]'),
    "what can't be shown": (BROKEN, f'  "<Broken instance at {id(BROKEN):#x}>"'),
    "200 lines": ("\n".join("x" * 200), "\n".join(["  x"] * 200)),
    "201 lines": ("\n".join("x" * 201), "\n".join(["  x"] * 200) + "\n… 1 more line of the value"),
    "many lines": (
        "\n".join("x" * 1300),
        "\n".join(["  x"] * 200) + "\n… 1100 more lines of the value",
    ),
}


@pytest.mark.parametrize("what", SHOWN)
async def test_the_whole_value_is_shown_and_what_is_cut_is_counted(
    what: str, keyboard: int, capsys: pytest.CaptureFixture[str]
) -> None:
    value, shown = SHOWN[what]
    ask = approver_of_terminal()
    os.write(keyboard, b"y\n")

    assert ask is not None
    assert await ask("Send it?", value)
    assert capsys.readouterr().out == f"Send it?\n{shown}\n[y/N] "


async def test_letters_that_the_terminal_lacks_are_written_out(
    keyboard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", out)
    ask = approver_of_terminal()
    os.write(keyboard, b"y\n")

    assert ask is not None
    assert await ask("Größe?", "ß")
    out.seek(0)
    assert out.read() == "Gr\\xf6\\xdfe?\n  \\xdf\n[y/N] "
