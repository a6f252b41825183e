"""How answers are printed."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from flowdsl import Document, Image
from flowdsl.cli.answers import Answer, command, deliver, plain, to_json, to_line


class Model(BaseModel):
    n: int


@dataclass
class Data:
    model: Model


def test_values_become_json_that_people_can_read() -> None:
    value = {"a": Data(Model(n=1)), "b": Decimal("0.10"), "c": Path("x"), "d": {"é"}, "e": (1, 2)}

    assert json.loads(to_json(value)) == {
        "a": {"model": {"n": 1}},
        "b": "0.10",
        "c": "x",
        "d": ["é"],
        "e": [1, 2],
    }
    assert "é" in to_json(value)
    assert json.loads(to_json([float("nan"), b"\xff"])) == ["NaN", "_w=="]


def test_what_has_no_json_form_is_shown() -> None:
    document = Document(b"words", media_type="text/plain", name="a.txt")

    assert plain([object]) == ["<class 'object'>"]
    assert isinstance(plain([document]), list)


def test_a_line_is_short() -> None:
    assert to_line("text") == "text"
    assert to_line({"a": [1]}) == '{"a": [1]}'


def test_text_ends_in_one_line_break(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(Answer("a", after="b"), as_json=False)
    deliver(Answer("a\n"), as_json=False)
    deliver(Answer(""), as_json=False)

    assert tuple(capsys.readouterr()) == ("a\na\n", "b\n")


def test_bytes_are_printed_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    deliver(Answer(b"\xff\x00"), as_json=False)
    sys.stdout.flush()

    assert capfdbinary.readouterr().out == b"\xff\x00"


def test_what_the_users_code_prints_goes_to_standard_error(
    capfd: pytest.CaptureFixture[str],
) -> None:
    @command
    def talks() -> Answer:
        sys.stdout.write("aside\n")
        sys.stdout.flush()
        assert sys.stdout.writable()
        assert sys.stdout.fileno() == sys.stderr.fileno()
        assert sys.stdout.isatty() == sys.stderr.isatty()
        return Answer("text")

    assert talks().text == "text"
    assert tuple(capfd.readouterr()) == ("", "aside\n")


def test_it_goes_to_whatever_standard_error_is_at_that_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @command
    def talks() -> Answer:
        monkeypatch.setattr("sys.stderr", later)
        sys.stdout.write("aside\n")
        return Answer()

    later = io.StringIO()
    talks()

    assert later.getvalue() == "aside\n"


HALF = "half of a pair: \ud83d"
"""As `json.loads` reads it out of a model's answer."""


@pytest.mark.parametrize(
    ("encoding", "text", "printed"),
    [
        ("utf-8", HALF, "half of a pair: \\ud83d\n"),
        ("ascii", "é · 漢", "\\xe9 \\xb7 \\u6f22\n"),
        ("latin-1", "é · 漢", "é · \\u6f22\n"),
    ],
)
def test_letters_that_the_terminal_lacks_are_written_out(
    encoding: str, text: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream, encoding=encoding))

    deliver(Answer(text), as_json=False)

    assert stream.getvalue().decode(encoding) == printed


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_document_is_json_whatever_the_terminal_can_show(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream, encoding=encoding))
    document = {"value": {"said": HALF, "more": "é · 漢 👩", "n": 1}}

    deliver(Answer(document=document), as_json=True)

    assert json.loads(stream.getvalue().decode(encoding)) == document


class Terminal(io.StringIO):
    """Says that a person is looking."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_what_a_model_answers_does_not_steer_a_terminal_and_reaches_a_file_unchanged(
    kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = kind()
    monkeypatch.setattr("sys.stdout", stream)

    deliver(Answer("a\tb\n\x1b[2J\x07"), as_json=False)

    shown = "a\tb\n\\x1b[2J\\x07\n" if kind is Terminal else "a\tb\n\x1b[2J\x07\n"
    assert stream.getvalue() == shown


class Shot(BaseModel):
    title: str
    picture: Image


def test_a_model_that_holds_a_picture_is_printed() -> None:
    shot = Shot(title="dot", picture=Image(b"\x89PNG\r\n\x1a\n\xff"))

    assert plain({"shots": [shot]}) == {
        "shots": [
            {
                "title": "dot",
                "picture": {"content": "iVBORw0KGgr_", "media_type": "image/png", "name": None},
            }
        ]
    }
