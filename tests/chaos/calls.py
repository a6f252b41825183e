"""Many calls through a real pipeline while things go wrong, and how each of them ended."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from flowdsl import Pipeline, each, pipeline, prompt
from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Tier, Usage
from flowdsl.providers.base import (
    Capabilities,
    Closes,
    Delta,
    KnowsModels,
    KnowsPrices,
    Provider,
    Reply,
    Request,
    StreamsText,
)

MODELS = {
    "anthropic": "anthropic:claude-sonnet-4-6",
    "google": "google:gemini-3.5-flash-lite",
    "openai": "openai:fake-small",
}
PREFIXES = (*MODELS,)
DEADLINE_S = 60.0
"""For one call with all its attempts."""
SLACK_S = 20.0
"""A busy machine's share."""
_SAID = re.compile(r"call number (\d+) of many, and here it ends\.$")
KEY = "a-key-for-tests"


def make(prefix: str, base_url: str) -> Provider:
    """The real adapter, pointed at a server for tests."""
    match prefix:
        case "anthropic":
            from flowdsl.providers.anthropic import AnthropicProvider

            return AnthropicProvider(api_key=KEY, base_url=base_url)
        case "google":
            from flowdsl.providers.google import GoogleProvider

            return GoogleProvider(api_key=KEY, base_url=base_url)
        case _:
            from flowdsl.providers.openai import OpenAIProvider

            return OpenAIProvider(api_key=KEY, base_url=base_url)


def end_of(reply: Reply) -> str:
    """`answered`, or why the reply is none."""
    return reply.finish if reply.finish in {"refusal", "max_tokens"} else "answered"


class Watched:
    """A provider that writes down how each call ended; it answers in one piece."""

    def __init__(self, inner: Provider) -> None:
        self.inner = inner
        self.ends: dict[str, str] = {}
        """Path of the call → `answered`, or the kind of its last fault."""
        self.attempts = 0

    def models(self) -> tuple[ModelName, ...]:
        return self.inner.models() if isinstance(self.inner, KnowsModels) else ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        return self.inner.capabilities(model) if isinstance(self.inner, KnowsModels) else None

    def unready(self, model: ModelName, /) -> str | None:
        return self.inner.unready(model) if isinstance(self.inner, KnowsModels) else None

    def cost_usd(
        self, model: ModelName, usage: Usage, tier: Tier = "standard", /
    ) -> Decimal | None:
        inner = self.inner
        return inner.cost_usd(model, usage, tier) if isinstance(inner, KnowsPrices) else None

    def worst_case(self, request: Request, /) -> Usage | None:
        return self.inner.worst_case(request) if isinstance(self.inner, KnowsPrices) else None

    async def complete(self, request: Request, /) -> Reply:
        self.attempts += 1
        self.ends[request.path] = "cancelled"
        try:
            reply = await self.inner.complete(request)
        except ProviderError as error:
            self.ends[request.path] = error.kind
            raise
        except Exception as error:
            self.ends[request.path] = f"raised {type(error).__name__}: {error}"
            raise
        self.ends[request.path] = end_of(reply)
        return reply

    async def aclose(self) -> None:
        if isinstance(self.inner, Closes):
            await self.inner.aclose()


class WatchedStream(Watched):
    """The same, piece by piece."""

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        assert isinstance(self.inner, StreamsText)
        self.attempts += 1
        self.ends[request.path] = "cancelled"
        try:
            async for piece in self.inner.stream(request):
                if isinstance(piece, Reply):
                    self.ends[request.path] = end_of(piece)
                yield piece
        except ProviderError as error:
            self.ends[request.path] = error.kind
            raise
        except Exception as error:
            self.ends[request.path] = f"raised {type(error).__name__}: {error}"
            raise


@dataclass(slots=True)
class Tally:
    """How some calls ended."""

    calls: int = 0
    ends: Counter[str] = field(default_factory=Counter[str])
    """`answered` and kinds of faults."""
    wrong: list[str] = field(default_factory=list[str])
    """Answers that were called a success and are none."""
    attempts: int = 0
    longest_s: float = 0.0
    """Of one run of calls that were made at once."""
    usage: Usage = field(default_factory=Usage)


def flow_of(attempts: int, timeout_s: float, max_tokens: int) -> Pipeline[[list[int]], list[str]]:
    """A fan-out of one prompt; what fails is left out."""

    @prompt(
        "This is call number {{ number }} of many, and here it ends.",
        retries=attempts - 1,
        timeout_s=timeout_s,
        deadline_s=DEADLINE_S,
        max_tokens=max_tokens,
        name="say",
    )
    def say(number: int) -> str: ...

    @pipeline
    def many(numbers: list[int]) -> list[str]:
        return each(numbers, say, skip_failed=True)

    return many


async def run_calls(
    prefix: str,
    base_url: str,
    *,
    calls: int,
    wave: int,
    streamed: bool,
    before_wave: Callable[[int], None],
    attempts: int = 5,
    timeout_s: float = 10.0,
    max_tokens: int = 300,
) -> Tally:
    """Make calls, some at once, one run after another.

    Args:
        prefix: Of the provider.
        base_url: Of the server.
        calls: How many.
        wave: How many at once.
        streamed: Whether somebody listens, so that answers stream.
        before_wave: Told how many calls follow; the place to script faults.
        attempts: Of each call.
        timeout_s: For each attempt.
        max_tokens: Of each answer.
    """
    watched = (WatchedStream if streamed else Watched)(make(prefix, base_url))
    many = flow_of(attempts, timeout_s, max_tokens)
    many = many.using(model=MODELS[prefix], providers={prefix: watched}, max_parallel=wave, seed=7)
    if streamed:
        many = many.using(on_text=lambda _path, _text: None)
    tally = Tally()
    for first in range(0, calls, wave):
        numbers = list(range(first, min(calls, first + wave)))
        before_wave(len(numbers))
        watched.ends.clear()
        began = time.monotonic()
        async with asyncio.timeout(DEADLINE_S + SLACK_S):
            run = await many.arun(numbers)
        tally.longest_s = max(tally.longest_s, time.monotonic() - began)
        tally.calls += len(numbers)
        tally.usage += run.usage
        tally.ends.update(watched.ends.values())
        tally.wrong += wrong_ones(run.value, numbers, list(watched.ends.values()))
    tally.attempts = watched.attempts
    await watched.aclose()
    return tally


def wrong_ones(said: list[str], numbers: list[int], ends: list[str]) -> list[str]:
    """Answers that are not whole, are another call's, or are said of a call that failed."""
    heard = [match[1] if (match := _SAID.search(text)) else text for text in said]
    left = Counter(str(number) for number in numbers)
    strange = [*(Counter(heard) - left)]
    if len(said) != ends.count("answered"):
        strange.append(f"{len(said)} answers of {ends.count('answered')} calls that were answered")
    if len(ends) != len(numbers):
        strange.append(f"{len(ends)} of {len(numbers)} calls were made")
    return strange
