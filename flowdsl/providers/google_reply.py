"""Gemini's answers: whole ones and pieces of streams, their tokens, and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowdsl.errors import ProviderError
from flowdsl.ir.usage import NO_USAGE, Tier, Usage
from flowdsl.providers.base import FaultKind, FinishReason

if TYPE_CHECKING:
    from google.genai import types

_REFUSALS = frozenset(
    {"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"}
    | {"MODEL_ARMOR", "ESCALATION", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"}
)
_FAULTS: Mapping[str, tuple[FaultKind, str]] = {
    "": ("truncated", "the answer broke off: it has no finish reason."),
    "FINISH_REASON_UNSPECIFIED": ("truncated", "the answer broke off: its end has no reason."),
    "CONTINUATION": (
        "truncated",
        "the answer is longer than one call gives; its rest would take another, billed call.",
    ),
    "PUP_LIMITED_DISABLED": (
        "permission",
        "the account is limited or disabled by Google's Prohibited Use Policy.",
    ),
}
_TIERS: Mapping[str, Tier] = {
    "flex": "flex",
    "priority": "priority",
    "ON_DEMAND_FLEX": "flex",
    "ON_DEMAND_PRIORITY": "priority",
}
_TIER_HEADER = "x-gemini-service-tier"
_HELP: Mapping[str, str] = {
    "CONTINUATION": "lower max_tokens, or ask for a shorter answer, for instance piece by piece with `each(...)`."
}


@dataclass(slots=True)
class Answer:
    """An answer as far as it has come."""

    text: list[str] = field(default_factory=list[str])
    reason: str = ""
    """Why it ended, by Gemini's name; empty while it has not."""
    detail: str = ""
    """What Gemini adds to the reason."""
    blocked: str = ""
    """Why the prompt was not answered at all."""
    has_begun: bool = False
    model: str = ""
    request_id: str = ""
    tier: Tier = "standard"
    usage: Usage | None = None
    """`None` while Gemini has told nothing of it."""

    def take(self, piece: types.GenerateContentResponse) -> str:
        """Read a whole answer or a piece of one; gives the text in it."""
        self.model = piece.model_version or self.model
        self.request_id = piece.response_id or self.request_id
        headers = piece.sdk_http_response and piece.sdk_http_response.headers
        self.tier = _TIERS.get((headers or {}).get(_TIER_HEADER, "").lower(), self.tier)
        if (spent := piece.usage_metadata) is not None:
            self.usage = _newer(self.usage or NO_USAGE, spent)
            self.tier = _TIERS.get(spent.traffic_type or "", self.tier)
        if (feedback := piece.prompt_feedback) is not None and feedback.block_reason:
            self.blocked = feedback.block_reason.value
            self.detail = feedback.block_reason_message or self.detail
        return self._candidate(piece.candidates[0]) if piece.candidates else ""

    def _candidate(self, candidate: types.Candidate) -> str:
        self.has_begun = True
        if candidate.finish_reason is not None:
            self.reason = candidate.finish_reason.value
        self.detail = candidate.finish_message or self.detail
        parts = (candidate.content and candidate.content.parts) or []
        text = "".join(part.text for part in parts if part.text and not part.thought)
        self.text.append(text)
        return text

    @property
    def billed(self) -> dict[str, int]:
        """Its tokens, by the names that an error carries."""
        return billed(self.usage or NO_USAGE)

    def finish(self, *, may_be_empty: bool) -> tuple[str, FinishReason]:
        """The whole text, and how it ended; of a refusal the reason in place of the text.

        Raises:
            ProviderError: It has no end, an end that gives no answer, or nothing in it.
        """
        text = "".join(self.text)
        if self.reason in _REFUSALS:
            return self._because(f"the answer was stopped for {self.reason}"), "refusal"
        if self.blocked and self.reason != "STOP":
            return self._because(f"the prompt was blocked for {self.blocked}"), "refusal"
        if self.reason == "MAX_TOKENS":
            return text, "max_tokens"
        if self.reason != "STOP":
            raise self._unfinished()
        if not text and not may_be_empty:
            raise ProviderError("malformed", "the answer is empty.", billed=self.billed)
        return text, "end"

    def _because(self, what: str) -> str:
        return f"{what}: {self.detail}" if self.detail else f"{what}."

    def _unfinished(self) -> ProviderError:
        kind, message = _FAULTS.get(
            self.reason,
            ("malformed", self._because(f"the answer ended by {self.reason[:60]}")),
        )
        return ProviderError(kind, message, help=_HELP.get(self.reason, ""), billed=self.billed)


def billed(usage: Usage) -> dict[str, int]:
    """Tokens by the names that an error carries, those that are none left out."""
    spent = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "thinking_tokens": usage.thinking_tokens,
    }
    return {name: number for name, number in spent.items() if number}


def _newer(old: Usage, spent: types.GenerateContentResponseUsageMetadata) -> Usage:
    """Tokens so far: each piece of a stream tells them anew, but not always all of them."""
    thoughts = _count(spent.thoughts_token_count, old.thinking_tokens)
    text = _count(spent.candidates_token_count, old.output_tokens - old.thinking_tokens)
    prompt = _count(spent.prompt_token_count, old.input_tokens)
    return Usage(
        calls=1,
        # Google counts what was kept as a part of the prompt, as we do.
        input_tokens=prompt,
        output_tokens=text + thoughts,
        cache_read_tokens=min(
            prompt, _count(spent.cached_content_token_count, old.cache_read_tokens)
        ),
        thinking_tokens=thoughts,
    )


def _count(number: int | None, before: int) -> int:
    return before if number is None else max(0, number)
