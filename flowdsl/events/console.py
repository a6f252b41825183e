"""A run on the terminal while it goes on: a calm picture of its nodes, or plain lines where there is no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import IO, TYPE_CHECKING, Self

from flowdsl.errors.printable import printable
from flowdsl.events.progress import MARKS, Progress, Row, State
from flowdsl.events.records import (
    Event,
    ModelCalled,
    NodeFailed,
    NodeFinished,
    NodeSkipped,
    Retried,
    RunStarted,
    TextArrived,
    Warned,
)
from flowdsl.ir.usage import dollars

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

    from flowdsl.ir.graph import Graph

REFRESHES = 8
"""Times a second that the picture is drawn anew."""
MIN_WINDOW_S = 0.5
"""A rate is told once models have been at work for that long."""
_BESIDE_ROWS = 4
_SHOWN_FIRST: tuple[State, ...] = ("running", "failed", "waiting", "done", "skipped")
_STYLES: dict[State, str] = {
    "waiting": "dim",
    "running": "cyan",
    "done": "green",
    "failed": "red",
    "skipped": "dim",
}


@dataclass(slots=True)
class Pace:
    """How quickly models answer."""

    tokens: int = 0
    """Of answers that are whole."""
    pieces: int = 0
    """Of answers under way; a piece is about a token."""
    began_s: float | None = None
    """When the first answer began."""

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case TextArrived():
                self.pieces += 1
                self.began_s = event.at_s if self.began_s is None else self.began_s
            case ModelCalled():
                self.tokens += event.usage.output_tokens
                self.pieces = max(0, self.pieces - event.usage.output_tokens)
                if self.began_s is None:
                    self.began_s = event.at_s - event.seconds
            case _:
                pass

    def rate(self, now_s: float) -> float | None:
        """Tokens of answers a second since the first one began; `None` before it can be told."""
        if self.began_s is None or now_s - self.began_s < MIN_WINDOW_S:
            return None
        return (self.tokens + self.pieces) / (now_s - self.began_s)


def seconds_text(seconds: float) -> str:
    """A duration as people read it."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def tokens_in(progress: Progress, path: str) -> int:
    """Tokens of a node and of all that lies in it."""
    return sum(
        row.tokens
        for row in list(progress.rows.values())
        if row.path == path or row.path.startswith(f"{path}/")
    )


