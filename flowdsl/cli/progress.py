"""How a run is shown while it goes on: on a terminal, in a log, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowdsl.events.bus import Listener
    from flowdsl.events.console import LiveProgress
    from flowdsl.events.records import Event
    from flowdsl.ir.graph import Graph
    from flowdsl.runtime.context import Approver


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run tells, and whom it asks."""

    listeners: tuple[Listener, ...] = ()
    approver: Approver | None = None
    """Asked by `approve` steps; `None` when there is no terminal to ask on."""


@contextmanager
def progress(graph: Graph, *, quiet: bool) -> Generator[Shown]:
    """Show a run for as long as the block lasts, on standard error."""
    if quiet:
        yield Shown((_tell_a_wait,), _asker(None))
        return
    if not sys.stderr.isatty():
        from flowdsl.events.console import PlainProgress

        yield Shown((PlainProgress(graph, sys.stderr),), _asker(None))
        return
    from rich.console import Console

    from flowdsl.events.console import LiveProgress

    with LiveProgress(graph, Console(stderr=True)) as live:
        yield Shown((live,), _asker(live))


def _tell_a_wait(event: Event) -> None:
    """Whoever has pressed Ctrl-C is told why nothing ends, however quiet the run is to be."""
    from flowdsl.events.records import Warned

    if isinstance(event, Warned) and not event.path and not event.code:
        sys.stderr.write(f"warning  {event.message}\n")
        sys.stderr.flush()


def _asker(live: LiveProgress | None) -> Approver | None:
    from flowdsl.runtime.approvers import approver_of_terminal

    ask = approver_of_terminal()
    if ask is None or live is None:
        return ask

    async def asked(question: str, value: object) -> bool:
        live.pause()
        try:
            return await ask(question, value)
        finally:
            live.resume()

    return asked
