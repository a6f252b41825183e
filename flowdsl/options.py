"""How a run is to go, as `using()` takes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
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
    budget_usd: Decimal | float | None
    """Dollars that the run may spend. Each call reserves its worst case before it is sent; one that no longer fits is not
    made, and the run fails with what it has done. A model without a known price is refused."""
    timeout_s: float | None
    """Seconds for the whole run. Paid calls in flight then still get `grace_s`: so long it may take on top."""
    grace_s: float
    """Seconds that paid calls in flight, and steps that change something, may still take after a failure, a timeout or an
    interrupt; 30 unless settings say otherwise. With 0 they are cut short, and what they gave is paid for and lost."""
    on_failure: OnFailure
    """`stop` (default) or `continue` with branches that do not depend on what failed."""
    seed: int
    """Seeds all chance in the run (waits before retries, ids)."""
    on_event: Callable[[Event], object]
    """Called with each event, as it happens."""
    on_text: Callable[[str, str], object]
    """Called with a node's path and each piece of a model's text, as it arrives. An empty piece says that what came so far is
    thrown away (an answer of another type, an attempt that broke off) and the answer begins anew."""
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
    """What a value must be and is not; empty when it is in order."""
    fits, wanted = _KINDS[option]
    return "" if fits(value) else f"must be {wanted}"


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 1


def _is_time(value: object) -> bool:
    return value is None or (type(value) in (int, float) and float(str(value)) > 0)


def _is_money(value: object) -> bool:
    return value is None or (
        type(value) in (int, float, Decimal)
        and Decimal(str(value)).is_finite()
        and Decimal(str(value)) > 0
    )


def _is_wait(value: object) -> bool:
    return type(value) in (int, float) and float(str(value)) >= 0


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_truth(value: object) -> bool:
    return type(value) is bool


def _is_failing(value: object) -> bool:
    return value in ("stop", "continue")


def _is_whole(value: object) -> bool:
    return type(value) is int


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_run(value: object) -> bool:
    return value is None or hasattr(value, "events")


_FUNCTION = (callable, "a function")
_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "model": (_is_text, "'provider:model' or an alias"),
    "max_parallel": (_is_count, "a whole number from 1"),
    "budget_usd": (_is_money, "a number of dollars above 0"),
    "timeout_s": (_is_time, "a number of seconds above 0"),
    "grace_s": (_is_wait, "a number of seconds from 0"),
    "on_failure": (_is_failing, "'stop' or 'continue'"),
    "seed": (_is_whole, "a whole number"),
    "on_event": _FUNCTION,
    "on_text": _FUNCTION,
    "progress": (_is_truth, "True or False"),
    "keep_events": (_is_truth, "True or False"),
    "upto": (_is_text, "the name of a node"),
    "reuse": (_is_run, "a Run"),
    "providers": (_is_mapping, "a mapping of prefixes to providers"),
    "approver": _FUNCTION,
    "workspace": (_is_text, "a folder"),
}
