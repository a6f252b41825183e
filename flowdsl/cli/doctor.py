"""`flowdsl doctor`: what is installed, which models are ready, where settings come from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowdsl.cli.answers import DONE, WRONG, Answer, command, plain
from flowdsl.cli.arguments import AsJson
from flowdsl.cli.tables import table

if TYPE_CHECKING:
    from flowdsl.config import Loaded
    from flowdsl.errors.base import FlowError


@command
def doctor(*, as_json: AsJson = False) -> Answer:  # noqa: ARG001 - read by `main`
    """Show what is installed, which models are ready, and where settings come from."""
    from flowdsl.config import load, unknown_variables
    from flowdsl.errors.base import FlowError

    broken: FlowError | None = None
    loaded: Loaded | None = None
    try:
        loaded = load()
    except FlowError as error:
        broken = error
    return Answer()
