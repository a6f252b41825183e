"""`flowdsl list`: pipelines that are installed, or what a file holds."""

from __future__ import annotations

from typing import Annotated

import typer

from flowdsl.cli.answers import Answer, command
from flowdsl.cli.arguments import AsJson
from flowdsl.cli.tables import table


@command
def list_names(
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", show_default=False, help="List what this file holds."),
    ] = None,
    *,
    as_json: AsJson = False,  # noqa: ARG001 - read by `main`
) -> Answer:
    """List what is installed, or what a file holds."""
    return _installed() if file is None else _in_file(file)


def _installed() -> Answer:
    from flowdsl.registry import GROUP, installed

    found = installed()
    document = {
        "pipelines": [
            {"name": each.name, "target": each.target, "distribution": each.distribution}
            for each in found
        ]
    }
    if not found:
        return Answer(
            f'no pipelines are installed; packages register theirs under "{GROUP}".', document
        )
    rows = [(each.name, each.distribution, each.target) for each in found]
    return Answer(table(("name", "from", "target"), rows), document)


def _in_file(file: str) -> Answer:
    from flowdsl.targets import Target, load_file, things_in

    targets = [
        Target(f"{file}:{name}", thing) for name, thing in things_in(load_file(file)).items()
    ]
    document = {
        "file": file,
        "things": [
            {
                "name": each.name,
                "kind": each.kind,
                "target": each.given,
                "takes": each.signature.shown,
            }
            for each in targets
        ],
    }
    if not targets:
        return Answer(f"{file} holds no pipelines and no steps.", document)
    rows = [(each.kind, each.given, each.signature.shown) for each in targets]
    return Answer(table(("kind", "target", "takes and gives"), rows), document)
