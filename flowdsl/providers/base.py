"""The provider port: a request goes in, a complete reply comes out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol, runtime_checkable

from flowdsl.ir.asking import CacheTtl, Effort, Thinking
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message, MessagePart, TextPart
from flowdsl.ir.usage import Tier, Usage

__all__ = [
    "PASSING",
    "Capabilities",
    "Closes",
    "CountsTokens",
    "Delta",
    "EmbedReply",
    "EmbedRequest",
    "Embeds",
    "FaultKind",
    "FinishReason",
    "KnowsModels",
    "KnowsPrices",
    "MediaPart",
    "Message",
    "MessagePart",
    "Provider",
    "RefusesSchemas",
    "Reply",
    "Request",
    "StreamsText",
    "TextPart",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model."""

    model: ModelName
    """The provider's own name of the model, without the `provider:` prefix."""
    messages: tuple[Message, ...]
    system: str = ""
    schema: Mapping[str, object] | None = None
    """JSON Schema the reply must meet; its root is an object; `None` asks for text."""
    max_tokens: int = 4096
    temperature: float | None = None
    effort: Effort | None = None
    thinking: Thinking | None = None
    cache: CacheTtl | None = None
    """Keep what is fixed at the provider: the system text, and the parts of messages that are marked so."""
    seed: int | None = None
    stop: tuple[str, ...] = ()
    timeout_s: float | None = None
    """Seconds for this attempt."""
    step: str = ""
    """Label of the node that asks; for doubles and cassettes, never sent."""
    path: str = ""
    """Address of the node that asks, as events name it; never sent either."""


FinishReason = Literal["end", "max_tokens", "stop", "refusal", "tool_use"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A complete answer; an incomplete one is never called a reply but raised as `ProviderError`."""

    text: str
    """The answer's text; JSON text when a schema was asked for."""
    usage: Usage
    model: ModelName
    """The model that answered, `provider:model`."""
    finish: FinishReason = "end"
    cost_usd: Decimal | None = None
    """Dollars; `None` when unknown, 0 only where the call is known to be free."""
    tier: Tier = "standard"
    request_id: str = ""
    """The provider's own name of the call, for its support; empty when it gives none."""
    notes: tuple[str, ...] = ()
    """What was asked and not sent, such as a temperature that the model refuses; a sentence each."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of text as it arrives."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a model takes and gives; asked before a run, so that a refusal is found early."""

    images: bool = False
    documents: bool = False
    """PDFs and other binary documents; plain text files are always sent as text."""
    schemas: bool = True
    """Native structured output."""
    temperature: bool = True
    """Takes sampling parameters; where not, they are dropped with a warning."""
    efforts: frozenset[Effort] = frozenset()
    """Levels it takes; empty when it has none."""
    thinking: frozenset[str] = frozenset()
    """What `thinking` may be: `on`, `off`, `between_tools`, `budget`; empty when it never thinks."""
    min_cache_tokens: int | None = None
    """Shortest beginning of a prompt that the provider keeps; `None` when unknown or never."""
    context_tokens: int | None = None
    """`None` when unknown."""
    max_output_tokens: int | None = None
    is_free: bool = False
    """Its calls cost nothing, so a run that ends early need not wait for one."""


FaultKind = Literal[
    "unreachable",  # no connection, dropped connection
    "timeout",
    "rate_limit",
    "overloaded",
    "server",
    "authentication",
    "permission",
    "unknown_model",
    "bad_request",
    "context_overflow",
    "truncated",  # the stream ended without a finish reason
    "max_tokens",  # the reply was cut at max_tokens
    "refusal",
    "malformed",  # the body could not be read, or is not what was asked for
    "spend_limit",
    "not_ready",  # no model pulled, extra not installed
]

PASSING: frozenset[FaultKind] = frozenset(
    {"unreachable", "timeout", "rate_limit", "overloaded", "server", "truncated", "malformed"}
)
"""Faults that another try may cure."""


class Provider(Protocol):
    """Where models live. `complete` raises `flowdsl.errors.ProviderError` and nothing else."""

    async def complete(self, request: Request, /) -> Reply:
        """Answer one request, whole."""
        ...


@runtime_checkable
class StreamsText(Protocol):
    """A provider that can give text as it arrives; the last item is the whole reply."""

    def stream(self, request: Request, /) -> AsyncIterator[Delta | Reply]:
        """Answer one request piece by piece."""
        ...


@runtime_checkable
class CountsTokens(Protocol):
    """A provider that can count a prompt before it is sent."""

    async def count_tokens(self, request: Request, /) -> int:
        """Tokens of the request's prompt."""
        ...


@runtime_checkable
class KnowsModels(Protocol):
    """A provider that can say, without a call, which models exist and what they can do."""

    def models(self) -> tuple[ModelName, ...]:
        """Names that may stand behind the provider's prefix; empty when any name may."""
        ...

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """What a model can do; `None` when unknown."""
        ...

    def unready(self, model: ModelName, /) -> str | None:
        """Why the model cannot answer now, with the cure; `None` when it can."""
        ...


@runtime_checkable
class RefusesSchemas(Protocol):
    """A provider that can say, without a call, which structured answers it cannot give."""

    def refuses(self, model: ModelName, schema: Mapping[str, object], /) -> str | None:
        """Why the model cannot answer in this schema, with the cure; `None` when it can."""
        ...


@runtime_checkable
class KnowsPrices(Protocol):
    """A provider whose calls can be priced, before and after."""

    def cost_usd(
        self, model: ModelName, usage: Usage, tier: Tier = "standard", /
    ) -> Decimal | None:
        """Dollars of some tokens, not rounded; `None` when the price is unknown."""
        ...

    def worst_case(self, request: Request, /) -> Usage | None:
        """The most tokens that one attempt can be billed for; `None` when there is no bound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedRequest:
    """Texts to be turned into vectors."""

    model: ModelName
    """The provider's own name of the model, without the `provider:` prefix."""
    texts: tuple[str, ...]
    purpose: Literal["document", "query"] | None = None
    """What the vectors are for; models that make no difference take no notice."""
    dimensions: int | None = None
    """Length of the vectors; `None` for the model's own."""
    timeout_s: float | None = None
    """Seconds for this attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedReply:
    """A vector for each text, in the texts' order."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage
    model: ModelName
    """The model that answered, `provider:model`."""
    cost_usd: Decimal | None = None
    """Dollars; `None` when unknown, 0 only where the call is known to be free."""


@runtime_checkable
class Embeds(Protocol):
    """A provider that turns texts into vectors. Raises `flowdsl.errors.ProviderError` and nothing else."""

    async def embed(self, request: EmbedRequest, /) -> EmbedReply:
        """Turn every text into a vector; all of them or none."""
        ...


@runtime_checkable
class Closes(Protocol):
    """A provider that holds something open."""

    async def aclose(self) -> None:
        """Let go of it."""
        ...
