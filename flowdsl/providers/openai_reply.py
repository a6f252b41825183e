"""Answers of the OpenAI protocol: whole bodies and pieces of streams, read without trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from flowdsl.errors import ProviderError
from flowdsl.ir.usage import NO_USAGE, Tier, Usage
from flowdsl.providers.base import FinishReason
from flowdsl.providers.json_schema import is_list, is_schema

Said: TypeAlias = Mapping[str, object]

_FINISHES: Mapping[str, FinishReason] = {
    "stop": "end",
    "end_turn": "end",
    "eos": "end",
    "length": "max_tokens",
    "max_tokens": "max_tokens",
    "content_filter": "refusal",
    "refusal": "refusal",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
}
_TIERS: Mapping[str, Tier] = {"flex": "flex", "priority": "priority"}
_NOTHING: Said = {}


@dataclass(slots=True)
class Answer:
    """An answer as far as it has come."""

    text: list[str] = field(default_factory=list[str])
    refusal: list[str] = field(default_factory=list[str])
    reason: str | None = None
    model: str = ""
    tier: Tier = "standard"
    has_begun: bool = False
    """Something of it has come, if only its form."""
    usage: Usage | None = None
    """`None` while the server has told nothing of it."""
    dollars: Decimal | None = None
    """What the server says the call cost."""

    def take(self, said: Said, place: str) -> str:
        """Read a body (`place` is `message`) or a piece of a stream (`delta`); gives the text in it."""
        if isinstance(model := said.get("model"), str) and model:
            self.model = model
        if isinstance(tier := said.get("service_tier"), str):
            self.tier = _TIERS.get(tier, "standard")
        if is_schema(spent := said.get("usage")):
            self.usage, self.dollars = usage_in(spent), _dollars(spent.get("cost"))
        choices = said.get("choices")
        choice = choices[0] if is_list(choices) and choices else None
        if not is_schema(choice):
            return ""
        self.has_begun = True
        return self._choice(choice, place)

    def _choice(self, choice: Said, place: str) -> str:
        if isinstance(reason := choice.get("finish_reason"), str):
            self.reason = reason
        message = choice.get(place)
        content = message if is_schema(message) else _NOTHING
        text = _text(content.get("content"))
        self.text.append(text)
        self.refusal.append(_text(content.get("refusal")))
        return text

    @property
    def billed(self) -> dict[str, int]:
        """Its tokens, by the names that an error carries."""
        return billed(self.usage or NO_USAGE)

    def finish(self, *, may_be_empty: bool) -> tuple[str, FinishReason]:
        """The whole text, and how it ended.

        Raises:
            ProviderError: It has no end, an end that nobody knows, or nothing in it.
        """
        text, refusal = "".join(self.text), "".join(self.refusal)
        if refusal:
            return refusal, "refusal"
        if self.reason is None:
            raise ProviderError(
                "truncated", "the answer broke off: it has no finish_reason.", billed=self.billed
            )
        finish = _FINISHES.get(self.reason)
        if finish is None:
            raise ProviderError(
                "malformed",
                f"the answer ended by '{self.reason[:40]}', which is no end that is known.",
                billed=self.billed,
            )
        if finish == "end" and not text and not may_be_empty:
            raise ProviderError("malformed", "the answer is empty.", billed=self.billed)
        return text, finish


def usage_in(spent: Said) -> Usage:
    """Tokens by OpenAI's names, and by the further names of servers that imitate it."""
    prompt, completion = spent.get("prompt_tokens_details"), spent.get("completion_tokens_details")
    asked = prompt if is_schema(prompt) else _NOTHING
    answered = completion if is_schema(completion) else _NOTHING
    return Usage(
        calls=1,
        input_tokens=_count(spent, "prompt_tokens"),
        output_tokens=_count(spent, "completion_tokens"),
        cache_read_tokens=_count(asked, "cached_tokens"),
        cache_write_tokens=_count(asked, "cache_write_tokens"),
        thinking_tokens=_count(answered, "reasoning_tokens"),
    )


def billed(usage: Usage) -> dict[str, int]:
    """Tokens by the names that an error carries, those that are none left out."""
    spent = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "thinking_tokens": usage.thinking_tokens,
    }
    return {name: number for name, number in spent.items() if number}


def _count(spent: Said, name: str) -> int:
    number = spent.get(name)
    return number if isinstance(number, int) and number > 0 else 0


def _dollars(number: object) -> Decimal | None:
    if not isinstance(number, int | float) or isinstance(number, bool) or number < 0:
        return None
    return Decimal(str(number))


def _text(content: object) -> str:
    """A text, or the texts of a list of parts, which some servers send."""
    if isinstance(content, str):
        return content
    parts = content if is_list(content) else []
    return "".join(
        text for each in parts if is_schema(each) and isinstance(text := each.get("text"), str)
    )
