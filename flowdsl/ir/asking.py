"""How a model may be asked: levels and switches that providers name alike."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypeGuard, get_args

Effort: TypeAlias = Literal["minimal", "low", "medium", "high", "xhigh", "max"]
"""How hard a model tries; which levels there are differs from model to model."""
Switch: TypeAlias = Literal["on", "off", "between_tools"]
Thinking: TypeAlias = Switch | int
"""Whether a model thinks before it answers; a number is a budget in tokens, which older models want."""
CacheTtl: TypeAlias = Literal["5m", "1h"]
"""How long a provider keeps the part of a prompt that stays the same."""
EFFORTS: tuple[Effort, ...] = get_args(Effort)
ALL_EFFORTS: frozenset[Effort] = frozenset(EFFORTS)
SWITCHES: tuple[str, ...] = get_args(Switch)
CACHE_TTLS: tuple[str, ...] = get_args(CacheTtl)


def is_effort(value: object) -> TypeGuard[Effort]:
    """Whether it names a level."""
    return isinstance(value, str) and value in EFFORTS


def is_thinking(value: object) -> TypeGuard[Thinking]:
    """Whether it is a switch, or a budget from 1 token."""
    if isinstance(value, int):
        return not isinstance(value, bool) and value >= 1
    return isinstance(value, str) and value in SWITCHES


def is_cache_ttl(value: object) -> TypeGuard[CacheTtl]:
    """Whether it names a time that providers keep a prompt for."""
    return isinstance(value, str) and value in CACHE_TTLS
