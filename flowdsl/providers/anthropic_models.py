"""Claude models: what each takes and gives, as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flowdsl.ir.asking import Effort
from flowdsl.providers.base import Capabilities

_TO_HIGH: frozenset[Effort] = frozenset({"low", "medium", "high"})
_TO_MAX: frozenset[Effort] = frozenset({"low", "medium", "high", "max"})
_ALL: frozenset[Effort] = frozenset({"low", "medium", "high", "xhigh", "max"})
_ALWAYS_THINKS = frozenset({"on"})
_SWITCHED = frozenset({"on", "off"})
_WIDE, _NARROW = 1_000_000, 200_000
_LONG, _SHORT = 128_000, 64_000


def _model(
    *,
    efforts: frozenset[Effort] = _ALL,
    thinking: frozenset[str],
    cache: int | None = None,
    context: int = _WIDE,
    output: int = _LONG,
) -> Capabilities:
    return Capabilities(
        images=True,
        documents=True,
        temperature=False,
        efforts=efforts,
        thinking=thinking,
        min_cache_tokens=cache,
        context_tokens=context,
        max_output_tokens=output,
    )


def _old(*, cache: int, efforts: frozenset[Effort] = frozenset()) -> Capabilities:
    return _model(
        efforts=efforts,
        thinking=frozenset({"off", "budget"}),
        cache=cache,
        context=_NARROW,
        output=_SHORT,
    )


_FABLE_5 = _model(thinking=_ALWAYS_THINKS, cache=512)
_BOUND = _model(thinking=_ALWAYS_THINKS)

MODELS: Mapping[str, Capabilities] = MappingProxyType(
    {
        "claude-fable-5-2": _BOUND,
        "claude-mythos-5-2": _BOUND,
        "claude-fable-5-1": _BOUND,
        "claude-mythos-5-1": _BOUND,
        "claude-opus-5-5": _BOUND,
        # `off` is told to it as `between_tools`: without tools it never thinks then.
        "claude-sonnet-5-5": _model(thinking=_SWITCHED | {"between_tools"}),
        "claude-haiku-5-5": _model(thinking=_SWITCHED),
        "claude-fable-5": _FABLE_5,
        "claude-mythos-5": _FABLE_5,
        "claude-opus-5": _model(thinking=_SWITCHED, cache=512),
        "claude-sonnet-5": _model(thinking=_SWITCHED, cache=1024),
        "claude-opus-4-8": _model(thinking=_SWITCHED, cache=1024),
        "claude-opus-4-7": _model(thinking=_SWITCHED, cache=2048),
        "claude-opus-4-6": _model(efforts=_TO_MAX, thinking=_SWITCHED | {"budget"}, cache=4096),
        "claude-sonnet-4-6": _model(efforts=_TO_MAX, thinking=_SWITCHED | {"budget"}, cache=1024),
        "claude-haiku-4-5": _old(cache=4096),
        "claude-opus-4-5": _old(cache=4096, efforts=_TO_HIGH),
        "claude-sonnet-4-5": _old(cache=1024),
    }
)
"""The models of the SDK's list at API version 2026-10-21, without dates; others may exist all the same.

Efforts, ways of thinking, longest answers and shortest kept prompts are those of PROVIDERS.md A.5 (which names
its own sources) and of Anthropic's migration guide for Fable 5 and Mythos 5; windows are those of genai-prices.
Of the 5.5 line, and of Fable and Mythos 5.1 and 5.2, the shortest kept prompt is not known. No model takes
sampling parameters at this API version, not even those that did at older ones.
"""

_CALM_WHEN_OFF = frozenset({"claude-opus-5", "claude-haiku-5-5", "claude-sonnet-5-5"})


def stem(model: str) -> str:
    """A model's name without the date that older names end in (`claude-haiku-4-5-20251001`)."""
    name, _, date = model.rpartition("-")
    return name if len(date) == 8 and date.isdigit() else model


def capabilities_of(model: str) -> Capabilities | None:
    """What a model can do; `None` when it is not in the table."""
    return MODELS.get(stem(model))


def thinks_untold(model: str) -> bool:
    """Whether a model of the table thinks when nothing is said of it: all from 5 on do."""
    return "-4-" not in model


def is_calm_when_off(model: str) -> bool:
    """Whether a model takes no effort above `high` while it does not think."""
    return stem(model) in _CALM_WHEN_OFF
