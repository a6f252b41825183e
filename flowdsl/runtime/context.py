"""What a run is given from outside: time, chance, ids, models, listeners and limits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from os import cpu_count, urandom
from random import Random
from typing import TYPE_CHECKING, Protocol

from flowdsl.events.bus import Bus
from flowdsl.ir.ids import RunId
from flowdsl.ir.policy import OnFailure
from flowdsl.providers import KnowsModels
from flowdsl.runtime.budget import Budget
from flowdsl.runtime.pauses import Pauses

if TYPE_CHECKING:
    from pathlib import Path

    from flowdsl.ir.ids import ModelName
    from flowdsl.providers import Capabilities, Provider

MAX_PARALLEL = 1024
"""Nodes at work at once when nothing is said: waiting for a model costs next to nothing."""
_CORES = cpu_count() or 1


@dataclass(frozen=True)
class Model:
    """A model that was found: who serves it, and under which name."""

    provider: Provider
    name: ModelName
    """The provider's own name, without prefix."""
    full_name: ModelName
    """`provider:model`."""

    @cached_property
    def can(self) -> Capabilities | None:
        """What is known of it without asking it, looked up once; `None` when nothing is."""
        provider = self.provider
        return provider.capabilities(self.name) if isinstance(provider, KnowsModels) else None

    @property
    def is_free(self) -> bool:
        """Whether it is known that asking it costs nothing."""
        return self.can is not None and self.can.is_free


class FindsModels(Protocol):
    """Turns a name or an alias into a model; `None` asks for the default."""

    def __call__(self, name: ModelName | None, /) -> Model:
        """Find the model.

        Raises:
            FlowError: There is none of that name, or no default.
        """
        ...


Approver = Callable[[str, object], Awaitable[bool]]
"""Asked a question about a value, it says yes or no."""


@dataclass(kw_only=True)
class RunContext:
    """Everything a run touches that is not in its graph."""

    models: FindsModels
    approver: Approver | None = None
    bus: Bus = field(default_factory=Bus)
    clock: Callable[[], float] = time.perf_counter
    """Seconds, from any zero; never goes back."""
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    now: Callable[[], float] = time.time
    """Seconds since 1970, UTC."""
    pauses: Pauses = field(default_factory=Pauses)
    """When providers that were asked too often may be asked again."""
    budget: Budget | None = None
    """What may be spent; `None` for no bound."""
    seed: int | None = None
    max_parallel: int = MAX_PARALLEL
    threads: int = min(32, _CORES + 4)
    processes: int = _CORES
    on_failure: OnFailure = "stop"
    grace_s: float = 30.0
    """Seconds that paid or outward work may still take after a failure or an interrupt."""
    workspace: Path | None = None

    @property
    def crew_limits(self) -> tuple[int, int, int, int]:
        """How many may be at work: on the loop, on the lane, on threads, in processes."""
        return self.max_parallel, 1, self.threads, self.processes

    @cached_property
    def rng(self) -> Random:
        """Chance; a seed repeats it."""
        return Random(self.seed)  # noqa: S311 - jitter and seeds of models, no secrets

    @cached_property
    def run_id(self) -> RunId:
        """Sixteen hex digits; made out of the seed where there is one."""
        made = urandom(8) if self.seed is None else self.rng.randbytes(8)
        return RunId(made.hex())
