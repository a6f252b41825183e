"""Live progress in a notebook's cell: one display, updated while the run goes on.

Quick runs show nothing. Nothing but IPython itself is needed; it is looked for only where it is loaded already.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextvars import copy_context
from html import escape
from importlib import import_module
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from flowdsl.events.progress import MARKS, TAIL, Progress, Row, State
from flowdsl.events.records import Event, RunFinished, RunStarted
from flowdsl.ir.usage import dollars

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph

VARIABLE = "FLOWDSL_PROGRESS"
"""Environment variable that switches the display off: `0`, `off`, `no` or `false`."""
AFTER_S = 0.4
"""Seconds a run takes before anything is shown."""
EVERY_S = 0.25
"""Seconds between two updates, at least."""
_JOIN_S = 2.0


class Shows(Protocol):
    """Puts the display into the cell, or updates it."""

    def __call__(self, html: str, text: str, /, *, display_id: str, update: bool) -> object:
        """Show both forms; a front end takes the one it can."""
        ...


def in_cell(html: str, text: str, /, *, display_id: str, update: bool) -> None:
    """Show it in the cell that runs now, by IPython."""
    display: Callable[..., object] = import_module("IPython.display").display
    display({"text/html": html, "text/plain": text}, raw=True, display_id=display_id, update=update)


def is_notebook() -> bool:
    """Whether this is a notebook's kernel, with a cell to show things in."""
    ipython = sys.modules.get("IPython")
    shell: object = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def progress_for(graph: Graph) -> NotebookProgress | None:
    """A listener that shows this run; `None` outside of notebooks, or where it is switched off."""
    is_off = os.environ.get(VARIABLE, "").strip().lower() in {"0", "off", "no", "false"}
    return None if is_off or not is_notebook() else NotebookProgress(graph)


class NotebookProgress:
    """A listener that shows how far a run is.

    What happened is noted on the loop's thread; showing it is the work of a thread of its own, so that the run
    never waits for a front end.

    Args:
        graph: What is run.
        show: Puts the display into the cell.
        after_s: Seconds a run takes before anything is shown.
        every_s: Seconds between two updates, at least.
    """

    def __init__(
        self,
        graph: Graph,
        show: Shows = in_cell,
        *,
        after_s: float = AFTER_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._progress = Progress(graph)
        self._show = show
        self._after_s, self._every_s = after_s, every_s
        self._over = Flag()
        self._zero = 0.0
        self._display_id = ""
        self._thread: Thread | None = None

    def __call__(self, event: Event) -> None:
        """Note one event."""
        self._progress.note(event)
        match event:
            case RunStarted():
                self._begin(event)
            case RunFinished():
                self._end()
            case _:
                pass

    def _begin(self, event: RunStarted) -> None:
        self._zero = time.perf_counter()
        # The thread takes the context along: in it the kernel keeps which cell is meant.
        self._thread = Thread(
            target=copy_context().run,
            args=(self._watch, f"flowdsl-{event.run_id}"),
            name="flowdsl-progress",
            daemon=True,
        )
        self._thread.start()

    def _watch(self, display_id: str) -> None:
        wait_s = self._after_s
        while not self._over.wait(wait_s):
            self._publish(display_id)
            wait_s = self._every_s
        if self._display_id:
            self._publish(display_id)

    def _publish(self, display_id: str) -> None:
        now_s = time.perf_counter() - self._zero
        html, text = html_of(self._progress, now_s), line_of(self._progress, now_s)
        self._show(html, text, display_id=display_id, update=bool(self._display_id))
        self._display_id = display_id

    def _end(self) -> None:
        """Show the end of it before the cell is over: a front end may take no update after that."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)


MAX_ROWS = 24
"""Nodes shown while a run goes on; the rest is counted."""
_SHOWN_FIRST: tuple[State, ...] = ("running", "failed", "skipped", "done", "waiting")
# Colours are the front end's own where they can be, so that it reads by day and by night.
_LINE = "font-size:13px;margin:2px 0;text-align:left;font-variant-numeric:tabular-nums"
_TABLE = "font-size:12px;border-collapse:collapse;margin:2px 0;color:inherit;background:transparent"
_CELL = (
    "padding:1px 12px 1px 0;border:0;background:transparent;text-align:{side};white-space:nowrap"
)
_COLOURS: dict[State, str] = {
    "waiting": "",
    "running": "color:#3b82f6",
    "done": "color:#16a34a",
    "failed": "color:#ef4444",
    "skipped": "color:#a8a29e",
}


def line_of(progress: Progress, now_s: float) -> str:
    """One line on the whole run.

    Args:
        progress: How far it is.
        now_s: Seconds since it began.
    """
    totals = progress.totals
    top = [row for row in list(progress.rows.values()) if "/" not in row.path]
    over = sum(row.state in ("done", "skipped") for row in top)
    parts = [f"{progress.graph.name}: {totals.status}", f"{over} of {len(top)} steps"]
    if totals.calls:
        parts += [f"{totals.calls} model call{'' if totals.calls == 1 else 's'}"]
        parts += [f"{totals.tokens:,} tokens", dollars(totals.cost_usd)]
    seconds = now_s if totals.seconds is None else totals.seconds
    return " · ".join([*parts, f"{seconds:.1f} s"])


def html_of(progress: Progress, now_s: float) -> str:
    """The line, and a row a node until all is well; everything from outside is escaped.

    Args:
        progress: How far it is.
        now_s: Seconds since it began.
    """
    line = f'<div style="{_LINE}">{escape(line_of(progress, now_s))}</div>'
    if progress.totals.status == "done":
        return line
    rows = list(progress.rows.values())
    order = {state: number for number, state in enumerate(_SHOWN_FIRST)}
    chosen = {row.path for row in sorted(rows, key=lambda row: order[row.state])[:MAX_ROWS]}
    body = "".join(_row(row, now_s) for row in rows if row.path in chosen)
    left = len(rows) - len(chosen)
    rest = f'<div style="{_LINE};opacity:.7">… and {left} further nodes</div>' if left else ""
    return f'{line}<table style="{_TABLE}"><tbody>{body}</tbody></table>{rest}'


def _row(row: Row, now_s: float) -> str:
    seconds, state = row.seconds(now_s), row.state
    depth, name = row.path.count("/"), escape(row.path.rpartition("/")[2])
    note = escape(" ".join(row.note.split())[-TAIL:])
    cells = (
        ("left", f'<span style="{_COLOURS[state]}" title="{state}">{MARKS[state]}</span>'),
        ("left", f'<span style="padding-left:{depth * 14}px">{name}</span>'),
        ("right", row.count),
        ("right", f"{row.tokens:,} tokens" if row.tokens else ""),
        ("right", "" if seconds is None else f"{seconds:.1f} s"),
        ("left", f'<span style="opacity:.65">{note}</span>'),
    )
    faint = (
        ' style="opacity:.6;background:transparent"'
        if state == "waiting"
        else ' style="background:transparent"'
    )
    shown = "".join(f'<td style="{_CELL.format(side=side)}">{cell}</td>' for side, cell in cells)
    return f"<tr{faint}>{shown}</tr>"
