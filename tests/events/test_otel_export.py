"""Traces and metrics on the wire, and who gets them."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk import metrics as sdk_metrics
from opentelemetry.sdk import trace as sdk_trace

from flowdsl.events import otel_export
from flowdsl.events.otel import OtelSink
from flowdsl.events.otel_export import application_providers, own_export
from flowdsl.events.records import NodeFinished, NodeStarted, RunFinished, RunStarted
from flowdsl.ir.usage import Usage
from tests.events.otel_double import Memory, Receiver, receiving
from tests.events.test_otel_spans import STORY

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture(autouse=True)
def made_anew() -> Iterator[None]:
    own_export.cache_clear()
    yield
    own_export.cache_clear()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as found:
        monkeypatch.setenv(ENDPOINT, found.address)
        yield found
        _shut()


def _shut() -> None:
    """End what waits in the background, while the collector is still there."""
    traces, meters, _ = own_export().providers
    assert isinstance(traces, sdk_trace.TracerProvider)
    assert isinstance(meters, sdk_metrics.MeterProvider)
    traces.shutdown()
    meters.shutdown()


def tell() -> None:
    sink = OtelSink()
    for event in STORY:
        sink(event)


def test_a_run_is_on_the_wire_when_it_is_over(receiver: Receiver) -> None:
    tell()

    by_id = {span.span_id: span for span in receiver.spans}
    above = {
        span.name: by_id[span.parent_span_id].name for span in receiver.spans if span.parent_span_id
    }
    assert above == {
        "load": "invoke_workflow audit",
        "review": "invoke_workflow audit",
        "review/ask": "review",
        "chat opus-4": "review/ask",
        "polish": "invoke_workflow audit",
        "polish/good": "polish",
        "polish/deep": "polish",
        "polish/deep/leaf": "polish/deep",
    }
    assert len({span.trace_id for span in receiver.spans}) == 1
    assert receiver.services == {"flowdsl"}
    assert receiver.metrics == {"gen_ai.client.operation.duration", "gen_ai.client.token.usage"}
    [chat] = [span for span in receiver.spans if span.name == "chat opus-4"]
    assert chat.end_time_unix_nano - chat.start_time_unix_nano == 1_000_000_000
    assert "secret" not in str(receiver.spans)


def test_standard_variables_are_heeded(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "auditor")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")

    tell()

    assert receiver.services == {"auditor"}
    assert receiver.headers
    assert all(headers["x-tenant"] == "blue" for headers in receiver.headers)
    assert receiver.metrics == set()


def test_a_service_may_be_named_among_other_attributes(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "env=test,service.name=auditor")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")

    tell()

    assert receiver.spans == []
    assert receiver.metrics
    assert own_export().providers.traces is own_export().providers.traces


def test_another_protocol_is_told_of(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")

    tell()

    assert "http/protobuf, not by grpc" in caplog.text
    assert receiver.spans


def test_a_collector_that_never_answers_holds_up_one_run_for_a_moment_and_the_next_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{deaf.getsockname()[1]}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
        monkeypatch.setattr(otel_export, "FLUSH_S", 0.05)
        export = own_export()
        began = RunStarted(0.0, "1f", "audit", 1, "2026-11-27T12:00:00.000Z")
        over = (NodeStarted(0.0, "a"), NodeFinished(1.0, "a", 1.0))
        sink = OtelSink()
        for event in (began, *over, RunFinished(1.0, "done", Usage(), None)):
            sink(event)
        late = export.late

        export.flush()

        assert late is not None
        assert late.is_alive()
        assert export.late is late
        late.join()
        export.flush()
        assert export.late is None
        _shut()


def test_an_applications_own_providers_are_kept() -> None:
    script = """
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider
from flowdsl.events.otel_export import application_providers
assert not application_providers().are_set
mine = MeterProvider(shutdown_on_exit=False)
metrics.set_meter_provider(mine)
found = application_providers()
assert found.are_set and found.metrics is mine
traces = TracerProvider(shutdown_on_exit=False)
trace.set_tracer_provider(traces)
assert application_providers() == (traces, mine, True)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""


def test_a_traced_application_is_told_of_runs_and_no_collector_is(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    memory = Memory()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: memory.traces)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: memory.metrics)

    tell()

    assert application_providers() == (memory.traces, memory.metrics, True)
    assert memory.span("invoke_workflow audit")
    assert memory.sums()
    assert receiver.headers == []


def test_a_sink_with_a_provider_of_its_own_sends_nothing_else(receiver: Receiver) -> None:
    memory = Memory()

    for sink in (
        OtelSink(tracer_provider=memory.traces),
        OtelSink(meter_provider=memory.metrics),
    ):
        for event in STORY:
            sink(event)

    assert len([span for span in memory.spans if span.parent is None]) == 1
    assert memory.sums()
    assert receiver.headers == []


FILE = """
from flowdsl import each, pipeline, prompt


@prompt("Name a colour of {{ thing }}.", max_tokens=40)
def colour(thing: str) -> str: ...


@pipeline
def colours(things: list[str]) -> list[str]:
    return each(things, colour)
"""


def run_command(folder: Path, *, on: str, address: str) -> subprocess.CompletedProcess[str]:
    (folder / "colours.py").write_text(FILE, encoding="utf-8")
    inputs = 'things=["a lemon", "the sea"]'
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "flowdsl",
            "run",
            "colours.py",
            "--model",
            "mock:",
            "--input",
            inputs,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PATH": "", "FLOWDSL_OTEL": on, ENDPOINT: address},
    )


def test_the_command_tells_a_collector_only_when_it_is_switched_on(
    tmp_path: Path, receiver: Receiver
) -> None:
    off = run_command(tmp_path, on="0", address=receiver.address)
    assert off.returncode == 0
    assert receiver.headers == []

    on = run_command(tmp_path, on="1", address=receiver.address)

    assert (on.returncode, on.stderr.count("Traceback")) == (0, 0)
    assert sorted(span.name for span in receiver.spans) == [
        *(
            "chat",
            "chat",
            "each_colour",
            "each_colour/colour",
            "each_colour/colour",
            "invoke_workflow colours",
        ),
    ]
    assert "lemon" not in str(receiver.spans)
