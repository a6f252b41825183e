"""The names of the conventions."""

from __future__ import annotations

import pytest

from flowdsl.events.otel_names import NEWEST, STABLE, captures_content, halves, names_for
from flowdsl.providers.catalog import PROVIDERS


def test_the_newest_names_are_used_only_when_asked_for() -> None:
    assert names_for({}) is STABLE
    assert names_for({"OTEL_SEMCONV_STABILITY_OPT_IN": "http/dup"}) is STABLE
    asked = "http, gen_ai_latest_experimental"
    assert names_for({"OTEL_SEMCONV_STABILITY_OPT_IN": asked}) is NEWEST


@pytest.mark.parametrize("said", ["true", "TRUE", "span_only", "span_and_event", "1"])
def test_the_environment_may_ask_for_content(said: str) -> None:
    assert captures_content({"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": said})


@pytest.mark.parametrize("said", ["", "false", "no_content", "event_only"])
def test_content_is_never_taken_unasked(said: str) -> None:
    assert not captures_content({"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": said})
    assert not captures_content({})


def test_each_provider_has_a_name_in_the_conventions() -> None:
    assert {prefix: halves(f"{prefix}:some:model") for prefix in PROVIDERS} == {
        "anthropic": ("anthropic", "some:model"),
        "google": ("gcp.gemini", "some:model"),
        "openai": ("openai", "some:model"),
        "local": ("flowdsl.local", "some:model"),
        "mock": ("flowdsl.mock", "some:model"),
    }
    assert halves("mock:") == ("flowdsl.mock", "")
