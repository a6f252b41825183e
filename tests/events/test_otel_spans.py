"""A run's events as a tree of spans."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode
from syrupy.assertion import SnapshotAssertion

from flowdsl.events.content import spoken
from flowdsl.events.otel import OtelSink
from flowdsl.events.otel_spans import SPANS_A_NODE
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
from flowdsl.ir.message import Message, TextPart
from flowdsl.ir.usage import Usage
from tests.events.otel_double import Memory, facts

USAGE = Usage(
    calls=1, input_tokens=100, output_tokens=20, cache_read_tokens=60, cache_write_tokens=9
)
START = RunStarted(0.0, "1f", "audit", 4, "2026-11-27T12:00:00.250Z")
END = RunFinished(9.0, "done", USAGE, Decimal("0.25"))
ASKED = ModelAsked(
    1.25, "review[0]/ask", "anthropic:opus", "Be brief.",
    spoken([Message("user", (TextPart("The secret plan"),))]), 512, 0.5, "Finding",
)  # fmt: skip
CALLED = ModelCalled(
    3.0, "review[0]/ask", "anthropic:opus-4", 1.0, USAGE, Decimal("0.25"),
    accepted=True, request_id="msg_1", attempt=2,
)  # fmt: skip
STORY: tuple[Event, ...] = (
    START,
    NodeStarted(0.5, "load"),
    NodeFinished(1.0, "load", 0.5),
    NodeStarted(1.0, "review"),
    EachProgressed(1.0, "review", 0, 2),
    Warned(1.0, "review", "FD211", "The secret plan runs one after the other."),
    NodeStarted(1.25, "review[0]/ask"),
    ASKED,
    Retried(1.5, "review[0]/ask", 1, 0.5, "the secret plan is busy"),
    TextArrived(2.5, "review[0]/ask", "A fin"),
    TextArrived(2.75, "review[0]/ask", "ding"),
    ModelAnswered(3.0, "review[0]/ask", "A secret finding"),
    CALLED,
    NodeFinished(3.0, "review[0]/ask", 1.75),
    EachProgressed(3.0, "review", 1, 2),
    NodeStarted(3.0, "review[1]/ask"),
    NodeFailed(4.0, "review[1]/ask", 1.0, "FD230", "the secret plan failed"),
    NodeSkipped(4.0, "review[1]", "the secret plan failed"),
    EachProgressed(4.0, "review", 2, 2),
    NodeFinished(5.0, "review", 4.0),
    NodeStarted(5.0, "polish"),
    NodeStarted(5.0, "polish[0].test/good"),
    NodeFinished(5.5, "polish[0].test/good", 0.5),
    NodeStarted(5.5, "polish[0]/deep"),
    NodeStarted(5.5, "polish[0]/deep[7]/leaf"),
    NodeFinished(6.0, "polish[0]/deep[7]/leaf", 0.5),
    NodeFinished(6.0, "polish[0]/deep", 0.5),
    NodeFinished(8.0, "polish", 3.0),
    END,
)


def heard(*events: Event, content: bool = False) -> Memory:
    memory = Memory()
    sink = memory.sink(content=content)
    for event in events:
        sink(event)
    return memory


def chat(called: ModelCalled) -> ReadableSpan:
    [found] = [span for span in heard(START, called, END).spans if span.kind.name == "CLIENT"]
    return found


def test_a_run_is_a_tree_of_spans_without_any_content(snapshot: SnapshotAssertion) -> None:
    tree = heard(*STORY).tree()

    assert "secret" not in tree
    assert tree == snapshot


def test_content_is_on_the_spans_when_it_is_asked_for(snapshot: SnapshotAssertion) -> None:
    assert heard(*STORY, content=True).tree() == snapshot


def test_the_newest_conventions_have_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "gen_ai_latest_experimental")
    memory = heard(*STORY)

    run = facts(memory.span("invoke_workflow audit"))
    assert run["gen_ai.agent.name"] == "audit"
    assert "gen_ai.workflow.name" not in run
    asked = facts(memory.span("chat opus-4"))
    assert asked["gen_ai.usage.cache_write.input_tokens"] == 9
    assert "gen_ai.usage.cache_creation.input_tokens" not in asked
    assert "gen_ai.client.inference.duration" in memory.sums()


def test_times_are_those_of_the_run() -> None:
    span = heard(*STORY).span("load")

    zero = 1_795_780_800_250_000_000
    assert span.start_time == zero + 500_000_000
    assert span.end_time == zero + 1_000_000_000


def test_an_unknown_price_is_absent_and_a_free_call_costs_nothing() -> None:
    assert "flowdsl.cost.usd" not in facts(chat(CALLED._replace(cost_usd=None)))
    assert facts(chat(CALLED._replace(cost_usd=Decimal(0))))["flowdsl.cost.usd"] == 0.0
    run = heard(START, END._replace(cost_usd=None)).span("invoke_workflow audit")
    assert "flowdsl.run.cost.usd" not in facts(run)


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("end", "stop"),
        ("stop", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
        ("tool_use", "tool_call"),
    ],
)
def test_finish_reasons_are_the_conventions_words(finish: str, reason: str) -> None:
    span = chat(CALLED._replace(finish=finish))

    assert facts(span)["gen_ai.response.finish_reasons"] == (reason,)
    assert span.status.status_code is StatusCode.UNSET


def test_a_billed_fault_is_an_error_whose_tokens_may_be_unknown() -> None:
    span = chat(
        ModelCalled(
            3.0, "ask", "openai:gpt", 1.0, Usage(calls=1), None, accepted=False, finish="timeout"
        )
    )

    found = facts(span)
    assert found["error.type"] == "timeout"
    assert span.status.status_code is StatusCode.ERROR
    assert not [name for name in found if "usage" in name or "response" in name or "cost" in name]


def test_a_model_without_a_name_of_its_own_is_just_asked() -> None:
    span = chat(CALLED._replace(model="mock:"))

    assert span.name == "chat"
    assert facts(span)["gen_ai.provider.name"] == "flowdsl.mock"
    assert "gen_ai.request.model" not in facts(span)


def test_text_of_an_attempt_that_broke_off_says_nothing_about_the_next() -> None:
    memory = heard(
        START,
        NodeStarted(0.0, "review[0]/ask"),
        TextArrived(0.5, "review[0]/ask", "Half"),
        Retried(1.0, "review[0]/ask", 1, 0.5, "cut"),
        TextArrived(2.5, "review[0]/ask", "Whole"),
        CALLED,
        END,
    )

    assert facts(memory.span("chat opus-4"))["gen_ai.response.time_to_first_chunk"] == 0.5


def test_what_runs_when_a_run_is_cancelled_ends_with_it() -> None:
    memory = heard(START, NodeStarted(1.0, "load"), RunFinished(2.0, "cancelled", Usage(), None))

    span, run = memory.span("load"), memory.span("invoke_workflow audit")
    assert facts(span)["flowdsl.status"] == facts(run)["flowdsl.status"] == "cancelled"
    assert span.end_time == run.end_time
    assert run.status.status_code is StatusCode.UNSET


def test_a_failed_run_is_an_error() -> None:
    run = heard(START, RunFinished(2.0, "failed", Usage(), None)).span("invoke_workflow audit")

    assert run.status.status_code is StatusCode.ERROR
    assert facts(run)["error.type"] == "failed"


def test_events_before_a_run_began_and_after_it_ended_are_let_go() -> None:
    stray = (
        NodeStarted(0.1, "load"),
        CALLED,
        Warned(0.1, "", "", "late"),
        NodeFinished(0.2, "load", 0.1),
        EachProgressed(0.2, "load", 1, 2),
        END,
    )

    assert heard(*stray).spans == []
    assert [span.name for span in heard(START, END, *stray).spans] == ["invoke_workflow audit"]


def test_a_node_gets_so_many_spans_and_the_others_are_counted_above_it() -> None:
    more = 25
    memory = Memory()
    sink = memory.sink()
    sink(START)
    sink(NodeStarted(0.0, "review"))
    for number in range(SPANS_A_NODE + more):
        sink(NodeStarted(0.0, f"review[{number}]/ask"))
        if number == SPANS_A_NODE:
            sink(CALLED._replace(path=f"review[{number}]/ask"))
            sink(Retried(0.5, f"review[{number}]/ask", 1, 0.1, "busy"))
        failed = number >= SPANS_A_NODE + more - 2
        sink(
            NodeFailed(1.0, f"review[{number}]/ask", 1.0, "FD201", "no")
            if failed
            else NodeFinished(1.0, f"review[{number}]/ask", 1.0)
        )
    sink(NodeFinished(2.0, "review", 2.0))
    sink(END)

    above = memory.span("review")
    assert sum(span.name == "review/ask" for span in memory.spans) == SPANS_A_NODE
    assert facts(above)["flowdsl.unrecorded.nodes"] == more
    assert facts(above)["flowdsl.unrecorded.failed"] == 2
    assert [event.name for event in above.events] == ["flowdsl.retried"]
    called = memory.span("chat opus-4")
    assert called.parent is not None
    assert above.context is not None
    assert called.parent.span_id == above.context.span_id


def test_ten_thousand_nodes_leave_next_to_nothing_in_memory() -> None:
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(shutdown_on_exit=False)
    sink = OtelSink(tracer_provider=provider, meter_provider=MeterProvider(shutdown_on_exit=False))
    sink(START)
    sink(NodeStarted(0.0, "review"))
    tracemalloc.start()
    try:
        for number in range(10_000):
            path = f"review[{number}]/ask"
            sink(NodeStarted(0.0, path))
            sink(TextArrived(0.1, path, "x"))
            sink(NodeFinished(1.0, path, 1.0))
        kept, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 200_000
