"""How a run is to go, as `using()` takes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypedDict

from flowdsl.dsl.places import here
from flowdsl.errors.tracing import OptionError
from flowdsl.ir.policy import OnFailure

if TYPE_CHECKING:
    from flowdsl.events.records import Event
    from flowdsl.providers import Provider
    from flowdsl.runtime.run import Run


class RunOptions(TypedDict, total=False):
    """Options of a run; none of them changes what the pipeline means."""

    model: str
    """Model of every prompt that names none: `provider:model` or an alias."""
    max_parallel: int
    """Nodes at work at once, from 1."""
    timeout_s: float | None
    """Seconds for the whole run."""
    on_failure: OnFailure
    """`stop` (default) or `continue` with branches that do not depend on what failed."""
    seed: int
    """Seeds all chance in the run (waits before retries, ids)."""
    on_event: Callable[[Event], object]
    """Called with each event, as it happens."""
    on_text: Callable[[str, str], object]
    """Called with a node's path and each piece of a model's text, as it arrives."""
    progress: bool
    """Show a run live in a notebook's cell (default); `False` runs quietly."""
    keep_events: bool
    """Keep the events in `Run.events`."""
    upto: str
    """Run only what this node needs, and it."""
    reuse: Run[object] | None
    """An earlier `Run` whose values stand for nodes that have not changed since."""
    providers: Mapping[str, Provider]
    """Providers by prefix, in place of the usual ones."""
    approver: Callable[[str, object], Awaitable[bool]]
    """Asked by `approve` in place of the terminal: an async function of the question and the value."""
    workspace: str
    """Folder that prompts' files are read from; the working folder by default."""


def check_options(where: str, options: Mapping[str, object]) -> None:
    """Refuse unknown options and values out of range.

    Raises:
        OptionError: The first that is wrong.
    """
    known = tuple(RunOptions.__annotations__)
    for option, value in options.items():
        if option not in known:
            raise OptionError(where, option, "is no option", known=known, place=here())
        wrong = _wrong(option, value)
        if wrong:
            raise OptionError(where, option, f"{wrong}, not {value!r}", place=here())


def _wrong(option: str, value: object) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    match option:
        case "max_parallel" if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            return "must be a whole number from 1"
        case "timeout_s" if value is not None and not (number and float(str(value)) > 0):
            return "must be a number of seconds above 0"
        case "on_failure" if value not in ("stop", "continue"):
            return "must be 'stop' or 'continue'"
        case "model" if not isinstance(value, str) or not value.strip():
            return "must be 'provider:model' or an alias"
        case "on_event" | "on_text" | "approver" if not callable(value):
            return "must be a function"
        case _:
            return ""
