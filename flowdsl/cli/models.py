"""`flowdsl models`: local models, pulled and listed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flowdsl.cli.answers import Answer
from flowdsl.cli.arguments import AsJson
from flowdsl.cli.tables import table

if TYPE_CHECKING:
    from flowdsl.providers.models import LocalModel, Stage

app = typer.Typer(help="Pull and list local models.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models(*, as_json: AsJson = False) -> Answer:  # noqa: ARG001 - read by `main`
    """List local models, and which are pulled."""
    from flowdsl.providers.models import CATALOGUE, locate

    rows: list[tuple[str, str, str, str]] = []
    documents: list[dict[str, object]] = []
    for model in CATALOGUE.values():
        path = locate(model.name)
        rows.append(
            (
                f"local:{model.name}",
                "ready" if path else "not pulled",
                f"{model.size_bytes / 1e6:.0f} MB",
                model.about,
            )
        )
        documents.append(
            {
                "model": f"local:{model.name}",
                "pulled": path is not None,
                "path": None if path is None else str(path),
                "size_bytes": model.size_bytes,
                "licence": model.licence,
                "context_tokens": model.context_tokens,
                "about": model.about,
            }
        )
    return Answer(table(("model", "state", "size", "about"), rows), {"models": documents})


@app.command("pull")
def pull(
    model: Annotated[
        str, typer.Argument(metavar="[MODEL]", help="A name that `flowdsl models list` shows.")
    ] = "smollm2-135m",
    *,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing while it goes on.")
    ] = False,
    as_json: AsJson = False,
) -> Answer:
    """Fetch a local model's weights, once.

    They are kept in the cache.
    """
    from flowdsl.providers.models import pull as fetch

    path = fetch(model.removeprefix("local:"), None if quiet or as_json else _tell)
    name = f"local:{model.removeprefix('local:')}"
    return Answer(str(path), {"model": name, "path": str(path)}, f"use it with --model {name}")


def _tell(stage: Stage, model: LocalModel) -> None:
    said = {
        "here": f"{model.name} is here already",
        "downloading": f"downloading {model.name}, {model.size_bytes / 1e6:.0f} MB …",
        "checking": "checking its checksum …",
        "ready": f"{model.name} is ready ({model.licence})",
    }
    sys.stderr.write(said[stage] + "\n")
    sys.stderr.flush()
