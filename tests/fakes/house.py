"""Our own fake's state: keys, spending, scripted answers and faults, caches, bills; and what one request came to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flowdsl.ir.usage import Usage
from tests.fakes.faults import Script
from tests.fakes.ledger import Ledger, Outcome
from tests.fakes.prefix_cache import PrefixCache
from tests.fakes.wire import Answer
from tests.fakes.words import Line


@dataclass(slots=True, kw_only=True)
class House:
    """What all APIs of one fake share; a test changes it at any time."""

    keys: frozenset[str] | None = None
    """Keys that are taken; `None` for any that is not empty."""
    latency_s: float = 0.0
    """Seconds before every answer."""
    event_s: float = 0.0
    """Seconds before every event of a stream."""
    context_tokens: int | None = None
    """Longest prompt; `None` for each model's own."""
    spend_limit_tokens: int | None = None
    """Once so many are billed, every call is refused."""
    lines: list[Line] = field(default_factory=list[Line])
    """Scripted answers; the first that fits is given, again and again."""
    faults: Script = field(default_factory=Script)
    ledger: Ledger = field(default_factory=Ledger)
    clock: Callable[[], float] = time.monotonic
    cache: PrefixCache = field(init=False)

    def __post_init__(self) -> None:
        self.cache = PrefixCache(self._now)

    def _now(self) -> float:
        return self.clock()

    def wrong_key(self, key: str) -> str | None:
        """Why a key is refused."""
        if key and (self.keys is None or key in self.keys):
            return None
        return "invalid API key" if key else "no API key was given"

    @property
    def is_spent(self) -> bool:
        """Whether the limit of spending is reached."""
        return self.spend_limit_tokens is not None and self.ledger.tokens >= self.spend_limit_tokens

    def clear(self) -> None:
        """Be as new, but for keys, limits and latencies."""
        self.lines.clear()
        self.faults.clear()
        self.ledger.clear()
        self.cache.clear()


@dataclass(frozen=True, slots=True)
class Worked:
    """What one request came to."""

    answer: Answer
    model: str
    key: str
    outcome: Outcome
    billed: Usage
    """When it is sent whole."""
    cut: Usage = field(default_factory=Usage)
    """When its stream breaks where the fault says."""
