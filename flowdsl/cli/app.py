"""`flowdsl`: finds the command, prints what it answers, turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.main import get_command

from flowdsl.cli import models
from flowdsl.cli.answers import FAILED, INTERRUPTED, Answer, deliver, failure, interruption
from flowdsl.cli.check import check
from flowdsl.cli.doctor import doctor
from flowdsl.cli.graph import graph
from flowdsl.cli.list import list_names
from flowdsl.cli.login import login, logout
from flowdsl.cli.run import run
from flowdsl.cli.show import show
from flowdsl.cli.version import version
from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.setup import InternalError

app = typer.Typer(
    name="flowdsl",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # typer's rich help would double what `--help` takes
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run)
app.command("check")(check)
app.command("graph")(graph)
app.command("list")(list_names)
app.command("show")(show)
app.add_typer(models.app, name="models")
app.command("login")(login)
app.command("logout")(logout)
app.command("doctor")(doctor)
app.command("version")(version)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands it over by position
    if wanted:
        deliver(version(), as_json=False)
        raise typer.Exit


@app.callback()
def every_command(
    *,
    wanted: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Typed pipelines of model calls: see the plan, check it, run it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code: 0 done, 1 run failed, 2 wrong usage or input, 130 interrupted.

    Args:
        arguments: Without the program's name; those of the process by default.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        answer = _answer(given or ["--help"])
        deliver(answer, as_json="--json" in given)
    except BrokenPipeError:
        # Whoever read has read enough; Python must not complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(FAILED) from None
    raise SystemExit(answer.code)


def _answer(given: list[str]) -> Answer:
    try:
        answer = _called(given)
    except InternalError as error:
        return failure(error, FAILED)
    except FlowError as error:
        return failure(error)
    except typer.TyperException as error:
        from flowdsl.cli.misuse import misused

        return misused(error, given)
    match answer:
        case Answer():
            return answer
        case 130:  # also what typer makes of Ctrl-C
            return interruption()
        case _:
            return Answer()


def _called(given: list[str]) -> object:
    try:
        return get_command(app).main(given, prog_name="flowdsl", standalone_mode=False)
    except (FlowError, typer.TyperException, BrokenPipeError):
        raise
    except typer.Abort:  # the end of input in place of an answer
        return INTERRUPTED
    except Exception as error:
        raise InternalError(error, place=_place_in_flowdsl(error)) from error


def _place_in_flowdsl(error: Exception) -> Place | None:
    """The innermost line of flowdsl that an error went through."""
    from pathlib import Path
    from traceback import extract_tb

    home = str(Path(__file__).parents[1])
    found = [each for each in extract_tb(error.__traceback__) if each.filename.startswith(home)]
    return Place(found[-1].filename, found[-1].lineno or 1, None, found[-1].name) if found else None
