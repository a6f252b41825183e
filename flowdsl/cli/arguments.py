"""Arguments and options that several commands take, each with its help once."""

from __future__ import annotations

from typing import Annotated

import typer

TargetName = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        show_default=False,
        help="file.py, file.py:name, module:name, or a registered name.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        "-i",
        metavar="NAME=VALUE",
        show_default=False,
        help="One input: text as it is, other types as JSON, @FILE for a file's text. May be repeated.",
    ),
]
InputsFile = Annotated[
    str | None,
    typer.Option(
        "--inputs",
        metavar="FILE",
        show_default=False,
        help="A JSON object of inputs; - reads standard input.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="MODEL",
        show_default=False,
        help="Model of prompts that name none: provider:model or an alias.",
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", show_default=False, help="Write it to this file instead."
    ),
]
