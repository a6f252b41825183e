"""Gemini models: what each takes and gives, as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flowdsl.ir.asking import Effort
from flowdsl.providers.base import Capabilities

LONGEST_WHOLE = 32_768
"""Tokens of an answer that one call gives without streaming; longer ones are streamed, and then joined."""
IMAGE_TOKENS = 4_096
"""Bound of what one image counts: from Gemini 3 on 1,120 (its model pages), before that 258 for each of a few tiles."""
_WINDOW = 1_048_576
_LONGEST = 65_536
_FROM_LOW: frozenset[Effort] = frozenset({"low", "medium", "high"})
_FROM_MINIMAL: frozenset[Effort] = frozenset({"minimal", "low", "medium", "high"})
_ALWAYS_THINKS = frozenset({"on"})


def _model(
    *,
    efforts: frozenset[Effort] = frozenset(),
    thinking: frozenset[str] = _ALWAYS_THINKS,
    temperature: bool = True,
    cache: int | None = 4096,
) -> Capabilities:
    return Capabilities(
        images=True,
        documents=True,
        temperature=temperature,
        efforts=efforts,
        thinking=thinking,
        min_cache_tokens=cache,
        context_tokens=_WINDOW,
        max_output_tokens=_LONGEST,
    )


_BUDGETS = frozenset({"on", "budget"})

MODELS: Mapping[str, Capabilities] = MappingProxyType(
    {
        "gemini-4-argon": _model(efforts=_FROM_LOW, temperature=False, cache=6144),
        "gemini-3.8-flash": _model(efforts=_FROM_LOW),
        "gemini-3.7-flash": _model(efforts=_FROM_LOW),
        "gemini-3.6-flash": _model(efforts=_FROM_MINIMAL),
        "gemini-3.5-flash": _model(efforts=_FROM_MINIMAL),
        "gemini-3.5-flash-lite": _model(efforts=_FROM_MINIMAL, temperature=False, cache=None),
        "gemini-3.1-pro-preview": _model(efforts=_FROM_LOW),
        "gemini-3.1-flash-lite": _model(efforts=_FROM_MINIMAL, cache=None),
        "gemini-3-flash-preview": _model(efforts=_FROM_MINIMAL, cache=None),
        "gemini-2.5-pro": _model(thinking=_BUDGETS, cache=2048),
        "gemini-2.5-flash": _model(thinking=_BUDGETS | {"off"}, cache=2048),
        "gemini-2.5-flash-lite": _model(thinking=_BUDGETS | {"off"}, cache=None),
    }
)
"""Text models of the Gemini API; others may exist all the same.

Windows, longest answers and levels of thinking: Google's pages on each model and its guides for developers
(ai.google.dev/gemini-api/docs/models, docs.cloud.google.com/gemini-enterprise-agent-platform/models/guides). Models
from 3 on take levels in place of a budget and can't be kept from thinking; 2.5 takes a budget in tokens, 0 is off
(not for Pro). Temperature is ignored where Google says so: 4 Argon (its migration notes) and 3.5 Flash-Lite (its
model page). Shortest kept prompts: ai.google.dev/gemini-api/docs/caching of 2026-10-13, for 4 Argon the longer one
of its developer's guide (PROVIDERS.md B); `None` where neither says it. Of 4 Argon the window is shared by prompt,
thoughts and answer, and the longest answer is that of one streamed call: what is longer would need further, billed
calls, which are never made unasked.
"""

EMBEDDING_MODELS = ("gemini-embedding-2", "gemini-embedding-001")
"""Models that turn texts into vectors."""


def bare_name(model: str) -> str:
    """A model's name without the `models/` that Google's lists put in front."""
    return model.removeprefix("models/")
