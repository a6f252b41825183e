"""A command that was called wrongly says what was meant."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import Call


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("run", "flows.py:greet", "--word", "a b"), "'word' is an input: --input 'word=a b'"),
        (("run", "flows.py:greet", "--word=x"), "'word' is an input: --input word=x"),
        (("run", "flows.py:greet", "--word"), "'word' is an input: --input word=…"),
        (("run", "flows.py:greet", "--word", "--quiet"), "'word' is an input: --input word=…"),
        (("run", "--word", "x", "flows.py:greet"), "'word' is an input: --input word=x"),
        (("check", "flows.py:greet", "--wrod", "x"), "did you mean --input word=x?"),
        (("run", "flows.py:greet", "--quite"), "did you mean '--quiet' or '--upto'?"),
        (("run", "flows.py:greet", "--bogus"), "`flowdsl run --help` shows what it takes."),
        (("run", "none.py", "--zzz", "x"), "`flowdsl run --help` shows what it takes."),
        (("list", "--word", "x"), "`flowdsl list --help` shows what it takes."),
        (("run", "flows.py:greet", "word=hello"), "did you mean --input word=hello?"),
        (("run", "flows.py:greet", "wrod=a b"), "did you mean --input 'word=a b'?"),
        (
            ("run", "flows.py:unfolded", "-i", "n=1", "rounds=2", "m=3"),
            "did you mean --input rounds=2 --input m=3?",
        ),
        (("run", "none.py", "word=hello"), "did you mean --input word=hello?"),
        (("run", "flows.py:greet", "hello"), "did you mean --input word=hello?"),
        (("run", "flows.py:grade", "x"), "`flowdsl run --help` shows what it takes."),
        (("list", "flows.py", "x=1"), "`flowdsl list --help` shows what it takes."),
    ],
    ids=str,
)
def test_an_input_that_is_given_in_another_way_is_offered_in_the_right_one(
    call: Call, arguments: tuple[str, ...], meant: str
) -> None:
    done = call(*arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("FD509: ")
    assert done.err.splitlines()[1] == f"  help: {meant}"


def test_a_wrong_choice_is_told_with_the_choices(call: Call, snapshot: SnapshotAssertion) -> None:
    assert call("graph", "flows.py:twice", "-f", "png").err == snapshot
