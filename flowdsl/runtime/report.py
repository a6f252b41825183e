"""A run for people and programs: the HTML a notebook shows, and a JSON document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from flowdsl.errors.base import FlowError
from flowdsl.events.jsonl import to_document
from flowdsl.ir.usage import dollars
from flowdsl.runtime.telling import brief, counted

if TYPE_CHECKING:
    from flowdsl.runtime.outcome import NodeRecord, Outcome
    from flowdsl.runtime.states import State

MAX_ROWS = 100
"""Rows of the table a notebook shows; the rest is counted."""
_NUMBER = re.compile(r"\[\d+\]")
# What happened to any of many items is what the drawing shows, the gravest first.
_GRAVITY: tuple[State, ...] = ("failed", "cancelled", "skipped", "done", "waiting")

_DRAWN: dict[State, str] = {"cancelled": "failed"}


def states_of(run: Outcome[object]) -> dict[str, str]:
    """State of each node by its address without the numbers of items and rounds, as drawings want it."""
    found: dict[str, State] = {}
    for path, record in run.nodes.items():
        plain = _NUMBER.sub("", path)
        before = found.get(plain, record.state)
        found[plain] = _graver(before, record.state)
    for node_id, _ in run.graph.inputs:
        found[node_id] = "done"
    return {path: _DRAWN.get(state, state) for path, state in found.items()}


def _graver(one: State, other: State) -> State:
    return one if _GRAVITY.index(one) <= _GRAVITY.index(other) else other


def run_html(run: Outcome[object]) -> str:
    """The drawing with states, and a table of what each node did; everything from outside is escaped."""
    from flowdsl.ir.draw import to_html

    head = f"<p><b>{escape(run.graph.name)}</b>: {escape(_summary(run))}</p>"
    failures = "".join(f"<pre>{escape(str(failure))}</pre>" for failure in run.failures)
    rows = "".join(_row(path, record) for path, record in list(run.nodes.items())[:MAX_ROWS])
    more = len(run.nodes) - MAX_ROWS
    rest = f"<p>… and {counted(more, 'further node')}</p>" if more > 0 else ""
    cells = "".join(_cell("th", name, name) for name in _COLUMNS)
    return (
        f"<div>{head}{failures}{to_html(run.graph, states=states_of(run))}"
        f'<table style="{_TABLE}"><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>'
        f"{rest}</div>"
    )


def _summary(run: Outcome[object]) -> str:
    said = f"{run.status} in {run.seconds:.3f} s"
    if not run.usage.calls:
        return said
    tokens = run.usage.input_tokens + run.usage.output_tokens
    calls = counted(run.usage.calls, "model call")
    return f"{said}, {calls}, {counted(tokens, 'token')}, {dollars(run.cost_usd)}"


def _row(path: str, record: NodeRecord) -> str:
    usage = record.usage
    cells: Iterable[str] = (
        path,
        record.state,
        "" if record.seconds is None else f"{record.seconds:.4f}",
        str(usage.input_tokens + usage.output_tokens) if usage.calls else "",
        dollars(record.cost_usd) if usage.calls else "",
        brief(record.value) if record.state == "done" else "",
    )
    shown = zip(_COLUMNS, cells, strict=True)
    return "<tr>" + "".join(_cell("td", name, cell) for name, cell in shown) + "</tr>"


# Notebooks set tables to the right and let them take colours of their own.
_TABLE = "margin:8px 0;font-size:12px;color:inherit;border-collapse:collapse"
_COLUMNS = {
    "node": "left",
    "state": "left",
    "seconds": "right",
    "tokens": "right",
    "cost": "right",
    "value": "left",
}


def _cell(tag: str, column: str, text: str) -> str:
    style = f"text-align:{_COLUMNS[column]};vertical-align:top;padding:3px 10px"
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'


def run_document(run: Outcome[object]) -> dict[str, object]:
    """The run as JSON-able data."""
    return {
        **run_facts(run),
        "outputs": {name: written(value) for name, value in run.outputs.items()},
        "nodes": {path: _record(record) for path, record in run.nodes.items()},
        "events": [to_document(event) for event in run.events],
    }


def run_facts(run: Outcome[object]) -> dict[str, object]:
    """What a run did, without its values and events, which may be large."""
    return {
        "run_id": run.run_id,
        "pipeline": run.graph.name,
        "status": run.status,
        "started_at": run.started_at,
        "seconds": run.seconds,
        **_spent(run),
        "price_source": None if run.price_source is None else str(run.price_source),
        "nodes": {path: _facts(record) for path, record in run.nodes.items()},
        "failures": [failure.to_document() for failure in run.failures],
        "warnings": [to_document(event) for event in run.warnings],
        "undone": [] if run.status == "done" else list(run.undone),
    }


def _facts(record: NodeRecord) -> dict[str, object]:
    return {"state": record.state, "seconds": record.seconds, **_spent(record)}


def _spent(record: Outcome[object] | NodeRecord) -> dict[str, object]:
    usage, cost_usd = record.usage, record.cost_usd
    return {
        "cost_usd": None if cost_usd is None else str(cost_usd),
        "usage": {name: getattr(usage, name) for name in type(usage).__dataclass_fields__},
    }


def _record(record: NodeRecord) -> dict[str, object]:
    error = None if record.error is None else record.error.message
    return {**_facts(record), "value": written(record.value), "error": error}


def written(value: object) -> object:
    """A value in the lossless form of documents; what has none is shown briefly."""
    from flowdsl.ir.values import encode

    try:
        return encode(value)
    except FlowError:
        return {"shown": brief(value)}
