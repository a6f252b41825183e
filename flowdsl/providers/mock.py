"""`mock:` answers without a model: made up, the same each time, and of the type that was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import Capabilities, MediaPart, Reply, Request, TextPart
from flowdsl.providers.canned import (
    EVERYTHING,
    Arriving,
    Rule,
    answer_text,
    cut_if_long,
    in_pieces,
    prompt_text,
    prompt_tokens,
    usage_of,
    wait,
)
from flowdsl.providers.mock_values import example

_SHOWN_WORDS = 8


class MockProvider:
    """Gives every request an answer without asking a model, at once and free of charge.

    A structured answer meets the request's schema; a text says that it is made up. The same request
    gives the same answer. Any name may stand behind `mock:`; another name gives other answers.

    Args:
        rules: Prepared answers; the first that fits a request is taken.
        latency_s: Seconds each answer takes.
        context_tokens: Longest prompt that is taken, by a rough count.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        *,
        latency_s: float = 0.0,
        context_tokens: int = 1_000_000,
    ) -> None:
        self._rules = tuple(rules)
        self._latency_s = latency_s
        self._context_tokens = context_tokens

    def models(self) -> tuple[ModelName, ...]:
        """None: any name may stand behind `mock:`."""
        return ()

    def capabilities(self, _model: ModelName, /) -> Capabilities | None:
        """Takes everything."""
        return replace(EVERYTHING, context_tokens=self._context_tokens, is_free=True)

    def unready(self, _model: ModelName, /) -> str | None:
        """Nothing is ever missing."""
        return None

    async def count_tokens(self, request: Request, /) -> int:
        """A rough count: a token for each four bytes of text."""
        return prompt_tokens(request)

    async def complete(self, request: Request, /) -> Reply:
        """Answer one request, whole."""
        if prompt_tokens(request) > self._context_tokens:
            raise ProviderError(
                "context_overflow",
                f"The prompt has about {prompt_tokens(request)} tokens, and this mock takes {self._context_tokens}.",
            )
        await wait(self._latency_s, request)
        text = self._answer(request)
        usage = usage_of(request, text)
        cut_if_long(request, usage)
        model = ModelName(f"mock:{request.model}")
        return Reply(text=text, usage=usage, model=model, cost_usd=Decimal(0))

    async def stream(self, request: Request, /) -> Arriving:
        """Answer one request word by word."""
        async for item in in_pieces(await self.complete(request)):
            yield item

    def _answer(self, request: Request) -> str:
        for rule in self._rules:
            if rule.fits(request):
                if isinstance(rule.answer, Exception):
                    raise rule.answer
                return answer_text(rule.answer, request.schema)
        if request.schema is None:
            return _mock_text(request)
        return json.dumps(example(request.schema, _seed(request)), ensure_ascii=False)


def _mock_text(request: Request) -> str:
    words = prompt_text(request).split()
    shown = " ".join(words[:_SHOWN_WORDS]) + (" …" if len(words) > _SHOWN_WORDS else "")
    return f"Mock answer {_seed(request) % 10_000:04} (no model was asked) to: {shown}"


def _seed(request: Request) -> int:
    turns = [[turn.role, *(_part(part) for part in turn.parts)] for turn in request.messages]
    asked = [request.model, request.system, turns, request.schema, request.seed]
    text = json.dumps(asked, sort_keys=True, default=dict)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def _part(part: TextPart | MediaPart) -> str:
    return part.text if isinstance(part, TextPart) else hashlib.sha256(part.content).hexdigest()
