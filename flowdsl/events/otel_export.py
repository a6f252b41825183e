"""Where traces and metrics go: to the application's own providers if it has set any, or by OTLP to a collector.

All that is told by `OTEL_EXPORTER_OTLP_*` (address, headers, time-out, certificates) is read by the exporters themselves.
"""

from __future__ import annotations

import logging
import os
from functools import cache
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.sdk.metrics import MeterProvider as OwnMeterProvider
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider as OwnTracerProvider
    from opentelemetry.trace import TracerProvider

LOG = logging.getLogger("flowdsl.otel")
FLUSH_S = 2.0
"""Seconds that the end of a run waits for a collector, at most; what is late goes on in the background."""
QUEUE = 16_384
"""Spans that wait for the collector; when it is slower than a run for long, the oldest are dropped, and the SDK says so."""


class Providers(NamedTuple):
    """What makes tracers and meters."""

    traces: TracerProvider
    metrics: MeterProvider
    are_set: bool
    """Whether either of them was set; those of an application that has set none do nothing."""


def application_providers() -> Providers:
    """Those of the application."""
    from opentelemetry import metrics, trace

    traces, meters = trace.get_tracer_provider(), metrics.get_meter_provider()
    has_traces = not isinstance(traces, trace.ProxyTracerProvider)
    return Providers(traces, meters, has_traces or hasattr(meters, "force_flush"))


class Export:
    """flowdsl's own providers: never set as the process's, so that an application may set its own at any time."""

    def __init__(self) -> None:
        protocol = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        if protocol != "http/protobuf":
            LOG.warning("OTLP is sent by http/protobuf, not by %s.", protocol)
        resource = _resource()
        self._traces, self._metrics = _tracer_provider(resource), _meter_provider(resource)
        self.providers = Providers(self._traces, self._metrics, are_set=True)
        self.late: Thread | None = None
        """Sends still, though nobody waits for it any more."""

    def flush(self) -> None:
        """Send all that waits. After a collector did not take it in time, nobody waits until that is over."""
        if self.late is not None and self.late.is_alive():
            return
        # The SDK's own bound does not hold: it exports in the calling thread.
        sending = Thread(target=self._send, name="flowdsl-otel", daemon=True)
        sending.start()
        sending.join(FLUSH_S)
        self.late = sending if sending.is_alive() else None

    def _send(self) -> None:
        self._traces.force_flush()
        self._metrics.force_flush()


@cache
def own_export() -> Export:
    """The process's, made when it is first needed: the environment is read then."""
    return Export()


def _resource() -> Resource:
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource

    said = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    is_named = "OTEL_SERVICE_NAME" in os.environ or f"{SERVICE_NAME}=" in said
    return Resource.create({} if is_named else {SERVICE_NAME: "flowdsl"})


def _tracer_provider(resource: Resource) -> OwnTracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # Each run is flushed at its end: at exit nothing is left that would be worth waiting for a dead collector.
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    if os.environ.get("OTEL_TRACES_EXPORTER") != "none":
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), max_queue_size=QUEUE))
    return provider


def _meter_provider(resource: Resource) -> OwnMeterProvider:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    if os.environ.get("OTEL_METRICS_EXPORTER") == "none":
        return MeterProvider(resource=resource, shutdown_on_exit=False)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    return MeterProvider([reader], resource=resource, shutdown_on_exit=False)
