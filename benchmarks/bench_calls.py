"""Model calls: a fan-out of prompts through a pipeline and its adapter, against the bare SDK in the same process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from benchmarks.doubles import ANSWER, Double, answering
from benchmarks.timing import Pair, Row, Spread, paired
from flowdsl import Pipeline, each, pipeline, prompt
from flowdsl.providers.base import Provider

if TYPE_CHECKING:
    from google.genai.client import AsyncClient
    from google.genai.types import GenerateContentConfig

CALLS = 500
AT_ONCE = 32
CLAUDE, GEMINI = "claude-sonnet-4-6", "gemini-3.5-flash-lite"
MAX_TOKENS = 300
KEY = "a-key-for-tests"


class Spoken(Protocol):
    @property
    def text(self) -> str | None: ...


class Models(Protocol):
    """The part of Google's SDK that is used here, by the types that are used."""

    async def generate_content(
        self, *, model: str, contents: str, config: GenerateContentConfig
    ) -> Spoken: ...


@prompt("Say something kind about the number {{ number }}.", max_tokens=MAX_TOKENS)
def kind(number: int) -> str: ...


@pipeline
def many(numbers: list[int]) -> list[str]:
    return each(numbers, kind, max_parallel=AT_ONCE)


def text_of(number: int) -> str:
    """The prompt, as the template makes it."""
    return f"Say something kind about the number {number}."


async def rows(*, quick: bool = False) -> AsyncIterator[Row]:
    """Every line about calls."""
    os.environ["GOOGLE_GENAI_API_VERSION"] = "v1beta"  # the emulator serves no other
    times = 3 if quick else 9
    with answering() as double:
        if double.told:
            print(f"({double.told})")
        async for row in _lines("anthropic", double, await _claude(double, times)):
            yield row
        async for row in _lines("google", double, await _gemini(double, times)):
            yield row


async def _lines(name: str, double: Double, pair: Pair) -> AsyncIterator[Row]:
    slower = [two.wall_s / one.wall_s for one, two in zip(*pair, strict=True)]
    rate = Spread.of([CALLS / each_.wall_s for each_ in pair.ours])
    bare = Spread.of([CALLS / each_.wall_s for each_ in pair.raw])
    told = f"{rate.median:.0f} calls/s, bare {bare.median:.0f}; {double.name}"
    yield Row(f"{name}: time ÷ bare SDK", Spread.of(slower), 1 / 0.9, told)
    above = [(two.cpu_s - one.cpu_s) * 1000 / CALLS for one, two in zip(*pair, strict=True)]
    cpu = Spread.of([each_.cpu_s * 1000 / CALLS for each_ in pair.raw])
    told = f"bare SDK {cpu.median:.2f} ms"
    yield Row(f"{name}: CPU above the SDK, ms a call", Spread.of(above), 0.3, told)


async def _claude(double: Double, times: int) -> Pair:
    from anthropic import AsyncAnthropic

    from flowdsl.providers.anthropic import AnthropicProvider

    client = AsyncAnthropic(api_key=KEY, base_url=double.anthropic, max_retries=0)

    async def ask(number: int) -> str:
        message = await client.messages.create(
            model=CLAUDE,
            max_tokens=MAX_TOKENS,
            messages=[{"role": "user", "content": text_of(number)}],
        )
        return "".join(block.text for block in message.content if block.type == "text")

    provider = AnthropicProvider(api_key=KEY, base_url=double.anthropic)
    async with client:
        pair = await _paired(ask, _flow(f"anthropic:{CLAUDE}", "anthropic", provider), times)
    await provider.aclose()
    return pair


async def _gemini(double: Double, times: int) -> Pair:
    from google import genai
    from google.genai.types import GenerateContentConfig, HttpOptions

    from flowdsl.providers.google import GoogleProvider

    options = HttpOptions(base_url=double.google, timeout=60_000)
    config = GenerateContentConfig(max_output_tokens=MAX_TOKENS)
    provider = GoogleProvider(api_key=KEY, base_url=double.google)
    async with genai.Client(api_key=KEY, http_options=options).aio as client:
        models = _models(client)

        async def ask(number: int) -> str:
            got = await models.generate_content(
                model=GEMINI, contents=text_of(number), config=config
            )
            return got.text or ""

        pair = await _paired(ask, _flow(f"google:{GEMINI}", "google", provider), times)
    await provider.aclose()
    return pair


def _models(client: AsyncClient) -> Models:
    return client.models


def _flow(model: str, prefix: str, provider: Provider) -> Pipeline[[list[int]], list[str]]:
    """Nobody listens, so that answers come in one piece, as the bare SDK's do."""
    return many.using(model=model, providers={prefix: provider}, max_parallel=AT_ONCE)


async def _paired(
    ask: Callable[[int], Awaitable[str]], flow: Pipeline[[list[int]], list[str]], times: int
) -> Pair:
    numbers = list(range(CALLS))

    async def raw() -> None:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> str:
            async with free:
                return await ask(number)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(number)) for number in numbers]
        _check([task.result() for task in tasks])

    async def ours() -> None:
        _check((await flow.arun(numbers)).value)

    return await paired(raw, ours, times)


def _check(texts: list[str]) -> None:
    """Each call was answered."""
    assert len(texts) == CALLS
    assert all(texts), f"not all said something such as {ANSWER!r}"
