"""The listener that tells OpenTelemetry of runs."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import use_span

from flowdsl import each, pipeline, prompt, step
from flowdsl.config import Settings, load
from flowdsl.engine import Options, run_sync
from flowdsl.errors import ExtraMissingError
from flowdsl.errors.base import FlowError
from flowdsl.events.bus import Bus
from flowdsl.events.content import spoken
from flowdsl.events.otel import OtelSink, sinks_beside
from flowdsl.events.records import ModelAsked, NodeFailed, NodeStarted, RunFinished, RunStarted
from flowdsl.ir.message import Message, TextPart
from flowdsl.ir.usage import Usage
from tests.events.otel_double import Memory, facts

START = RunStarted(0.0, "1f", "audit", 4, "2026-11-27T12:00:00.250Z")
END = RunFinished(9.0, "done", Usage(), None)


@prompt("Name a colour of {{ thing }}.", max_tokens=40)
def colour(thing: str) -> str: ...


@step
async def loud(text: str) -> str:
    return text.upper()


@pipeline
def colours(things: list[str]) -> list[str]:
    return each(things, lambda thing: loud(colour(thing)))


def shape(memory: Memory) -> list[str]:
    """Name and place of each span, below what it lies."""
    spans = {each.context.span_id: each for each in memory.spans if each.context is not None}

    def line(span: ReadableSpan) -> str:
        names = [span.name]
        while span.parent is not None and span.parent.span_id in spans:
            span = spans[span.parent.span_id]
            names.append(span.name)
        return " < ".join(names)

    return sorted(map(line, memory.spans))


def test_a_real_run_is_a_tree_of_spans() -> None:
    memory = Memory()

    colours.using(model="mock:", on_event=memory.sink()).run(things=["a lemon", "the sea"])

    top = "each < invoke_workflow colours"
    assert shape(memory) == [
        f"chat < each/colour < {top}",
        f"chat < each/colour < {top}",
        top,
        f"each/colour < {top}",
        f"each/colour < {top}",
        f"each/loud < {top}",
        f"each/loud < {top}",
        "invoke_workflow colours",
    ]
    assert "lemon" not in memory.tree()
    assert memory.sums()["gen_ai.client.token.usage"]["flowdsl.mock input"] > 0


def test_a_spans_times_lie_in_those_of_the_span_above() -> None:
    memory = Memory()

    colours.using(model="mock:", on_event=memory.sink()).run(things=["a lemon"])

    spans = {each.context.span_id: each for each in memory.spans if each.context is not None}
    inner = [each for each in spans.values() if each.parent is not None]
    assert len(inner) == 4
    for span in inner:
        assert span.parent is not None
        above = spans[span.parent.span_id]
        assert (above.start_time or 0) <= (span.start_time or 0)
        assert (span.start_time or 0) <= (span.end_time or 0) <= (above.end_time or 0)


async def test_one_sink_tells_runs_that_go_on_side_by_side_apart() -> None:
    memory = Memory()
    flow = colours.using(model="mock:", on_event=memory.sink())

    async with asyncio.TaskGroup() as runs:
        for name in ("a", "b", "c"):
            runs.create_task(flow.arun(things=[name] * 3))

    traces = {each.context.trace_id for each in memory.spans if each.context is not None}
    assert len(traces) == 3
    assert len([line for line in shape(memory) if line.startswith("chat < each/colour <")]) == 9


def test_a_run_lies_under_the_span_that_is_current_in_its_application() -> None:
    memory = Memory()
    outer = memory.traces.get_tracer("app").start_span("request")

    with use_span(outer, end_on_exit=True):
        colours.using(model="mock:", on_event=memory.sink()).run(things=[])

    assert "invoke_workflow colours < request" in shape(memory)


def test_secrets_are_taken_out_of_content() -> None:
    memory = Memory()
    bus = Bus([memory.sink(content=True)])
    key = "sk-ant-" + "api03-A1b2C3d4E5f6G7h8I9"
    said = spoken([Message("user", (TextPart(f"My key is {key}."),))])

    bus.emit(START)
    bus.emit_content(ModelAsked(0.1, "ask", "mock:", f"Use {key}.", said, 10))
    bus.emit(NodeStarted(0.1, "ask"))
    bus.emit(NodeFailed(0.2, "ask", 0.1, "FD230", f"refused {key}"))
    bus.emit(END)

    assert "refused sk-ant-[redacted]" in memory.tree()
    assert key not in memory.tree()


@pytest.mark.parametrize(
    ("content", "said", "wanted"),
    [(None, "", False), (None, "true", True), (False, "true", False), (True, "", True)],
)
def test_content_is_wanted_only_when_somebody_said_so(
    *, content: bool | None, said: str, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", said)

    assert Bus([Memory().sink(content=content)]).wants_content is wanted


def test_a_sink_that_goes_wrong_says_so_once_and_the_run_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Memory):
        def sink(self, *, content: bool | None = None) -> OtelSink:
            sink = super().sink(content=content)
            monkeypatch.setattr(self.traces, "get_tracer", self.fail)
            return sink

        def fail(self, _scope: str) -> None:
            raise RuntimeError("no tracer today")

    with caplog.at_level(logging.WARNING):
        run = colours.using(model="mock:", on_event=Broken().sink()).run(things=["a", "b"])

    assert len(run.value) == 2
    assert [record.name for record in caplog.records] == ["flowdsl.otel"]
    assert "no tracer today" in caplog.text


def test_events_of_a_run_that_is_over_can_be_told() -> None:
    run = colours.using(model="mock:").run(things=["a"])
    memory = Memory()
    sink = memory.sink()

    for event in run.events:
        sink(event)

    assert len(memory.spans) == 5


# -- switching it on


def test_the_setting_tells_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: memory.traces)

    run_sync(
        colours.graph,
        {"things": ["a"]},
        Options(model="mock:", settings=Settings(otel=True)),
    )

    assert len(memory.spans) == 5


def test_nothing_is_told_unasked_whatever_the_standard_variables_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = Memory()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: memory.traces)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")

    colours.using(model="mock:").run(things=["a"])

    assert memory.spans == []


def test_no_run_is_told_twice() -> None:
    own = Memory().sink()

    assert sinks_beside([print, own, None]) == []
    [added] = sinks_beside([print, None])
    assert isinstance(added, OtelSink)


@pytest.mark.parametrize(
    ("said", "means"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("no", False)]
)
def test_the_environment_switches_it(*, said: str, means: bool, tmp_path: Path) -> None:
    assert load(environment={"FLOWDSL_OTEL": said}, folder=tmp_path).settings.otel is means


def test_the_file_switches_it(tmp_path: Path) -> None:
    (tmp_path / "flowdsl.toml").write_text("otel = true\n", encoding="utf-8")
    assert load(environment={}, folder=tmp_path).settings.otel is True

    (tmp_path / "flowdsl.toml").write_text("otel = 1\n", encoding="utf-8")
    with pytest.raises(FlowError, match="takes true or false"):
        load(environment={}, folder=tmp_path)
    with pytest.raises(FlowError, match="takes true or false"):
        load(environment={"FLOWDSL_OTEL": "perhaps"}, folder=tmp_path / "none")


@pytest.mark.parametrize(
    "missing", ["opentelemetry.exporter.otlp.proto.http", "opentelemetry.exporter"]
)
def test_without_the_extra_one_error_tells_the_command(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [it for it in sys.modules if it.startswith("opentelemetry.exporter")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ExtraMissingError) as told:
        OtelSink()

    assert told.value.help == 'pip install "flowdsl[otel]"'
    assert told.value.extra == "otel"


def test_without_any_of_it_a_command_says_what_to_install(tmp_path: Path) -> None:
    script = """
