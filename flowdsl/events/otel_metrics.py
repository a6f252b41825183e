"""Metrics of model calls: the pair that backends read today, or the newest set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowdsl.events import otel_names as n

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

    from flowdsl.events.records import ModelCalled


class ModelMeter:
    """Counts model calls; one a run, on instruments that the meter shares."""

    def __init__(self, meter: Meter, names: n.Names) -> None:
        self._tell = _Newest(meter).tell if names.is_latest else _Stable(meter).tell

    def note(self, call: ModelCalled, first_chunk_s: float | None) -> None:
        """Count one answer, or one fault that was billed.

        Args:
            call: What was told of it.
            first_chunk_s: Seconds to the first piece of text; `None` when none was streamed.
        """
        provider, model = n.halves(call.model)
        labels = {n.OPERATION: n.CHAT, n.PROVIDER: provider}
        if model:
            labels[n.REQUEST_MODEL] = model
        if model and call.finish in n.FINISHES:
            labels[n.RESPONSE_MODEL] = model
        self._tell(call, labels, first_chunk_s)


def _with_error(call: ModelCalled, labels: dict[str, str]) -> dict[str, str]:
    return labels if call.finish in n.FINISHES else {**labels, n.ERROR_TYPE: call.finish}


def tells_tokens(call: ModelCalled) -> bool:
    """Whether its tokens are known: after a fault, none told are not the same as none used."""
    usage = call.usage
    return call.finish in n.FINISHES or bool(usage.input_tokens or usage.output_tokens)


class _Stable:
    def __init__(self, meter: Meter) -> None:
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of a model's call.",
            explicit_bucket_boundaries_advisory=n.TOKEN_BOUNDS,
        )
        self._seconds = meter.create_histogram(
            "gen_ai.client.operation.duration",
            "s",
            "How long a model's call took.",
            explicit_bucket_boundaries_advisory=n.SECOND_BOUNDS,
        )

    def tell(self, call: ModelCalled, labels: dict[str, str], _first_chunk_s: float | None) -> None:
        self._seconds.record(call.seconds, _with_error(call, labels))
        if tells_tokens(call):
            self._tokens.record(call.usage.input_tokens, {**labels, n.WAY: "input"})
            self._tokens.record(call.usage.output_tokens, {**labels, n.WAY: "output"})


_PARTS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read.input_tokens": "cache_read_tokens",
    "cache_write.input_tokens": "cache_write_tokens",
    "reasoning.output_tokens": "thinking_tokens",
}
"""End of the counter's name → the field of a usage."""


class _Newest:
    def __init__(self, meter: Meter) -> None:
        whole = "gen_ai.client.inference"
        self._seconds = meter.create_histogram(
            f"{whole}.duration",
            "s",
            "How long a model's call took.",
            explicit_bucket_boundaries_advisory=n.SECOND_BOUNDS,
        )
        self._first = meter.create_histogram(
            f"{whole}.time_to_first_chunk",
            "s",
            "How long the first piece of an answer took.",
            explicit_bucket_boundaries_advisory=n.SECOND_BOUNDS,
        )
        self._counters = {
            name: meter.create_counter(f"{whole}.usage.{end}", "{token}", "Tokens used.")
            for end, name in _PARTS.items()
        }
        self._spreads = {
            name: meter.create_histogram(
                f"{whole}.operation.{name}",
                "{token}",
                "Tokens of a model's call.",
                explicit_bucket_boundaries_advisory=n.TOKEN_BOUNDS,
            )
            for name in ("input_tokens", "output_tokens")
        }

    def tell(self, call: ModelCalled, labels: dict[str, str], first_chunk_s: float | None) -> None:
        self._seconds.record(call.seconds, _with_error(call, labels))
        if first_chunk_s is not None:
            self._first.record(first_chunk_s, labels)
        if not tells_tokens(call):
            return
        usage = call.usage
        counts = {name: int(getattr(usage, name)) for name in self._counters}
        for name, counter in self._counters.items():
            if counts[name]:
                counter.add(counts[name], labels)
        for name, spread in self._spreads.items():
            spread.record(counts[name], labels)
