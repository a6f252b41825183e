"""No listener ever hears a secret."""

from __future__ import annotations

import json
from io import StringIO

from flowdsl.events.bus import Bus
from flowdsl.events.hiding import Hiding
from flowdsl.events.jsonl import JsonlSink
from flowdsl.events.records import (
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
    TextArrived,
    Warned,
)
from flowdsl.ir.usage import NO_USAGE

KEY = "sk-ant-api03-AbC_123-xyz9876543"
CALLED = ModelCalled(2.0, "ask", "mock:", 1.0, NO_USAGE, None, accepted=True)


def heard(*events: Event) -> list[Event]:
    hiding = Hiding()
    return [each for event in events for each in hiding(event)]


def test_every_text_of_an_event_is_redacted() -> None:
    turns = ({"role": "user", "parts": [{"type": "text", "content": KEY}]},)
    events: list[Event] = [
        NodeFailed(0.1, "a", 1.0, "FD201", f"no {KEY}"),
        NodeSkipped(0.1, "a", f"no {KEY}"),
        Retried(0.1, "a", 1, 0.5, f"no {KEY}"),
        Warned(0.1, "a", "FD210", f"no {KEY}"),
        TextArrived(0.1, "a", f"no {KEY} "),
        ModelAnswered(0.1, "a", KEY),
        ModelAsked(0.1, "a", "mock:", KEY, turns, 100),
    ]

    found = heard(*events)

    assert len(found) == len(events)
    assert KEY not in str(found)
    assert str(found).count("sk-ant-[redacted]") == len(events) + 1


def test_a_key_that_streams_in_pieces_comes_out_whole_and_redacted() -> None:
    pieces = [
        TextArrived(n, "ask", text)
        for n, text in enumerate(("so: s", "k-ant-api", KEY[10:], " ok"))
    ]

    found = heard(*pieces, CALLED)

    texts = [each.text for each in found if isinstance(each, TextArrived)]
    assert "".join(texts) == "so: sk-ant-[redacted] ok"
    assert found[-1] == CALLED


def test_what_waits_comes_out_before_the_answer_ends() -> None:
    for end in (CALLED, Retried(1.0, "ask", 1, 0.0, "x"), NodeFinished(1.0, "ask", 1.0)):
        assert heard(TextArrived(0.5, "ask", "the s"), end) == [
            TextArrived(0.5, "ask", "the "),
            TextArrived(0.5, "ask", "s"),
            end,
        ]


def test_answers_side_by_side_wait_each_for_their_own_end() -> None:
    over = RunFinished(1.0, "done", NO_USAGE, None)

    found = heard(
        TextArrived(0.1, "a", "s"), TextArrived(0.2, "b", "x"), NodeFinished(0.3, "a", 0.1), over
    )

    assert found == [
        TextArrived(0.1, "a", "s"),
        NodeFinished(0.3, "a", 0.1),
        TextArrived(0.2, "b", "x"),
        over,
    ]


def test_a_listener_of_the_bus_and_a_file_of_lines_hold_no_secret() -> None:
    file, events = StringIO(), list[Event]()
    bus = Bus([events.append, JsonlSink(file)])

    bus.emit(TextArrived(0.1, "a", "the sk-ant-"))
    bus.emit(NodeStarted(0.2, "b"))
    bus.emit(TextArrived(0.3, "a", KEY[7:]))
    bus.emit(NodeFailed(0.4, "a", 1.0, "FD201", f"no {KEY}"))

    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [line["event"] for line in lines] == [type(each).__name__ for each in events]
    assert KEY[10:] not in file.getvalue() + str(events)
    assert [line["text"] for line in lines if line["event"] == "TextArrived"] == [
        "the ",
        "sk-ant-[redacted]",
    ]
