"""What a model or a file says can't steer the terminal of the one who reads of it."""

import pytest

from flowdsl.errors.base import FlowError, ManyProblemsError, Place
from flowdsl.errors.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, größer, 漢字, 👩‍🔬", "plain, größer, 漢字, 👩‍🔬"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("over\rwritten", "over\\rwritten"),
        ("\x9b31m \x7f", "\\x9b31m \\x7f"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
    ],
)
def test_what_would_steer_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_an_error_shows_no_control_characters_and_keeps_them_as_a_fact() -> None:
    place = Place("a\x1b.py", 3, snippet="x = '\x1b[2J'")
    error = FlowError("bad \x1b[31mred", place=place, help="look at \x07")

    assert str(error) == (
        "FD000: bad \\x1b[31mred\n  at a\\x1b.py:3\n     x = '\\x1b[2J'\n  help: look at \\x07"
    )
    assert error.message == "bad \x1b[31mred"
    assert "\x1b" not in str(ManyProblemsError((error, error)))
    assert "\x1b" not in error.as_sentences
