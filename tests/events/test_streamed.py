"""Who listens to text only is told when an answer begins anew."""

from __future__ import annotations

from decimal import Decimal

from flowdsl import pipeline, prompt
from flowdsl.events.records import Event, ModelCalled, Retried, TextArrived
from flowdsl.events.streamed import hears_text
from flowdsl.ir.usage import Usage
from flowdsl.testing import ScriptedProvider


def answered(path: str, *, accepted: bool) -> ModelCalled:
    """A model's answer."""
    return ModelCalled(1.0, path, "m", 0.1, Usage(calls=1), Decimal(0), accepted)


def heard(*events: Event) -> list[tuple[str, str]]:
    """What a caller hears."""
    found: list[tuple[str, str]] = []
    listen = hears_text(lambda path, piece: found.append((path, piece)))
    for event in events:
        listen(event)
    return found


def test_after_an_answer_that_was_rejected_an_empty_piece_says_so() -> None:
    assert heard(
        TextArrived(0.1, "a", "[1"),
        TextArrived(0.1, "b", "x"),
        answered("a", accepted=False),
        TextArrived(0.2, "a", "[1]"),
        answered("a", accepted=True),
        answered("b", accepted=True),
    ) == [("a", "[1"), ("b", "x"), ("a", ""), ("a", "[1]")]


def test_an_attempt_that_broke_off_says_so_once() -> None:
    events = (
        TextArrived(0.1, "a", "[1"),
        Retried(0.2, "a", 1, 0.5, "cut"),
        Retried(0.3, "a", 2, 0.5, "cut"),
    )

    assert heard(*events) == [("a", "[1"), ("a", "")]


def test_where_nothing_has_arrived_nothing_is_thrown_away() -> None:
    assert heard(answered("a", accepted=False), Retried(0.2, "b", 1, 0.5, "busy")) == []


def test_a_repaired_answer_is_heard_from_its_beginning() -> None:
    @prompt("How many?", repairs=1)
    def count() -> int: ...

    @pipeline
    def flow() -> int:
        return count()

    pieces: list[str] = []

    def listen(_path: str, piece: str) -> None:
        if piece:
            pieces.append(piece)
        else:
            pieces.clear()

    provider = ScriptedProvider(["many", '{"value": 3}'])
    run = flow.using(model="x:m", providers={"x": provider}, on_text=listen).run()

    assert run.value == 3
    assert "".join(pieces) == '{"value": 3}'
