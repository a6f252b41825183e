"""Providers that play recorded answers, or ask the real ones and keep what they answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

from flowdsl.errors.providers import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Tier, Usage
from flowdsl.providers.base import (
    Capabilities,
    Closes,
    Delta,
    KnowsModels,
    KnowsPrices,
    Provider,
    RefusesSchemas,
    Reply,
    Request,
    StreamsText,
)
from flowdsl.providers.canned import in_pieces
from flowdsl.runtime.attempts import LONGEST_ASKED_S
from flowdsl.testing.cassette_form import Answer, Fault, request_document
from flowdsl.testing.cassette_tape import Question, Tape

_NEARLY = 0.95
"""Part of the time of an attempt after which its end is taken for that of its time: the engine's clock began earlier."""


class CassetteModels(Mapping[str, Provider]):
    """Providers by prefix, each behind a tape.

    Args:
        tape: Has the answers, and takes new ones.
        given: Real providers by prefix; all others are the usual ones, with the keys of the settings.
    """

    def __init__(self, tape: Tape, given: Mapping[str, Provider]) -> None:
        self.requests: list[Request] = []
        """Every request, in the order of the calls, with the model's full name."""
        self._tape = tape
        self._given = given
        self._made: dict[str, _Taped] = {}

    def __getitem__(self, prefix: str, /) -> Provider:
        if prefix not in self._made:
            self._made[prefix] = self._make(prefix)
        return self._made[prefix]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def _make(self, prefix: str) -> _Taped:
        real = self._given.get(prefix)
        if real is not None:
            return _Taped(self._tape, self.requests, prefix, real, is_ours=False)
        made = _real(prefix, with_keys=self._tape.is_asking)
        return _Taped(self._tape, self.requests, prefix, made, is_ours=True)


def _real(prefix: str, *, with_keys: bool) -> Provider:
    """The provider as a run would make it.

    Args:
        prefix: Its prefix.
        with_keys: Keys are looked up; to know what a model can do none is needed.

    Raises:
        KeyError: There is none of that name.
    """
    from flowdsl.config import base_urls, current
    from flowdsl.engine import Models, Options
    from flowdsl.providers.catalog import PROVIDERS, ProviderSettings, make_provider

    if prefix not in PROVIDERS:
        raise KeyError(prefix)
    if with_keys:
        return Models(Options())(ModelName(f"{prefix}:")).provider
    settings = current()
    known = ProviderSettings(
        base_urls=base_urls(settings), local_context_tokens=settings.local_context_tokens
    )
    return make_provider(prefix, known)


class _Taped:
    """A provider behind a tape: it knows what the real one knows, and answers from the tape where that has something."""

    def __init__(
        self, tape: Tape, requests: list[Request], prefix: str, real: Provider, *, is_ours: bool
    ) -> None:
        self._tape = tape
        self._requests = requests
        self._prefix = prefix
        self._real = real
        self._is_ours = is_ours
        self._busy: Counter[asyncio.AbstractEventLoop] = Counter()

    def models(self) -> tuple[ModelName, ...]:
        return self._real.models() if isinstance(self._real, KnowsModels) else ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        return self._real.capabilities(model) if isinstance(self._real, KnowsModels) else None

    def unready(self, model: ModelName, /) -> str | None:
        """Nothing is needed to play; nor, perhaps, where some answers are there already."""
        if not self._tape.is_asking or self._tape.has_answers:
            return None
        return self._real.unready(model) if isinstance(self._real, KnowsModels) else None

    def refuses(self, model: ModelName, schema: Mapping[str, object], /) -> str | None:
        real = self._real
        return real.refuses(model, schema) if isinstance(real, RefusesSchemas) else None

    def cost_usd(
        self, model: ModelName, usage: Usage, tier: Tier = "standard", /
    ) -> Decimal | None:
        real = self._real
        now_usd = real.cost_usd(model, usage, tier) if isinstance(real, KnowsPrices) else None
        return self._tape.price(self._full(model), usage, now_usd)

    def worst_case(self, request: Request, /) -> Usage | None:
        real = self._real
        return real.worst_case(request) if isinstance(real, KnowsPrices) else None

    async def complete(self, request: Request, /) -> Reply:
        question = self._question(request)
        recorded = self._tape.next(question)
        if recorded is not None:
            return _played(recorded)
        async with self._asking(question, request):
            reply = await self._real.complete(request)
        self._tape.keep(question, reply)
        return reply

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        question = self._question(request)
        recorded = self._tape.next(question)
        if recorded is not None:
            async for item in in_pieces(_played(recorded)):
                yield item
            return
        reply: Reply | None = None
        async with self._asking(question, request):
            pieces = _arriving(self._real, request)
            try:
                async for item in pieces:
                    if isinstance(item, Reply):
                        reply = item
                    else:
                        yield item
            finally:
                if isinstance(pieces, AsyncGenerator):
                    await pieces.aclose()
            if reply is None:
                raise ProviderError("truncated", "the answer ended before it was complete")
        self._tape.keep(question, reply)
        yield reply

    def _full(self, model: ModelName) -> str:
        return f"{self._prefix}:{model}"

    def _question(self, request: Request) -> Question:
        full = self._full(request.model)
        self._requests.append(replace(request, model=ModelName(full)))
        return Question(request.step, request.path, request_document(request, full))

    @asynccontextmanager
    async def _asking(self, question: Question, request: Request) -> AsyncGenerator[None, None]:
        """While the real provider is asked: its faults are kept, and it is closed when nobody asks it any more."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._busy[loop] += 1
        try:
            yield
        except ProviderError as error:
            self._tape.keep(question, Fault.of(error, self._price(request.model, error)))
            raise
        except asyncio.CancelledError:
            limit_s = request.timeout_s
            if limit_s is not None and loop.time() - began >= _NEARLY * limit_s:
                said = f"no whole answer came within {limit_s:g} s"
                self._tape.keep(question, Fault(fault="timeout", message=said))
            raise
        finally:
            self._busy[loop] -= 1
            if not self._busy[loop]:
                del self._busy[loop]
                # Runs don't close providers they are given; one that is made here is used in many runs.
                if self._is_ours and isinstance(self._real, Closes):
                    await self._real.aclose()

    def _price(self, model: ModelName, error: ProviderError) -> Decimal | None:
        if not any(error.billed.values()):
            return None
        return self.cost_usd(model, Usage(calls=1, **error.billed))


def _played(answer: Answer) -> Reply:
    """The recorded reply.

    Raises:
        ProviderError: The recorded fault.
    """
    if isinstance(answer, Fault):
        raise answer.error(LONGEST_ASKED_S)
    return answer


def _arriving(real: Provider, request: Request) -> AsyncIterator[Delta | Reply]:
    return real.stream(request) if isinstance(real, StreamsText) else _whole(real, request)


async def _whole(real: Provider, request: Request) -> AsyncGenerator[Delta | Reply, None]:
    async for item in in_pieces(await real.complete(request)):
        yield item
