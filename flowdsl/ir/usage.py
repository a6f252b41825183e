"""Tokens spent, as every reply, node and run counts them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

Tier: TypeAlias = Literal["standard", "batch", "flex", "priority", "fast"]
"""What a call was billed as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one or more replies. Cached tokens are part of `input_tokens`, not on top of it."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    """Part of `cache_write_tokens`: what is kept for an hour costs more."""
    thinking_tokens: int = 0
    """Part of `output_tokens`."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            cache_write_1h_tokens=self.cache_write_1h_tokens + other.cache_write_1h_tokens,
            thinking_tokens=self.thinking_tokens + other.thinking_tokens,
        )


NO_USAGE = Usage()


def dollars(cost_usd: Decimal | None) -> str:
    """Dollars as people read them; an unknown price says so."""
    if cost_usd is None:
        return "cost unknown"
    return f"${cost_usd:.4f}" if cost_usd else "$0"
