"""Our own fake's models of Anthropic: what each takes and refuses (PROVIDERS A.5, the two tables and the text below them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

ALL_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claude:
    """One model's rules."""

    sampling: bool = False
    """Takes `temperature` and the like, when the old API version is asked for."""
    forced_tool: bool = True
    prefill: bool = False
    """Takes an assistant's turn at the end."""
    budget: bool = False
    """Takes `budget_tokens`, and no adaptive thinking."""
    thinks: bool = False
    """Thinks when nothing is said."""
    off: Literal["disabled", "between_tools", "never"] = "disabled"
    """How thinking can be turned off."""
    effort_off: tuple[str, ...] = ALL_EFFORTS
    """Levels it takes while it does not think."""
    efforts: tuple[str, ...] = ALL_EFFORTS
    min_cache: int = 4096
    """Tokens of the shortest beginning that is kept."""
    max_output: int = 128_000
    context: int = 1_000_000


_UP_TO_HIGH = ("low", "medium", "high")
_NEWEST = Claude(forced_tool=False, thinks=True, off="never")
_FIVE = Claude(thinks=True)
_OLD = Claude(
    sampling=True, prefill=True, budget=True, efforts=(), max_output=64_000, context=200_000
)
_FOUR_SIX = replace(_OLD, prefill=False, efforts=ALL_EFFORTS, max_output=128_000)

MODELS: Mapping[str, Claude] = {
    "claude-fable-5-2": _NEWEST,
    "claude-mythos-5-2": _NEWEST,
    "claude-fable-5-1": _NEWEST,
    "claude-mythos-5-1": _NEWEST,
    "claude-opus-5-5": _NEWEST,
    "claude-sonnet-5-5": replace(_NEWEST, off="between_tools", effort_off=_UP_TO_HIGH),
    "claude-haiku-5-5": replace(_FIVE, effort_off=_UP_TO_HIGH),
    "claude-fable-5": replace(_FIVE, min_cache=512),
    "claude-opus-5": replace(_FIVE, effort_off=_UP_TO_HIGH, min_cache=512),
    "claude-sonnet-5": replace(_FIVE, min_cache=1024),
    "claude-opus-4-8": Claude(min_cache=1024),
    "claude-opus-4-7": Claude(min_cache=2048),
    "claude-opus-4-6": _FOUR_SIX,
    "claude-sonnet-4-6": replace(_FOUR_SIX, min_cache=1024),
    "claude-opus-4-5": replace(_OLD, efforts=ALL_EFFORTS),
    "claude-sonnet-4-5": replace(_OLD, min_cache=1024),
    "claude-haiku-4-5": _OLD,
}
"""Name without date → rules. Where the page says nothing: the 5.5 line keeps from 4096 tokens on, which it
calls the safe number; fable-5 is as opus-5; 4.6 takes both kinds of thinking; the models before 5 read 200k."""


def claude(name: str) -> Claude | None:
    """The rules of a model; a date behind the name is none of its business. `None` for no model."""
    known = MODELS.get(name)
    if known is not None:
        return known
    stem, _, date = name.rpartition("-")
    return MODELS.get(stem) if len(date) == 8 and date.isdigit() else None
