"""One run as a tree of spans, from its events; the times are those of the events, not of when they were heard."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from flowdsl.events import otel_names as n
from flowdsl.events.otel_content import answered_text, asked_attributes
from flowdsl.events.otel_metrics import ModelMeter, tells_tokens
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.trace import Span, SpanKind, Tracer
    from opentelemetry.util.types import AttributeValue

SPANS_A_NODE = 1000
"""Spans that one node of a pipeline gets in a run, all items and rounds together; further ones are counted on the
span above. Model calls are not bounded."""
_NUMBERS = re.compile(r"\[\d+\](?:\.test)?")
_LAST_NUMBER = re.compile(r"\[\d+\](?:\.test)?$")


@dataclass(slots=True)
class _Open:
    """A span under way."""

    span: Span
    items: EachProgressed | None = None
    unrecorded: int = 0
    unrecorded_failed: int = 0


class RunSpans:
    """Hears one run, and makes its spans."""

    def __init__(
        self, tracer: Tracer, meter: ModelMeter, names: n.Names, *, wants_content: bool
    ) -> None:
        self._tracer, self._meter, self._names = tracer, meter, names
        self._wants_content = wants_content
        self._zero_ns = 0
        self._run: _Open | None = None
        self._open: dict[str, _Open] = {}
        self._begun: Counter[str] = Counter()
        self._first_text_s: dict[str, float] = {}
        self._asked: dict[str, ModelAsked] = {}
        self._answers: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case RunStarted():
                self._begin(event)
            case RunFinished():
                self._finish(event)
            case NodeStarted():
                self._node_began(event)
            case NodeFinished() | NodeFailed():
                self._node_ended(event)
            case EachProgressed():
                self._progressed(event)
            case Retried() | NodeSkipped() | Warned():
                self._happened(event)
            case _:
                self._said(event)

    # -- the run

    def _begin(self, event: RunStarted) -> None:
        from opentelemetry.trace import SpanKind

        self._zero_ns = _nanoseconds(event.started_at)
        span = self._tracer.start_span(
            f"{n.WORKFLOW} {event.pipeline}",
            kind=SpanKind.INTERNAL,
            attributes={
                n.OPERATION: n.WORKFLOW,
                self._names.workflow: event.pipeline,
                n.RUN_ID: event.run_id,
            },
            start_time=self._ns(event.at_s),
        )
        self._run = _Open(span)

    def _finish(self, event: RunFinished) -> None:
        for path in reversed([*self._open]):
            self._open[path].span.set_attribute(n.STATUS, "cancelled")
            self._close(self._open.pop(path), event.at_s)
        run = self._run
        if run is None:
            return
        run.span.set_attribute(n.STATUS, event.status)
        if event.cost_usd is not None:
            run.span.set_attribute(n.RUN_COST, float(event.cost_usd))
        if event.status == "failed":
            _fail(run.span, "failed")
        self._close(run, event.at_s)
        self._run = None

    # -- nodes

    def _node_began(self, event: NodeStarted) -> None:
        plain = _NUMBERS.sub("", event.path)
        self._begun[plain] += 1
        above = self._above(event.path)
        if above is None:
            return
        if self._begun[plain] > SPANS_A_NODE:
            above.unrecorded += 1
            return
        span = self._child(above, plain, event.at_s, {n.PATH: event.path})
        self._open[event.path] = _Open(span)

    def _node_ended(self, event: NodeFinished | NodeFailed) -> None:
        for kept in (self._asked, self._answers, self._first_text_s):
            kept.pop(event.path, None)
        found = self._open.pop(event.path, None)
        if found is None:
            if isinstance(event, NodeFailed) and (above := self._above(event.path)) is not None:
                above.unrecorded_failed += 1
            return
        if isinstance(event, NodeFailed):
            _fail(found.span, event.code, event.message if self._wants_content else "")
        self._close(found, event.at_s)

    def _happened(self, event: Retried | NodeSkipped | Warned) -> None:
        """What takes no time is an event of the span where it happened."""
        found = self._open.get(event.path) or self._above(event.path)
        if found is None:
            return
        said: dict[str, AttributeValue] = {n.PATH: event.path}
        match event:
            case Retried():
                name, why = n.RETRIED, event.reason
                said |= {n.ATTEMPT: event.attempt, n.WAIT: event.wait_s}
            case NodeSkipped():
                name, why = n.SKIPPED, event.reason
            case Warned():
                name, why = n.WARNED, event.message
                said |= {n.CODE: event.code} if event.code else {}
            case _:
                assert_never(event)
        if self._wants_content:
            said[n.REASON] = why
        if isinstance(event, Retried):
            self._first_text_s.pop(event.path, None)
        found.span.add_event(name, said, self._ns(event.at_s))

    def _progressed(self, event: EachProgressed) -> None:
        if event.path in self._open:
            self._open[event.path].items = event

    # -- models

    def _said(self, event: ModelAsked | ModelAnswered | ModelCalled | TextArrived) -> None:
        match event:
            case ModelAsked():
                if self._wants_content:
                    self._asked[event.path] = event
            case ModelAnswered():
                if self._wants_content:
                    self._answers[event.path] = event.text
            case TextArrived():
                self._first_text_s.setdefault(event.path, event.at_s)
            case ModelCalled():
                self._called(event)
            case _:
                assert_never(event)

    def _called(self, event: ModelCalled) -> None:
        from opentelemetry.trace import SpanKind

        began_s = event.at_s - event.seconds
        first_s = self._first_text_s.pop(event.path, None)
        first_chunk_s = None if first_s is None else max(0.0, first_s - began_s)
        self._meter.note(event, first_chunk_s)
        asked, answer = self._asked.get(event.path), self._answers.pop(event.path, None)
        above = self._open.get(event.path) or self._above(event.path)
        if above is None:
            return
        model = n.halves(event.model if asked is None else asked.model)[1]
        attributes = self._facts(event, model)
        if first_chunk_s is not None:
            attributes |= {n.STREAM: True, n.FIRST_CHUNK: first_chunk_s}
        if asked is not None:
            attributes |= asked_attributes(asked)
        if answer is not None:
            attributes[n.OUTPUT] = answered_text(answer, event.finish)
        span = self._child(
            above, f"{n.CHAT} {model}".strip(), began_s, attributes, kind=SpanKind.CLIENT
        )
        if event.finish not in n.FINISHES:
            _fail(span, event.finish)
        span.end(self._ns(event.at_s))

    def _facts(self, event: ModelCalled, asked_model: str) -> dict[str, AttributeValue]:
        provider, answering = n.halves(event.model)
        facts: dict[str, AttributeValue] = {
            n.OPERATION: n.CHAT,
            n.PROVIDER: provider,
            n.PATH: event.path,
            n.ACCEPTED: event.accepted,
            n.ATTEMPT: event.attempt,
            n.TIER: event.tier,
        }
        if asked_model:
            facts[n.REQUEST_MODEL] = asked_model
        if event.finish in n.FINISHES:
            facts[n.FINISH_REASONS] = (n.FINISHES[event.finish],)
            if answering:
                facts[n.RESPONSE_MODEL] = answering
        if event.request_id:
            facts[n.RESPONSE_ID] = event.request_id
        if event.cost_usd is not None:
            facts[n.COST] = float(event.cost_usd)
        if tells_tokens(event):
            usage = event.usage
            facts |= {n.INPUT_TOKENS: usage.input_tokens, n.OUTPUT_TOKENS: usage.output_tokens}
            parts = {
                n.CACHE_READ: usage.cache_read_tokens,
                self._names.cache_write: usage.cache_write_tokens,
                n.REASONING: usage.thinking_tokens,
            }
            facts |= {name: tokens for name, tokens in parts.items() if tokens}
        return facts

    # -- spans

    def _child(
        self,
        above: _Open,
        name: str,
        at_s: float,
        attributes: Mapping[str, AttributeValue],
        *,
        kind: SpanKind | None = None,
    ) -> Span:
        from opentelemetry.trace import SpanKind, set_span_in_context

        return self._tracer.start_span(
            name,
            set_span_in_context(above.span),
            kind=SpanKind.INTERNAL if kind is None else kind,
            attributes=attributes,
            start_time=self._ns(at_s),
        )

    def _close(self, found: _Open, at_s: float) -> None:
        items = found.items
        counts = {
            n.DONE: None if items is None else items.done,
            n.TOTAL: None if items is None else items.total,
            n.UNRECORDED: found.unrecorded or None,
            n.UNRECORDED_FAILED: found.unrecorded_failed or None,
        }
        for name, count in counts.items():
            if count is not None:
                found.span.set_attribute(name, count)
        found.span.end(self._ns(at_s))

    def _above(self, path: str) -> _Open | None:
        """The span under which a node lies: its region's, or the run's; `None` before the run began."""
        return next((self._open[each] for each in _regions(path) if each in self._open), self._run)

    def _ns(self, at_s: float) -> int:
        return self._zero_ns + round(at_s * 1e9)


def _regions(path: str) -> Iterator[str]:
    """Addresses of the regions around a node, or around an item, from the inmost: `each`, of `each[3]/ask`."""
    while path:
        plain = _LAST_NUMBER.sub("", path)
        if plain != path:
            yield plain
        path = plain.rpartition("/")[0]
        if path:
            yield path


def _fail(span: Span, kind: str, message: str = "") -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute(n.ERROR_TYPE, kind)
    span.set_status(Status(StatusCode.ERROR, message or None))


def _nanoseconds(utc: str) -> int:
    """Nanoseconds since 1970 of an RFC 3339 time of milliseconds."""
    return round(datetime.fromisoformat(utc).timestamp() * 1000) * 1_000_000
