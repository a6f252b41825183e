"""How far a run is, gathered from its events: a row a node, and sums; terminals and notebooks show the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, assert_never

from flowdsl.errors.printable import printable
from flowdsl.events.records import (
    EachProgressed,
    Event,
    ModelAnswered,
    ModelAsked,
    ModelCalled,
    NodeFailed,
    NodeFinished,
    NodeSkipped,
    NodeStarted,
    Retried,
    RunFinished,
    RunStarted,
    TextArrived,
    Warned,
)
from flowdsl.ir.data_nodes import Input
from flowdsl.ir.region_nodes import Region

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph

State = Literal["waiting", "running", "done", "failed", "skipped"]
MARKS: dict[State, str] = {
    "waiting": "·",
    "running": "▶",
    "done": "✓",
    "failed": "✕",
    "skipped": "»",
}
"""A sign for each state: colour alone never says it."""
TAIL = 72
"""Letters kept of a text that a model is writing."""
REJECTED = "the answer was rejected"
_NUMBER = re.compile(r"\[\d+\]")


@dataclass(slots=True)
class Row:
    """What is known of a node; of one inside a body, of all its rounds together."""

    path: str
    """Its address without the numbers of items and rounds."""
    running: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    items: tuple[int, int | None] | None = None
    """Of an `each`: items done, and how many there are."""
    began_s: float | None = None
    ended_s: float = 0.0
    tokens: int = 0
    note: str = ""
    """The end of the text a model is writing, or why something waits, failed or was skipped."""
    is_text: bool = True
    """Whether more text goes on with the note."""

    @property
    def state(self) -> State:
        """What it is at now."""
        if self.failed:
            return "failed"
        if self.running > 0:
            return "running"
        if self.skipped:
            return "skipped"
        return "done" if self.done else "waiting"

    def seconds(self, now_s: float) -> float | None:
        """Seconds from its first start until its end, or until now; `None` before it began."""
        if self.began_s is None:
            return None
        return (now_s if self.running > 0 else self.ended_s) - self.began_s

    @property
    def count(self) -> str:
        """Items done of how many, or rounds done where there is more than one."""
        if self.items is not None:
            done, total = self.items
            return f"{done}/{'?' if total is None else total}"
        return f"x{self.done}" if self.done > 1 else ""


@dataclass(slots=True)
class Totals:
    """Sums over a run."""

    calls: int = 0
    tokens: int = 0
    cost_usd: Decimal | None = Decimal(0)
    """Dollars; `None` as soon as one price is unknown."""
    status: Literal["running", "done", "failed", "cancelled"] = "running"
    seconds: float | None = None
    """`None` while it runs."""


@dataclass(slots=True)
class Progress:
    """The state of one run, from the events it was told of.

    Events may be noted on one thread while another one reads.
    """

    graph: Graph
    totals: Totals = field(default_factory=Totals)
    rows: dict[str, Row] = field(default_factory=dict[str, Row])

    def __post_init__(self) -> None:
        for path in paths_of(self.graph):
            self.rows[path] = Row(path)

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case RunStarted() | Warned() | ModelAsked() | ModelAnswered():
                pass
            case RunFinished():
                self._finish(event)
            case ModelCalled():
                self._bill(event)
            case _:
                _note(self._row(event.path), event)

    def _row(self, path: str) -> Row:
        plain = _NUMBER.sub("", path)
        row = self.rows.get(plain)
        if row is None:
            row = self.rows[plain] = Row(plain)
        return row

    def _bill(self, event: ModelCalled) -> None:
        tokens = event.usage.input_tokens + event.usage.output_tokens
        row = self._row(event.path)
        row.tokens += tokens
        row.note, row.is_text = ("", True) if event.accepted else (REJECTED, False)
        self.totals.tokens += tokens
        self.totals.calls += 1
        known, cost = self.totals.cost_usd, event.cost_usd
        self.totals.cost_usd = None if known is None or cost is None else known + cost

    def _finish(self, event: RunFinished) -> None:
        for row in self.rows.values():
            if row.running:
                row.running, row.ended_s = 0, event.at_s
        self.totals.status, self.totals.seconds = event.status, event.at_s


def _note(
    row: Row,
    event: NodeStarted
    | NodeFinished
    | NodeFailed
    | NodeSkipped
    | TextArrived
    | EachProgressed
    | Retried,
) -> None:
    match event:
        case NodeStarted():
            row.running += 1
            row.began_s = event.at_s if row.began_s is None else row.began_s
        case NodeFinished():
            row.done += 1
            _close(row, event.at_s)
        case NodeFailed():
            row.failed += 1
            row.note = printable(event.message)
            _close(row, event.at_s)
        case NodeSkipped():
            row.skipped += 1
            row.note = printable(event.reason)
        case TextArrived():
            before = row.note if row.is_text else ""
            row.note, row.is_text = f"{before}{printable(event.text)}"[-TAIL:], True
        case EachProgressed():
            row.items = (event.done, event.total)
        case Retried():
            row.is_text = False
            row.note = f"waits {event.wait_s:.1f} s: {printable(event.reason)}"
        case _:
            assert_never(event)


def _close(row: Row, at_s: float) -> None:
    row.running = max(0, row.running - 1)
    row.ended_s = max(row.ended_s, at_s)


def paths_of(graph: Graph, prefix: str = "") -> Iterator[str]:
    """Every node that can run, by its address without numbers; those of bodies after their region."""
    for node_id, node in graph.nodes:
        if isinstance(node, Input):
            continue
        path = f"{prefix}{node_id}"
        yield path
        if isinstance(node, Region):
            for _, body in node.bodies:
                yield from paths_of(body, f"{path}/")
