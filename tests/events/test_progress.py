"""How far a run is, from its events."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flowdsl import each, pipeline, prompt, step, when
from flowdsl.events.progress import TAIL, Progress, Row
from flowdsl.events.records import (
    EachProgressed,
    Event,
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
from flowdsl.ir.usage import Usage


@prompt("Review {{ text }}")
def review(text: str) -> str: ...


@step
def worst(texts: list[str]) -> str:
    return max(texts)


@pipeline
def audit(files: list[str]) -> str:
    grade = worst(each(files, review))
    return when(grade == "high", lambda: review(grade), otherwise=grade)


def _after(*events: Event) -> Progress:
    progress = Progress(audit.graph)
    for event in events:
        progress.note(event)
    return progress


def _called(path: str, cost: Decimal | None = Decimal(0)) -> ModelCalled:
    return ModelCalled(
        1.0,
        path,
        "mock:",
        0.5,
        Usage(calls=1, input_tokens=3, output_tokens=4),
        cost,
        accepted=True,
    )


def test_every_node_has_a_row_from_the_start_inputs_excepted() -> None:
    progress = _after()

    assert list(progress.rows) == [
        "each_review",
        "each_review/review",
        "worst",
        "eq",
        "when",
        "when/review",
    ]
    assert {row.state for row in progress.rows.values()} == {"waiting"}
    assert progress.rows["worst"].seconds(9.0) is None


def test_a_node_runs_and_is_done() -> None:
    row = _after(NodeStarted(1.0, "worst")).rows["worst"]
    assert (row.state, row.seconds(3.5)) == ("running", 2.5)

    row = _after(NodeStarted(1.0, "worst"), NodeFinished(2.0, "worst", 1.0)).rows["worst"]
    assert (row.state, row.seconds(3.5), row.count) == ("done", 1.0, "")


def test_items_share_the_row_of_their_body() -> None:
    row = _after(
        NodeStarted(1.0, "each_review[0]/review"),
        NodeStarted(1.0, "each_review[1]/review"),
        NodeFinished(2.0, "each_review[0]/review", 1.0),
    ).rows["each_review/review"]

    assert (row.state, row.running, row.done) == ("running", 1, 1)


def test_an_each_counts_its_items() -> None:
    assert _after(EachProgressed(1.0, "each_review", 2, 5)).rows["each_review"].count == "2/5"
    assert _after(EachProgressed(1.0, "each_review", 2, None)).rows["each_review"].count == "2/?"
    assert Row("a", done=3).count == "x3"


def test_a_failure_stays_whatever_else_happens() -> None:
    row = _after(
        NodeStarted(1.0, "worst"),
        NodeFailed(2.0, "worst", 1.0, "FD201", "no"),
        NodeStarted(3.0, "worst"),
    ).rows["worst"]

    assert (row.state, row.note) == ("failed", "no")


def test_what_was_skipped_says_why() -> None:
    row = _after(
        NodeStarted(1.0, "worst"),
        NodeSkipped(1.0, "worst", "reused"),
        NodeFinished(1.0, "worst", 0.0),
    ).rows["worst"]

    assert (row.state, row.note) == ("skipped", "reused")


def test_the_end_of_a_text_is_kept_until_the_answer_is_whole() -> None:
    pieces = [TextArrived(1.0, "when/review", f"{n:03} ") for n in range(100)]

    writing = _after(*pieces).rows["when/review"]
    answered = _after(*pieces, _called("when/review")).rows["when/review"]

    assert writing.note.endswith("098 099 ")
    assert len(writing.note) == TAIL
    assert (answered.note, answered.tokens) == ("", 7)


@pytest.mark.parametrize(
    ("between", "said"),
    [
        (Retried(1.5, "worst", 1, 2.5, "cut"), "waits 2.5 s: cut"),
        (
            ModelCalled(1.5, "worst", "m", 0.1, Usage(calls=1), Decimal(0), accepted=False),
            "the answer was rejected",
        ),
    ],
)
def test_text_that_begins_anew_is_not_put_after_what_was_thrown_away(
    between: Event, said: str
) -> None:
    first = TextArrived(1.0, "worst", "half an ans")

    assert _after(first, between).rows["worst"].note == said
    assert _after(first, between, TextArrived(2.0, "worst", "whole")).rows["worst"].note == "whole"


def test_a_retry_says_how_long_it_waits() -> None:
    row = _after(Retried(1.0, "worst", 1, 2.5, "overloaded")).rows["worst"]

    assert row.note == "waits 2.5 s: overloaded"


@pytest.mark.parametrize(
    ("costs", "total"),
    [
        ((Decimal(1), Decimal(2)), Decimal(3)),
        ((None, Decimal(2)), None),
        ((Decimal(1), None), None),
    ],
)
def test_calls_tokens_and_dollars_are_summed_and_an_unknown_price_stays_unknown(
    costs: tuple[Decimal | None, ...], total: Decimal | None
) -> None:
    progress = _after(*(_called("each_review[0]/review", cost) for cost in costs))

    assert (progress.totals.calls, progress.totals.tokens) == (2, 14)
    assert progress.totals.cost_usd == total


def test_the_end_of_a_run_ends_what_was_running() -> None:
    progress = _after(
        RunStarted(0.0, "id", "audit", 5, "now"),
        NodeStarted(1.0, "worst"),
        Warned(1.0, "worst", "FD210", "slow"),
        RunFinished(4.0, "cancelled", Usage(), Decimal(0)),
    )

    assert (progress.totals.status, progress.totals.seconds) == ("cancelled", 4.0)
    assert progress.rows["worst"].seconds(9.0) == 3.0
    assert progress.rows["worst"].running == 0


def test_a_node_the_graph_did_not_show_gets_a_row() -> None:
    assert _after(NodeStarted(1.0, "call/deeper")).rows["call/deeper"].state == "running"


@pytest.mark.parametrize(
    "event",
    [
        TextArrived(1.0, "worst", "\x1b[2Jgone"),
        NodeFailed(1.0, "worst", 0.5, "FD201", "\x1b[2Jgone"),
        NodeSkipped(1.0, "worst", "\x1b[2Jgone"),
        Retried(1.0, "worst", 1, 2.0, "\x1b[2Jgone"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_note_cannot_steer_the_terminal_it_is_shown_on(event: Event) -> None:
    note = _after(NodeStarted(0.5, "worst"), event).rows["worst"].note

    assert "\\x1b[2Jgone" in note
    assert "\x1b" not in note
