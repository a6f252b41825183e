"""The closed union of event records: the only truth about a run.

Built only when someone listens; NamedTuples, because two are made per step.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from flowdsl.ir.usage import Tier, Usage

# `at_s` is seconds since the run began; `path` is a node's address: ids joined by `/`, items as `each[3]`.


class RunStarted(NamedTuple):
    """A run begins."""

    at_s: float
    run_id: str
    pipeline: str
    nodes: int
    started_at: str
    """UTC, RFC 3339."""


class NodeStarted(NamedTuple):
    """A node was given to a worker."""

    at_s: float
    path: str


class NodeFinished(NamedTuple):
    """A node gave its value."""

    at_s: float
    path: str
    seconds: float


class NodeFailed(NamedTuple):
    """A node gave up."""

    at_s: float
    path: str
    seconds: float
    code: str
    message: str


class NodeSkipped(NamedTuple):
    """A node was not run, and why."""

    at_s: float
    path: str
    reason: str


class ModelCalled(NamedTuple):
    """A model answered one attempt."""

    at_s: float
    path: str
    model: str
    seconds: float
    usage: Usage
    cost_usd: Decimal | None
    accepted: bool
    """Whether the answer met the output type; if not, a repair or a failure follows."""
    finish: str = "end"
    """How the answer ended, or the kind of fault that it ended in."""
    request_id: str = ""
    """The provider's own name of the call; empty when it gives none."""
    tier: Tier = "standard"
    attempt: int = 1
    """Which attempt it was, from 1."""


class ModelAsked(NamedTuple):
    """A model is about to be asked: what it is sent. Told only to listeners that want content."""

    at_s: float
    path: str
    model: str
    """`provider:model`."""
    system: str
    messages: tuple[Mapping[str, object], ...]
    """JSON-able: `role` and `parts`, as `flowdsl.events.content.spoken` gives them."""
    max_tokens: int
    temperature: float | None = None
    schema: str | None = None
    """Name of the type that is asked for; `None` for text."""
    seed: int | None = None
    stop: tuple[str, ...] = ()


class ModelAnswered(NamedTuple):
    """The text of a model's answer; its `ModelCalled` follows. Told only to listeners that want content."""

    at_s: float
    path: str
    text: str


class TextArrived(NamedTuple):
    """A piece of a model's answer, as it streams."""

    at_s: float
    path: str
    text: str


class EachProgressed(NamedTuple):
    """How far a fan-out is."""

    at_s: float
    path: str
    done: int
    total: int | None
    """`None` while the number of items is unknown."""


class Retried(NamedTuple):
    """An attempt failed and another follows."""

    at_s: float
    path: str
    attempt: int
    wait_s: float
    reason: str


class Warned(NamedTuple):
    """Something a user would want to know; with a code where an error page explains it."""

    at_s: float
    path: str
    code: str
    message: str


class RunFinished(NamedTuple):
    """A run is over."""

    at_s: float
    status: Literal["done", "failed", "cancelled"]
    usage: Usage
    cost_usd: Decimal | None


Content: TypeAlias = ModelAsked | ModelAnswered
"""What users and models said, word for word."""

Event: TypeAlias = (
    RunStarted
    | NodeStarted
    | NodeFinished
    | NodeFailed
    | NodeSkipped
    | ModelAsked
    | ModelAnswered
    | ModelCalled
    | TextArrived
    | EachProgressed
    | Retried
    | Warned
    | RunFinished
)