class PlainProgress:
    """A line when a step of the pipeline itself is over, on a stream that is no terminal."""

    def __init__(self, graph: Graph, stream: IO[str]) -> None:
        self._progress = Progress(graph)
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Note an event, and say it if it is worth a line."""
        self._progress.note(event)
        for line in self._lines(event):
            self._stream.write(line + "\n")
            self._stream.flush()

    def _lines(self, event: Event) -> Iterator[str]:
        match event:
            case RunStarted(pipeline=pipeline):
                yield f"running  {pipeline}"
            case NodeFinished(path=path) | NodeFailed(path=path) | NodeSkipped(path=path):
                if "/" not in path and (row := self._progress.rows.get(path)) is not None:
                    yield f"{row.state:<8} {' · '.join(self._facts(row, event.at_s))}"
            case Retried(path=path, attempt=attempt, wait_s=wait_s, reason=reason):
                yield f"retry    {path} · attempt {attempt} failed, next in {wait_s:.1f} s: {printable(reason)}"
            case ModelCalled(path=path, model=model, accepted=False):
                yield f"rejected {path} · the answer of {printable(model)} could not be used"
            case Warned():
                yield f"warning  {_warning(event)}"
            case _:
                pass

    def _facts(self, row: Row, now_s: float) -> Iterator[str]:
        yield row.path
        seconds = row.seconds(now_s)
        if seconds is not None:
            yield seconds_text(seconds)
        if row.items is not None:
            yield f"{row.count} items"
        if tokens := tokens_in(self._progress, row.path):
            yield f"{tokens:,} tokens"
        if row.state == "skipped" and row.note:
            yield row.note


def _warning(event: Warned) -> str:
    return printable(f"{event.code}: {event.message}" if event.code else event.message)


class LiveProgress:
    """A picture on a terminal, drawn anew a few times a second; it leaves the screen when the run is over."""

    def __init__(self, graph: Graph, console: Console) -> None:
        self._progress = Progress(graph)
        self._pace = Pace()
        self._console = console
        self._live: Live | None = None
        self._began = monotonic()

    def __call__(self, event: Event) -> None:
        """Note an event; warnings are printed above the picture and stay."""
        if isinstance(event, RunStarted):
            self._began = monotonic()
        self._progress.note(event)
        self._pace.note(event)
        if isinstance(event, Warned):
            from rich.text import Text

            self._console.print(Text.assemble(("warning  ", "yellow"), _warning(event)))

    def __enter__(self) -> Self:
        self.resume()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the picture off the screen."""
        self.pause()

    def pause(self) -> None:
        """Leave the screen to something else, such as a question."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def resume(self) -> None:
        """Show the picture, again if need be."""
        from rich.live import Live

        self._live = Live(
            console=self._console,
            get_renderable=self._drawn,
            refresh_per_second=REFRESHES,
            transient=True,
            redirect_stdout=False,
        )
        self._live.start()

    def _drawn(self) -> RenderableType:
        size, now_s = self._console.size, monotonic() - self._began
        rows = size.height - _BESIDE_ROWS
        return drawn(self._progress, self._pace, now_s, rows=rows, width=size.width)


def drawn(progress: Progress, pace: Pace, now_s: float, *, rows: int, width: int) -> RenderableType:
    """The picture as rich draws it: a line a node, and the sums below.

    Args:
        progress: How far the run is.
        pace: How quickly models answer.
        now_s: Seconds since the run began.
        rows: Lines there are for nodes; what runs goes before what is over.
        width: Columns there are.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=1)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(16, width * 2 // 5))
    for _ in range(3):
        table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, overflow="ellipsis", style="dim", ratio=1)
    shown, left = rows_shown(progress, rows)
    for row in shown:
        table.add_row(*_cells(row, now_s))
    if left:
        table.add_row("", Text(f"… {left} more", style="dim"))
    line = sums(progress, pace, now_s)
    return Group(table, Text(line, style="dim", no_wrap=True, overflow="ellipsis"))


def _cells(row: Row, now_s: float) -> Iterator[RenderableType]:
    from rich.text import Text

    state, style = row.state, _STYLES[row.state]
    yield Text(MARKS[state], style=style)
    indent = "  " * row.path.count("/")
    yield Text(indent + row.path.rpartition("/")[2], style="dim" if style == "dim" else "")
    seconds = row.seconds(now_s)
    yield Text("" if seconds is None else seconds_text(seconds))
    yield Text(row.count)
    yield Text(f"{row.tokens:,} tokens" if row.tokens else "")
    # What several items write at once is no text.
    yield Text("" if row.running > 1 else " ".join(row.note.split()))


def sums(progress: Progress, pace: Pace, now_s: float) -> str:
    """Steps, seconds, tokens, rate and dollars so far, on one line."""
    top = [row for row in list(progress.rows.values()) if "/" not in row.path]
    over = sum(row.state in ("done", "skipped") for row in top)
    parts = [f"{over} of {len(top)} steps", seconds_text(now_s)]
    tokens = progress.totals.tokens + pace.pieces
    if tokens:
        parts.append(f"{tokens:,} token{'' if tokens == 1 else 's'}")
        rate = pace.rate(now_s)
        parts += [] if rate is None else [f"{rate:,.0f} tokens/s"]
        parts.append(dollars(progress.totals.cost_usd))
    return " · ".join(parts)


def rows_shown(progress: Progress, room: int) -> tuple[list[Row], int]:
    """The rows that fit, in the pipeline's order, and how many are left out.

    Args:
        progress: How far the run is.
        room: Lines there are, one of them for what is left out.
    """
    rows = list(progress.rows.values())
    if len(rows) <= max(room, 1):
        return rows, 0
    ranked = sorted(range(len(rows)), key=lambda at: _SHOWN_FIRST.index(rows[at].state))
    kept = sorted(ranked[: max(room - 1, 1)])
    return [rows[at] for at in kept], len(rows) - len(kept)
