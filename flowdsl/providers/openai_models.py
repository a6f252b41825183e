"""What models behind the OpenAI protocol take: known for OpenAI's own, hardly for those of others.

Levels of effort and which models take sampling parameters: OpenAI's API reference of `reasoning_effort`
(gpt-5.1 thinks only when told to; those before it always think, and refuse sampling parameters).
"""

from __future__ import annotations

import re
from functools import lru_cache

from flowdsl.ir.asking import Effort
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import Capabilities
from flowdsl.providers.openai_hosts import HostKind

_MIN_CACHE_TOKENS = 1024
_GPT = re.compile(r"gpt-(\d+)(?:\.(\d+))?(?=$|[^\d.])")
_THINKER = re.compile(r"o\d")
_ANY: frozenset[Effort] = frozenset({"minimal", "low", "medium", "high", "xhigh"})
_BASIC: frozenset[Effort] = frozenset({"low", "medium", "high"})
_BASIC_AND_MINIMAL: frozenset[Effort] = frozenset({"minimal", "low", "medium", "high"})
_BASIC_AND_XHIGH: frozenset[Effort] = frozenset({"low", "medium", "high", "xhigh"})


@lru_cache(maxsize=256)
def capabilities_of(kind: HostKind, model: ModelName) -> Capabilities:
    """What a model can do; of a server that nobody knows, everything that it does not surely refuse."""
    if kind == "openai":
        return _of_openai(model)
    switches = frozenset({"off"} if kind == "openrouter" else ())
    return Capabilities(images=True, efforts=_ANY, thinking=switches, is_free=kind == "own")


def _of_openai(model: ModelName) -> Capabilities:
    efforts, always_thinks = _thinking(model)
    return Capabilities(
        images=True,
        documents=True,
        temperature=not always_thinks,
        efforts=efforts,
        thinking=frozenset({"off"} if efforts and not always_thinks else ()),
        min_cache_tokens=_MIN_CACHE_TOKENS,
    )


def _thinking(model: ModelName) -> tuple[frozenset[Effort], bool]:
    """Levels of effort, and whether it thinks even where it is not told to."""
    if _THINKER.match(model):
        return _BASIC, True
    version = _GPT.match(model)
    if version is None:
        return _ANY, False
    number = int(version[1]), int(version[2] or 0)
    if number < (5, 0) or "chat" in model:
        return frozenset(), False
    if number == (5, 0):
        return _BASIC_AND_MINIMAL, True
    return (_BASIC if number == (5, 1) else _BASIC_AND_XHIGH), False
