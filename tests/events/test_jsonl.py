"""Events as lines of JSON."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

from flowdsl.events.jsonl import JsonlSink, to_document
from flowdsl.events.records import ModelCalled, NodeStarted
from flowdsl.ir.usage import Usage

CALLED = ModelCalled(
    1.5, "ask", "m", 0.2, Usage(calls=1, input_tokens=3), Decimal("0.10"), accepted=True
)


def test_an_event_is_json_and_money_is_exact() -> None:
    assert json.loads(json.dumps(to_document(CALLED))) == {
        "event": "ModelCalled",
        "at_s": 1.5,
        "path": "ask",
        "model": "m",
        "seconds": 0.2,
        "usage": {"calls": 1, "input_tokens": 3},
        "cost_usd": "0.10",
        "accepted": True,
        "finish": "end",
        "request_id": "",
        "tier": "standard",
        "attempt": 1,
    }
    assert to_document(CALLED._replace(cost_usd=None))["cost_usd"] is None


def test_one_event_is_one_line_and_files_are_added_to(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    for path in ("å\nb", "c"):
        with JsonlSink(file) as sink:
            sink(NodeStarted(0.0, path))

    lines = file.read_text(encoding="utf-8").splitlines()

    assert [json.loads(line)["path"] for line in lines] == ["å\nb", "c"]


def test_a_stream_that_was_given_is_left_open() -> None:
    stream = io.StringIO()
    sink = JsonlSink(stream)

    sink(NodeStarted(0.0, "x"))
    sink.close()

    assert json.loads(stream.getvalue())["event"] == "NodeStarted"
