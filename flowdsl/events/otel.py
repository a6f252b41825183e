"""Runs as OpenTelemetry traces and metrics, from their events, by the GenAI conventions."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flowdsl.errors.setup import ExtraMissingError
from flowdsl.events.bus import Bus, Listener
from flowdsl.events.otel_metrics import ModelMeter
from flowdsl.events.otel_names import captures_content, names_for
from flowdsl.events.otel_spans import RunSpans
from flowdsl.events.records import Event, RunFinished, RunStarted

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

SCOPE = "flowdsl"
LOG = logging.getLogger("flowdsl.otel")


class OtelSink:
    """A listener that tells OpenTelemetry of runs: `pipeline.using(on_event=OtelSink())`.

    A run is a span, its nodes are spans under it, model calls are spans of kind CLIENT; metrics count the model calls.
    An application's own tracer and meter provider are used when it has set any; if not, OTLP over HTTP goes where the
    standard `OTEL_EXPORTER_OTLP_*` variables say, by default to `http://localhost:4318`. Whatever goes wrong in here is
    logged once a run, as `flowdsl.otel`, and never fails the run. One sink may hear several runs side by side.
    """

    def __init__(
        self,
        *,
        content: bool | None = None,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        """Nothing is sent before a run begins.

        Args:
            content: Put prompts, answers and the words of errors on the spans; secrets are taken out. `None` does what
                `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says, and without it no content leaves.
            tracer_provider: Makes the spans, in place of the application's or flowdsl's own.
            meter_provider: Makes the metrics, likewise. Where only one of the two is given, the other is the
                application's; flowdsl then sends nothing of its own.

        Raises:
            ExtraMissingError: The extra `otel` is not installed.
        """
        if not _is_installed("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"):
            raise ExtraMissingError("telling OpenTelemetry of runs", "otel")
        self.wants_content = captures_content(os.environ) if content is None else content
        self._given = tracer_provider, meter_provider
        self._current: Bus | None = None

    def for_run(self) -> Listener:
        """Who hears the run that begins."""
        return _OneRun(self._listener, wants_content=self.wants_content)

    def __call__(self, event: Event) -> None:
        """Take in an event of a run that is told from elsewhere, such as `run.events`; one run after the other."""
        if isinstance(event, RunStarted) or self._current is None:
            self._current = Bus([self])
        self._current.emit(event)

    def _listener(self) -> tuple[Listener, Callable[[], None]]:
        """Who makes the spans of a run, and what sends them when it is over."""
        from flowdsl.events.otel_export import application_providers, own_export

        traces, metrics = self._given
        has_own = traces is not None or metrics is not None
        found, flush = application_providers(), _nothing
        if not has_own and not found.are_set:
            own = own_export()
            found, flush = own.providers, own.flush
        traces = found.traces if traces is None else traces
        metrics = found.metrics if metrics is None else metrics
        names = names_for(os.environ)
        meter = ModelMeter(metrics.get_meter(SCOPE), names)
        tracer = traces.get_tracer(SCOPE)
        return RunSpans(tracer, meter, names, wants_content=self.wants_content), flush


class _OneRun:
    """Hears one run; what goes wrong in it is logged once, and then it hears no more."""

    def __init__(
        self,
        begin: Callable[[], tuple[Listener, Callable[[], None]]],
        *,
        wants_content: bool,
    ) -> None:
        self.wants_content = wants_content
        self._begin = begin
        self._listener: Listener | None = None
        self._flush: Callable[[], None] = _nothing
        self._is_broken = False

    def __call__(self, event: Event) -> None:
        if self._is_broken:
            return
        try:
            if self._listener is None:
                self._listener, self._flush = self._begin()
            self._listener(event)
            if isinstance(event, RunFinished):
                self._flush()
        except Exception:
            self._is_broken = True
            LOG.exception("this run is no longer told to OpenTelemetry:")


def sinks_beside(given: Iterable[object]) -> list[Listener]:
    """The sink that a setting asks for; none where one was given already, so that no run is told twice.

    Raises:
        ExtraMissingError: The extra `otel` is not installed.
    """
    return [] if any(isinstance(each, OtelSink) for each in given) else [OtelSink()]


def _is_installed(*modules: str) -> bool:
    try:
        return all(find_spec(each) is not None for each in modules)
    except ModuleNotFoundError:  # a parent of it is missing
        return False


def _nothing() -> None:
    """There is nothing to send: the application's providers send when they think fit."""
