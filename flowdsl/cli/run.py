"""`flowdsl run`: a run with its progress, its value and its sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flowdsl.cli.answers import FAILED, WRONG, Answer, command
from flowdsl.cli.arguments import AsJson, Inputs, InputsFile, Model, Output, TargetName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowdsl.config import Settings
    from flowdsl.engine import Options
    from flowdsl.ir.graph import Graph

Course = Literal["stop", "continue"]


@command
def run(
    target: TargetName,
    given: Inputs = None,
    inputs_file: InputsFile = None,
    *,
    model: Model = None,
    max_parallel: Annotated[
        int | None, typer.Option(metavar="N", show_default=False, help="Steps at work at once.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="USD",
            show_default=False,
            help="Dollars the run may spend, or 'none'; 1 when nothing is said.",
        ),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", show_default=False, help="For the whole run.")
    ] = None,
    on_failure: Annotated[
        Course | None,
        typer.Option(
            show_default=False, help="When a step fails: stop, or go on with what does not need it."
        ),
    ] = None,
    upto: Annotated[
        str | None,
        typer.Option(
            metavar="NODE", show_default=False, help="Run only this node and what it needs."
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", show_default=False, help="Repeats chance and ids.")
    ] = None,
    output: Output = None,
    field: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            show_default=False,
            help="Only this part of the value: report.issues.0.line.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no sums.")] = False,
    as_json: AsJson = False,
) -> Answer:
    """Run a pipeline, a prompt or a step.

    The value goes to standard output: text as it is, what shows itself as Markdown (`_repr_markdown_`) as that, anything
    else as JSON. Progress and sums go to standard error.
    """
    from flowdsl.cli.fields import check_field
    from flowdsl.cli.files import check_writable
    from flowdsl.cli.inputs import read_inputs
    from flowdsl.config import load
    from flowdsl.engine import Options
    from flowdsl.targets import load_target

    flags = {
        "model": model,
        "max_parallel": max_parallel,
        "timeout_s": timeout,
        "on_failure": on_failure,
        "budget_usd": _dollars(budget),
    }
    if output is not None:
        check_writable(output)
    settings = _capped(load(flags=flags).settings, budget)
    found = load_target(target)
    inputs = read_inputs(found.signature, given or [], inputs_file)
    graph = found.graph(inputs)
    if field is not None and upto is None:
        check_field(field, found.gives(graph))
    inputs = {name: value for name, value in inputs.items() if name not in found.statics}
    options = Options(settings=settings, upto=upto, seed=seed)
    answer = _ran(graph, inputs, options, quiet=quiet or as_json, field=field)
    return answer if output is None else _written(answer, output)


def _dollars(budget: str | None) -> float | str | None:
    """What `--budget` says, for the settings to judge; nothing where it says `none`, which is seen to apart."""
    if budget is None or budget == "none":
        return None
    try:
        return float(budget)
    except ValueError:
        return budget


def _capped(settings: Settings, budget: str | None) -> Settings:
    """The settings with the cap of a run: the flag's, else that of all runs, else that of the command line."""
    from dataclasses import replace

    if budget == "none":
        return replace(settings, budget_usd=None)
    cap = settings.cli_budget_usd if settings.budget_usd is None else settings.budget_usd
    return replace(settings, budget_usd=cap)


def _ran(
    graph: Graph,
    inputs: Mapping[str, object],
    options: Options,
    *,
    quiet: bool,
    field: str | None,
) -> Answer:
    from dataclasses import replace

    from flowdsl.cli.progress import progress
    from flowdsl.cli.summary import failed, finished, interrupted
    from flowdsl.engine import run_sync
    from flowdsl.errors.base import FlowError
    from flowdsl.errors.interrupt import RunInterruptedError
    from flowdsl.events.records import Event, RunStarted

    begun: list[Event] = []

    def note(event: Event) -> None:
        if isinstance(event, RunStarted):
            begun.append(event)

    try:
        with progress(graph, quiet=quiet) as shown:
            heard = replace(options, listeners=(note, *shown.listeners), approver=shown.approver)
            done = run_sync(graph, inputs, heard)
        return finished(done, quiet=quiet, field=field)
    except RunInterruptedError as interrupt:
        return interrupted(interrupt.run)
    except FlowError as error:
        return failed(error, FAILED if begun else WRONG)


def _written(answer: Answer, output: str) -> Answer:
    """The answer, with its text in a file instead of on standard output."""
    from dataclasses import replace

    from flowdsl.cli.files import write_file

    if answer.code:
        return answer
    write_file(output, answer.text)
    return replace(answer, text="", document={**answer.document, "output": output})
