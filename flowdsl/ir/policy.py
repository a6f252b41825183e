"""How a node is to be run, as data: it never changes what the node means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OnFailure = Literal["stop", "continue"]
Lane = Literal["loop", "lane", "inline", "threads", "process"]
"""Where plain code runs: on the event loop, on the one serial worker lane, in place, on threads, in a process."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after a failure that may pass."""

    attempts: int = 1
    """Total tries, the first included; at least 1."""
    base_delay_s: float = 0.5
    """Upper bound of the first wait; doubles at each further one (full jitter)."""
    max_delay_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Time, tries and placement of one node."""

    timeout_s: float | None = None
    """Seconds for one attempt; `None` arms no timer."""
    deadline_s: float | None = None
    """Seconds for all attempts together, waits included; `None` leaves it to the runtime."""
    retry: Retry | None = None
    on_error: Literal["fail", "skip"] = "fail"
    """`skip` gives `None` in place of a failed result and says so in the events (the legacy `continue_on_error`)."""
    repairs: int = 2
    """How often a model is asked again with the validation error; 0 switches repairs off."""


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a region or a run."""

    max_parallel: int | None = None
    """Items or nodes at work at once; `None` leaves it to the run's limit."""
