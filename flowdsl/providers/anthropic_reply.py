"""A message of Anthropic's API as a reply: its text, its whole bill, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Tier, Usage
from flowdsl.providers.base import FaultKind, FinishReason, Reply
from flowdsl.providers.json_schema import is_list, is_schema

Json: TypeAlias = Mapping[str, object]
Price: TypeAlias = Callable[[ModelName, Usage, Tier], Decimal | None]

_FINISHES: Mapping[str | None, FinishReason] = {
    "end_turn": "end",
    "stop_sequence": "stop",
    "max_tokens": "max_tokens",
    "refusal": "refusal",
}
_UNFINISHED: Mapping[str | None, tuple[FaultKind, str]] = {
    None: ("truncated", "it broke off without a reason to stop"),
    "pause_turn": ("truncated", "it was paused before it was complete"),
    "model_context_window_exceeded": (
        "context_overflow",
        "it filled up the model's window before it was complete",
    ),
    "tool_use": ("malformed", "it asks for a tool, and none was offered"),
}
_THOUGHTS = frozenset({"thinking", "redacted_thinking"})
_TIERS: Mapping[str | None, Tier] = {"priority": "priority", "batch": "batch"}


class Asked(NamedTuple):
    """What an answer is read against."""

    model: ModelName
    """The name that was asked for."""
    notes: tuple[str, ...]
    """What was asked and not sent."""
    price: Price
    """Dollars of a name, tokens and a tier."""


def reply_of(message: object, asked: Asked, request_id: str) -> Reply:
    """The reply that a message is.

    A refusal and an answer cut at `max_tokens` are replies that say so in `finish`.

    Raises:
        ProviderError: It is no message, has no end, ends in a way that nobody asked for, or holds a part that is
            neither text nor thought. What it is billed is part of the error.
    """
    if not is_schema(message) or message.get("type") != "message":
        raise fault("malformed", "it is no message", None, request_id)
    usage = usage_of(message.get("usage"))
    reason = _word(message.get("stop_reason"))
    finish = _FINISHES.get(reason)
    if finish is None:
        kind, said = _UNFINISHED.get(reason, ("malformed", f"it ended for the reason {reason!r}"))
        raise fault(kind, said, usage, request_id)
    texts = [*_texts(message.get("content"))]
    if None in texts and finish in {"end", "stop"}:
        raise fault("malformed", "it holds a part that is no text", usage, request_id)
    text = "".join(filter(None, texts))
    if finish == "end" and not text:
        raise fault("malformed", "it is empty", usage, request_id)
    if finish == "refusal":
        text = text or _why_refused(message.get("stop_details"))
    name = ModelName(_word(message.get("model")) or asked.model)
    tier = tier_of(message.get("usage"))
    return Reply(
        text=text,
        usage=usage or Usage(calls=1),
        model=ModelName(f"anthropic:{name}"),
        finish=finish,
        cost_usd=_cost(usage, tier, name, asked) if usage else None,
        tier=tier,
        request_id=request_id,
        notes=asked.notes,
    )


def fault(kind: FaultKind, said: str, usage: Usage | None, request_id: str) -> ProviderError:
    """The error of an answer that is none."""
    cures: Mapping[str, str] = {
        "context_overflow": "send less text in one call, for instance piece by piece with `each(...)`.",
        "malformed": "if it stays so, look whether the address is one of Anthropic's API.",
    }
    return ProviderError(
        kind,
        f"Anthropic's answer can't be used: {said}{told(request_id)}.",
        help=cures.get(kind, ""),
        billed=billed(usage),
    )


def told(request_id: str) -> str:
    """The provider's name of a call, behind a sentence."""
    return f" (request {request_id})" if request_id else ""


def billed(usage: Usage | None) -> Mapping[str, int]:
    """Tokens by the names of `Usage`'s fields, as errors carry them; empty when nothing is known."""
    return {
        name: tokens
        for name, tokens in asdict(usage or Usage()).items()
        if tokens and name != "calls"
    }


def usage_of(said: object) -> Usage | None:
    """The tokens of a `usage` object; what was read from the cache and written to it is input, too.

    Returns:
        `None` when it counts neither input nor output.
    """
    if not is_schema(said) or not {"input_tokens", "output_tokens"} & said.keys():
        return None
    written, thought = said.get("cache_creation"), said.get("output_tokens_details")
    read = _count(said, "cache_read_input_tokens")
    hour = _count(written, "ephemeral_1h_input_tokens")
    write = _count(said, "cache_creation_input_tokens")
    write = write or hour + _count(written, "ephemeral_5m_input_tokens")
    return Usage(
        calls=1,
        input_tokens=_count(said, "input_tokens") + read + write,
        output_tokens=_count(said, "output_tokens"),
        cache_read_tokens=read,
        cache_write_tokens=write,
        cache_write_1h_tokens=hour,
        thinking_tokens=_count(thought, "thinking_tokens"),
    )


def tier_of(said: object) -> Tier:
    """What a `usage` object says the call was billed as."""
    if not is_schema(said):
        return "standard"
    if said.get("speed") == "fast":
        return "fast"
    return _TIERS.get(_word(said.get("service_tier")), "standard")


def _word(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else repr(value)


def _count(said: object, name: str) -> int:
    number = said.get(name) if is_schema(said) else None
    return number if isinstance(number, int) else 0


def _texts(content: object) -> Iterator[str | None]:
    """The texts of the parts; `None` for a part, or a content, that can't be read."""
    if not is_list(content):
        yield None
        return
    for block in content:
        kind = block.get("type") if is_schema(block) else None
        if is_schema(block) and kind == "text" and isinstance(text := block.get("text"), str):
            yield text
        elif kind not in _THOUGHTS:
            yield None


def _why_refused(details: object) -> str:
    if not is_schema(details):
        return ""
    said = [details.get("explanation"), details.get("category")]
    return next((each for each in said if isinstance(each, str)), "")


def _cost(usage: Usage, tier: Tier, name: ModelName, asked: Asked) -> Decimal | None:
    cost_usd = asked.price(name, usage, tier)
    return asked.price(asked.model, usage, tier) if cost_usd is None else cost_usd
