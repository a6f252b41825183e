"""Metrics of model calls, in both sets of names."""

from __future__ import annotations

from decimal import Decimal

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader

from flowdsl.events.otel_metrics import ModelMeter
from flowdsl.events.otel_names import NEWEST, STABLE, Names
from flowdsl.events.records import ModelCalled
from flowdsl.ir.usage import Usage
from tests.events.otel_double import Memory

SPENT = Usage(
    calls=1,
    input_tokens=100,
    output_tokens=20,
    cache_read_tokens=60,
    cache_write_tokens=30,
    thinking_tokens=5,
)
CALLED = ModelCalled(3.0, "ask", "anthropic:opus", 2.0, SPENT, Decimal("0.1"), accepted=True)
FAULT = ModelCalled(
    9.0, "ask", "anthropic:opus", 4.0, Usage(calls=1), None, accepted=False, finish="timeout"
)


def sums(names: Names, *calls: ModelCalled) -> dict[str, dict[str, float]]:
    memory = Memory()
    meter = ModelMeter(memory.metrics.get_meter("flowdsl"), names)
    for call in calls:
        meter.note(call, 0.25)
    return memory.sums()


def test_the_pair_that_backends_read_is_the_default() -> None:
    assert sums(STABLE, CALLED, CALLED) == {
        "gen_ai.client.operation.duration": {"anthropic opus opus": 4.0},
        "gen_ai.client.token.usage": {
            "anthropic opus opus input": 200,
            "anthropic opus opus output": 40,
        },
    }


def test_the_newest_set_counts_each_kind_of_token() -> None:
    whole = "gen_ai.client.inference"
    assert sums(NEWEST, CALLED, CALLED) == {
        f"{whole}.duration": {"anthropic opus opus": 4.0},
        f"{whole}.time_to_first_chunk": {"anthropic opus opus": 0.5},
        f"{whole}.usage.input_tokens": {"anthropic opus opus": 200},
        f"{whole}.usage.output_tokens": {"anthropic opus opus": 40},
        f"{whole}.usage.cache_read.input_tokens": {"anthropic opus opus": 120},
        f"{whole}.usage.cache_write.input_tokens": {"anthropic opus opus": 60},
        f"{whole}.usage.reasoning.output_tokens": {"anthropic opus opus": 10},
        f"{whole}.operation.input_tokens": {"anthropic opus opus": 200},
        f"{whole}.operation.output_tokens": {"anthropic opus opus": 40},
    }


@pytest.mark.parametrize("names", [STABLE, NEWEST])
def test_after_a_fault_unknown_tokens_are_not_counted_as_none(names: Names) -> None:
    found = sums(names, FAULT)

    [seconds] = [each for name, each in found.items() if name.endswith("duration")]
    assert seconds == {"timeout anthropic opus": 4.0}
    assert not [name for name in found if "token" in name]


def test_an_answer_that_was_not_streamed_has_no_first_chunk_and_no_kept_tokens() -> None:
    memory = Memory()
    plain = CALLED._replace(usage=Usage(calls=1, input_tokens=3, output_tokens=0))

    ModelMeter(memory.metrics.get_meter("flowdsl"), NEWEST).note(plain, None)

    assert sorted(memory.sums()) == [
        "gen_ai.client.inference.duration",
        "gen_ai.client.inference.operation.input_tokens",
        "gen_ai.client.inference.operation.output_tokens",
        "gen_ai.client.inference.usage.input_tokens",
    ]


def test_tokens_that_a_fault_was_billed_for_are_counted() -> None:
    billed = FAULT._replace(usage=Usage(calls=1, input_tokens=7))

    assert sums(STABLE, billed)["gen_ai.client.token.usage"] == {
        "anthropic opus input": 7,
        "anthropic opus output": 0,
    }


def test_the_buckets_are_those_of_the_conventions() -> None:
    from opentelemetry.sdk.metrics import MeterProvider

    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    ModelMeter(provider.get_meter("flowdsl"), STABLE).note(CALLED, None)

    data = reader.get_metrics_data()
    assert data is not None
    bounds = {
        metric.name: tuple(point.explicit_bounds)
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
        for point in metric.data.data_points
        if isinstance(point, HistogramDataPoint)
    }
    assert bounds["gen_ai.client.token.usage"][:4] == (1, 4, 16, 64)
    assert bounds["gen_ai.client.token.usage"][-1] == 67_108_864
    assert bounds["gen_ai.client.operation.duration"][:3] == (0.01, 0.02, 0.04)
    assert bounds["gen_ai.client.operation.duration"][-1] == 81.92