import sys
sys.modules["opentelemetry"] = None
from flowdsl.__main__ import main
main()
"""
    (tmp_path / "a.py").write_text(
        "from flowdsl import pipeline\n\n\n@pipeline\ndef same(n: int) -> int:\n    return n\n",
        encoding="utf-8",
    )

    done = subprocess.run(
        [sys.executable, "-c", script, "run", "a.py", "--input", "n=1", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": "", "FLOWDSL_OTEL": "true"},
    )

    assert done.returncode != 0
    assert 'pip install \\"flowdsl[otel]\\"' in done.stdout + json.dumps(done.stderr)
    assert "Traceback" not in done.stdout + done.stderr


def test_a_real_run_tells_what_was_said_only_to_a_sink_that_takes_content() -> None:
    memory = Memory()

    flow = colours.using(model="mock:", on_event=memory.sink(content=True))
    [loud_answer] = flow.run(things=["a lemon"]).value

    told = facts(memory.span("chat"))
    [turn] = json.loads(str(told["gen_ai.input.messages"]))
    assert turn["parts"] == [{"type": "text", "content": "Name a colour of a lemon."}]
    [answer] = json.loads(str(told["gen_ai.output.messages"]))
    assert answer["parts"][0]["content"].upper() == loud_answer
    assert answer["finish_reason"] == "stop"
    assert told["gen_ai.request.max_tokens"] == 40
    assert told["gen_ai.output.type"] == "text"
