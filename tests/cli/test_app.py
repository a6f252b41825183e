"""The program as a whole: help, exit codes, the contract of `--json`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.cli.app import main
from tests.cli.calling import Call, in_process_of_its_own, write

READING = {
    "run": ("run", "flows.py:twice", "--input", "n=1"),
    "check": ("check", "flows.py:twice"),
    "check, with problems": ("check", "flows.py:wrong"),
    "graph": ("graph", "flows.py:twice"),
    "graph as svg": ("graph", "flows.py:twice", "--format", "svg"),
    "graph to a file": ("graph", "flows.py:twice", "--output", "g.txt"),
    "list": ("list",),
    "list of a file": ("list", "flows.py"),
    "show": ("show", "flows.py:grade"),
    "models list": ("models", "list"),
    "doctor": ("doctor",),
    "version": ("version",),
}
WRONG = {
    "no such command": ("runn",),
    "no such option": ("run", "flows.py:twice", "--bogus"),
    "nothing to run": ("run",),
    "a word for a number": ("run", "flows.py:twice", "--seed", "x"),
    "no such choice": ("graph", "flows.py:twice", "--format", "png"),
    "several pipelines": ("run", "flows.py"),
    "no such file": ("check", "none.py"),
    "a body that raises": ("graph", "flows.py:wrong"),
    "a body that raises, shown": ("show", "flows.py:wrong"),
    "a missing input": ("run", "flows.py:twice"),
    "no such file to list": ("list", "none.py"),
    "no such model": ("models", "pull", "nothing"),
    "no model": ("run", "flows.py:greet", "--input", "word=x"),
    "a file that can't be written": ("graph", "flows.py:twice", "--output", "none/g.txt"),
}


@pytest.mark.parametrize("arguments", READING.values(), ids=READING)
def test_json_is_one_document_and_nothing_else(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments, "--json")

    assert isinstance(json.loads(done.out), dict)
    assert done.code == (2 if "flows.py:wrong" in arguments else 0)


@pytest.mark.parametrize("arguments", READING.values(), ids=READING)
def test_without_json_there_is_text_for_people(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)

    said = done.out + done.err
    assert said.strip()
    assert not said.startswith("{")


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_errors_are_documents_too(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments, "--json")

    assert done.code == 2
    assert list(done.table("error"))[:6] == ["code", "message", "path", "line", "column", "help"]
    assert str(done.at("error", "code")).startswith("FD")


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_errors_for_people_go_to_standard_error(call: Call, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("FD")


def test_several_problems_are_all_in_the_document(call: Call) -> None:
    done = call("run", "flows.py:twice", "-i", "n=x", "-i", "m=1", "--json")

    assert done.column("error.problems", "code") == ["FD206", "FD204"]


def test_usage_errors_name_near_commands_and_where_help_is(
    call: Call, snapshot: SnapshotAssertion
) -> None:
    said = [call(*WRONG[name]).err for name in list(WRONG)[:5]]

    assert "\n".join(said) == snapshot


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_the_commands(
    call: Call,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    snapshot: SnapshotAssertion,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    done = call(*arguments)

    assert (done.code, done.err) == (0, "")
    assert done.out == call("--help").out == snapshot(name="help")


@pytest.mark.parametrize("group", [(), ("models",)])
def test_no_help_is_cut_short(call: Call, group: tuple[str, ...]) -> None:
    # The page of commands in the reference leaves 45 letters.
    said = call(*group, "--help").out.partition("Commands:")[2].splitlines()
    longest = max(len(line.strip().partition("  ")[2].strip()) for line in said)

    assert 0 < longest <= 45


def test_a_group_without_a_command_shows_its_help(call: Call) -> None:
    done = call("models")

    assert done.code == 0
    assert "pull" in done.out


def test_the_version_has_an_option_too(call: Call) -> None:
    assert call("--version").out == call("version").out
    assert call("--version").code == 0


def test_help_loads_no_engine() -> None:
    script = (
        "import sys\n"
        "from flowdsl.cli.app import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = ('asyncio', 'flowdsl.engine', 'flowdsl.dsl', 'networkx', 'pydantic', 'rich')\n"
        "sys.stderr.write(repr([name for name in heavy if name in sys.modules]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stderr == "[]"


def test_a_reader_that_has_read_enough_is_no_trouble(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [sys.executable, "-m", "flowdsl", "graph", "flows.py:twice"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        check=False,
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (1, "")


def test_an_interrupt_before_the_run_gives_130(call: Call, folder: Path) -> None:
    write(folder, "stopped.py", "raise KeyboardInterrupt\n")

    done = call("check", "stopped.py")
    document = call("check", "stopped.py", "--json").document

    assert (done.code, done.err) == (130, "interrupted\n")
    assert document["error"] == {
        **dict.fromkeys(("code", "message", "path", "line", "column", "help")),
        "message": "interrupted",
    }


def test_what_was_not_foreseen_is_one_answer_that_asks_for_a_report(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowdsl.cli.check.findings_of", None)

    done = call("check", "flows.py:twice")
    document = call("check", "flows.py:twice", "--json")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("FD529: internal error: TypeError: 'NoneType' object")
    assert "please report it" in done.err
    assert "Traceback" not in done.err
    assert document.code == 1
    assert document.at("error", "code") == "FD529"
    assert str(document.at("error", "path")).endswith("check.py")


@pytest.mark.parametrize("kind", ["int", "list"])
def test_a_value_without_a_json_form_is_told_after_the_run(
    call: Call, folder: Path, kind: str
) -> None:
    write(
        folder,
        "outsize.py",
        f"""
        from flowdsl import pipeline, step

        @step
        def whole(n: int) -> int:
            return 10 ** n

        @step
        def listed(n: int) -> list[int]:
            return [10 ** n]

        @pipeline
        def flow(n: int) -> {"int" if kind == "int" else "list[int]"}:
            return {"whole" if kind == "int" else "listed"}(n)
        """,
    )

    done = call("run", "outsize.py", "-i", "n=5000")
    document = call("run", "outsize.py", "-i", "n=5000", "--json")

    assert (done.code, done.out) == (1, "")
    assert f"FD514: the run is done, but its value of type {kind} can't be written" in done.err
    assert document.code == 1
    assert document.at("error", "code") == "FD514"
    assert document.at("run", "status") == "done"


def test_the_process_leaves_with_the_code(folder: Path) -> None:
    assert in_process_of_its_own("check", "flows.py:twice", folder=folder).code == 0
    assert in_process_of_its_own("check", "flows.py:wrong", folder=folder).code == 2
    assert in_process_of_its_own("run", "flows.py:breaks", "-i", "n=1", folder=folder).code == 1


def test_the_arguments_are_those_of_the_process_by_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["flowdsl", "version"])

    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().out.startswith("flowdsl ")
