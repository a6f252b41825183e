"""`flowdsl check`: everything that is wrong with a pipeline, before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowdsl.cli.answers import DONE, WRONG, Answer, command
from flowdsl.cli.arguments import AsJson, Inputs, Model, TargetName

if TYPE_CHECKING:
    from flowdsl.config import Settings
    from flowdsl.errors.base import FlowError
    from flowdsl.targets import Target


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out about a pipeline."""

    problems: tuple[FlowError, ...] = ()
    """It is wrong, wherever it is run."""
    warnings: tuple[FlowError, ...] = ()
    """It is right, but could not be run here and now."""


@command
def check(
    target: TargetName,
    given: Inputs = None,
    *,
    model: Model = None,
    as_json: AsJson = False,  # noqa: ARG001 - read by `main`
) -> Answer:
    """Find all that is wrong with a pipeline.

    Types, wiring and prompts are checked before anything runs. A model that is missing or not ready is a warning, for
    that is a matter of where the pipeline is run; with --model it is a problem. Inputs are needed only where they shape
    the graph (`Static`).
    """
    from flowdsl.cli.inputs import read_inputs
    from flowdsl.config import load
    from flowdsl.targets import load_target

    settings = load(flags={"model": model}).settings
    found = load_target(target)
    inputs = read_inputs(found.signature, given or [], None, complete=False)
    findings = findings_of(found, inputs, settings, with_model=model is not None)
    document = {
        "target": target,
        "name": found.name,
        "ok": not findings.problems,
        "problems": [problem.to_document() for problem in findings.problems],
        "warnings": [warning.to_document() for warning in findings.warnings],
    }
    return Answer(_said(found.name, findings), document, code=WRONG if findings.problems else DONE)


def _said(name: str, findings: Findings) -> str:
    if findings.problems:
        last = f"'{name}' has {_counted(len(findings.problems), 'problem')}."
    elif findings.warnings:
        last = f"'{name}' is in order, with {_counted(len(findings.warnings), 'warning')}: it can't be run yet."
    else:
        last = f"'{name}' is in order."
    warned = [f"warning: {warning}" for warning in findings.warnings]
    return "\n\n".join([*map(str, findings.problems), *warned, last])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def findings_of(
    target: Target, inputs: dict[str, object], settings: Settings, *, with_model: bool
) -> Findings:
    """What is wrong with the graph; if nothing is, what is wrong with its models.

    Args:
        target: What is checked.
        inputs: Those that shape the graph.
        settings: Where the models are named.
        with_model: Whether a model was asked for, so that one which can't answer is a problem.
    """
    from flowdsl.engine import Options, check_models
    from flowdsl.errors.base import FlowError
    from flowdsl.ir.verify import verify

    try:
        graph = target.graph(inputs)
    except FlowError as error:
        return Findings(error.problems)
    if wrong := tuple(verify(graph)):
        return Findings(wrong)
    # As a run of the command line would be capped.
    cap = settings.cli_budget_usd if settings.budget_usd is None else settings.budget_usd
    found = tuple(check_models(graph, Options(settings=settings, budget_usd=cap)))
    return Findings(found) if with_model else Findings(warnings=found)
