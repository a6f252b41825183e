"""Names of the GenAI conventions for traces and metrics: the one place to change when they change.

They are "development" upstream (open-telemetry/semantic-conventions-genai v0.1.0), so no module of theirs is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
RESPONSE_MODEL: Final = "gen_ai.response.model"
RESPONSE_ID: Final = "gen_ai.response.id"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
STREAM: Final = "gen_ai.request.stream"
MAX_TOKENS: Final = "gen_ai.request.max_tokens"
TEMPERATURE: Final = "gen_ai.request.temperature"
SEED: Final = "gen_ai.request.seed"
STOP: Final = "gen_ai.request.stop_sequences"
OUTPUT_TYPE: Final = "gen_ai.output.type"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ: Final = "gen_ai.usage.cache_read.input_tokens"
REASONING: Final = "gen_ai.usage.reasoning.output_tokens"
SYSTEM: Final = "gen_ai.system_instructions"
INPUT: Final = "gen_ai.input.messages"
OUTPUT: Final = "gen_ai.output.messages"
WAY: Final = "gen_ai.token.type"
ERROR_TYPE: Final = "error.type"

CHAT: Final = "chat"
WORKFLOW: Final = "invoke_workflow"

# No convention has these.
RUN_ID: Final = "flowdsl.run.id"
STATUS: Final = "flowdsl.status"
RUN_COST: Final = "flowdsl.run.cost.usd"
COST: Final = "flowdsl.cost.usd"
ACCEPTED: Final = "flowdsl.answer.accepted"
ATTEMPT: Final = "flowdsl.attempt"
TIER: Final = "flowdsl.tier"
SCHEMA: Final = "flowdsl.schema"
PATH: Final = "flowdsl.node.path"
CODE: Final = "flowdsl.code"
REASON: Final = "flowdsl.reason"
WAIT: Final = "flowdsl.wait"
DONE: Final = "flowdsl.items.done"
TOTAL: Final = "flowdsl.items.total"
UNRECORDED: Final = "flowdsl.unrecorded.nodes"
UNRECORDED_FAILED: Final = "flowdsl.unrecorded.failed"
RETRIED: Final = "flowdsl.retried"
SKIPPED: Final = "flowdsl.skipped"
WARNED: Final = "flowdsl.warned"

PROVIDERS: Final[Mapping[str, str]] = {
    "anthropic": "anthropic",
    "google": "gcp.gemini",
    "openai": "openai",
}
"""Prefix of a model → the conventions' name of its provider; others are called `flowdsl.` and their prefix."""

FINISHES: Final[Mapping[str, str]] = {
    "end": "stop",
    "stop": "stop",
    "max_tokens": "length",
    "refusal": "content_filter",
    "tool_use": "tool_call",
}
"""How an answer ended → the conventions' word for it; what is not here is the kind of a fault."""

TOKEN_BOUNDS: Final = tuple(4**power for power in range(14))
SECOND_BOUNDS: Final = tuple(0.01 * 2**power for power in range(14))
"""Bounds of the histograms' buckets, as the conventions give them."""

OPT_IN: Final = "OTEL_SEMCONV_STABILITY_OPT_IN"
LATEST: Final = "gen_ai_latest_experimental"
CAPTURE: Final = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
CAPTURES: Final = frozenset({"true", "1", "span_only", "span_and_event"})


@dataclass(frozen=True, slots=True)
class Names:
    """What the two sets of conventions call by different names."""

    workflow: str
    cache_write: str
    is_latest: bool


STABLE = Names("gen_ai.workflow.name", "gen_ai.usage.cache_creation.input_tokens", is_latest=False)
"""What backends read today."""
NEWEST = Names("gen_ai.agent.name", "gen_ai.usage.cache_write.input_tokens", is_latest=True)
"""What the conventions' own repository has since v0.1.0."""


def names_for(environment: Mapping[str, str]) -> Names:
    """The set that the environment asks for."""
    asked = {each.strip() for each in environment.get(OPT_IN, "").split(",")}
    return NEWEST if LATEST in asked else STABLE


def captures_content(environment: Mapping[str, str]) -> bool:
    """Whether the environment asks for prompts and answers on the spans."""
    return environment.get(CAPTURE, "").strip().lower() in CAPTURES


def halves(model: str) -> tuple[str, str]:
    """The conventions' name of the provider, and the provider's own name of the model, which may be empty."""
    prefix, _, own = model.partition(":")
    return PROVIDERS.get(prefix, f"flowdsl.{prefix}"), own
