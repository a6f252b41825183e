"""`flowdsl check`: everything that is wrong with a pipeline, before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowdsl.cli.answers import DONE, WRONG, Answer, command
from flowdsl.cli.arguments import AsJson, Inputs, Model, TargetName

if TYPE_CHECKING:
    from flowdsl.config import Settings
    from flowdsl.errors.base import FlowError
    from flowdsl.targets import Target


@command
def check(
    target: TargetName,
    given: Inputs = None,
    *,
    model: Model = None,
    as_json: AsJson = False,  # noqa: ARG001 - read by `main`
) -> Answer:
    """Find all that is wrong with a pipeline, before it runs.

    Types, wiring and prompts are checked, and whether the models it asks are ready. Inputs are needed only where they
    shape the graph (`Static`).
    """
    from flowdsl.cli.inputs import read_inputs
    from flowdsl.config import load
    from flowdsl.targets import load_target

    settings = load(flags={"model": model}).settings
    found = load_target(target)
    inputs = read_inputs(found.signature, given or [], None, complete=False)
    problems = problems_of(found, inputs, settings)
    document = {
        "target": target,
        "name": found.name,
        "ok": not problems,
        "problems": [problem.to_document() for problem in problems],
    }
    if not problems:
        return Answer(f"'{found.name}' is in order.", document, code=DONE)
    counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    said = "\n\n".join(map(str, problems))
    return Answer(f"{said}\n\n'{found.name}' has {counted}.", document, code=WRONG)


def problems_of(
    target: Target, inputs: dict[str, object], settings: Settings
) -> tuple[FlowError, ...]:
    """What is wrong with the graph; if nothing is, what is wrong with its models."""
    from flowdsl.engine import Options, check_models
    from flowdsl.errors.base import FlowError
    from flowdsl.ir.verify import verify

    try:
        graph = target.graph(inputs)
    except FlowError as error:
        return error.problems
    return tuple(verify(graph)) or tuple(check_models(graph, Options(settings=settings)))
