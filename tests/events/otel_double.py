"""Where spans and metrics of tests go: memory, and a small OTLP receiver on this machine."""

from __future__ import annotations

import gzip
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from flowdsl.events.otel import OtelSink
from flowdsl.events.otel_names import OPERATION


class Memory:
    """Providers that keep what they are told."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.traces = TracerProvider(shutdown_on_exit=False)
        self.traces.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.metrics = MeterProvider([self._reader], shutdown_on_exit=False)

    def sink(self, *, content: bool | None = None) -> OtelSink:
        """A sink that tells this memory."""
        return OtelSink(content=content, tracer_provider=self.traces, meter_provider=self.metrics)

    @property
    def spans(self) -> list[ReadableSpan]:
        """Those that have ended, by when they began."""
        return sorted(self._exporter.get_finished_spans(), key=lambda span: span.start_time or 0)

    def span(self, name: str) -> ReadableSpan:
        """The one of that name."""
        [found] = [span for span in self.spans if span.name == name]
        return found

    def tree(self) -> str:
        """A line a span: how deep it lies, name, kind, seconds since the first one, attributes; its events below."""
        spans = self.spans
        zero = spans[0].start_time or 0
        by_id = {span.context.span_id: span for span in spans if span.context is not None}
        lines: list[str] = []

        def told(span: ReadableSpan, depth: int) -> None:
            began, ended = ((at or 0) - zero for at in (span.start_time, span.end_time))
            status = "" if span.status.is_unset else f" {span.status.status_code.name}"
            said = "" if not span.status.description else f" '{span.status.description}'"
            lines.append(
                f"{'  ' * depth}{span.name} [{span.kind.name}] {began / 1e9:g}-{ended / 1e9:g} s{status}{said}"
            )
            lines.extend(f"{'  ' * depth}    {k} = {v!r}" for k, v in facts(span).items())
            lines.extend(
                f"{'  ' * depth}  * {each.name} {(each.timestamp - zero) / 1e9:g} s {dict(each.attributes or {})}"
                for each in span.events
            )
            for other in spans:
                if other.parent is not None and by_id.get(other.parent.span_id) is span:
                    told(other, depth + 1)

        for span in spans:
            if span.parent is None:
                told(span, 0)
        return "\n".join(lines)

    def sums(self) -> dict[str, dict[str, float]]:
        """Metric → labels that are not the same everywhere → sum of what was recorded."""
        data = self._reader.get_metrics_data()
        found: dict[str, dict[str, float]] = {}
        if data is None:
            return found
        for resource in data.resource_metrics:
            for metric in [each for scope in resource.scope_metrics for each in scope.metrics]:
                points = found.setdefault(metric.name, {})
                for point in metric.data.data_points:
                    labels = sorted((point.attributes or {}).items())
                    shown = " ".join(str(label) for name, label in labels if name != OPERATION)
                    points[shown] = point.value if isinstance(point, NumberDataPoint) else point.sum
        return found


def facts(span: ReadableSpan) -> dict[str, object]:
    """Its attributes, sorted."""
    return dict(sorted((span.attributes or {}).items()))


class Receiver:
    """What came in by OTLP."""

    def __init__(self) -> None:
        self.address = ""
        self.spans: list[WireSpan] = []
        self.services: set[str] = set()
        self.metrics: set[str] = set()
        self.headers: list[Mapping[str, str]] = []

    def take(self, path: str, body: bytes) -> None:
        """Read one request."""
        if path == "/v1/traces":
            for traced in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.services |= {
                    each.value.string_value
                    for each in traced.resource.attributes
                    if each.key == "service.name"
                }
                for scope in traced.scope_spans:
                    self.spans.extend(scope.spans)
        elif path == "/v1/metrics":
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in measured.scope_metrics:
                    self.metrics |= {metric.name for metric in scope.metrics}


@contextmanager
def receiving() -> Generator[Receiver]:
    """A collector on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            receiver.headers.append(dict(self.headers.items()))
            receiver.take(self.path, body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
