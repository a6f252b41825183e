"""What every provider has to do, tried on each of them by the same tests."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import jsonschema
import pytest
from pydantic import BaseModel, Field

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import Message, TextPart
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Delta, RefusesSchemas, Reply, Request

Schema = Mapping[str, object]


class Streaming(Protocol):
    async def complete(self, request: Request, /) -> Reply: ...

    def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]: ...


class Issue(BaseModel, extra="forbid"):
    severity: Literal["low", "high"]
    line: int = Field(ge=1, le=99)


class Review(BaseModel, extra="forbid"):
    verdict: bool
    issues: list[Issue] = Field(max_length=2)
    score: float = Field(ge=0, le=1)
    note: str | None


def inside_value(schema: Schema) -> Schema:
    """The object that stands around answers which are no objects themselves."""
    around = {"type": "object", "properties": {"value": schema}, "required": ["value"]}
    return {**around, "additionalProperties": False}


SCHEMAS: dict[str, Schema] = {
    "label": inside_value({"enum": ["positive", "negative"]}),
    "numbers": inside_value({"type": "array", "items": {"type": "integer"}, "maxItems": 3}),
    "code": inside_value({"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"}),
    "union": inside_value({"anyOf": [{"type": "boolean"}, {"type": "null"}]}),
    "pair": inside_value(
        {
            "type": "array",
            "prefixItems": [{"type": "boolean"}, {"const": "x"}],
            "minItems": 2,
            "maxItems": 2,
        }
    ),
    "model": Review.model_json_schema(),
}


def ask(
    text: str, *, model: str = "any", schema: Schema | None = None, max_tokens: int = 300
) -> Request:
    """A request of one message."""
    return Request(
        model=ModelName(model),
        messages=(Message("user", (TextPart(text),)),),
        schema=schema,
        max_tokens=max_tokens,
        step="trial",
    )


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A provider as the contract tries it."""

    make: Callable[[], Streaming]
    plain: Request
    """Answered by a text of more than three tokens."""
    slow: Request
    """Takes long enough to be cancelled on the way."""
    make_slow: Callable[[], Streaming] | None = None
    too_long: Request | None = None
    """Longer than the model reads; `None` where nothing is too long."""
    is_free: bool = True
    """Calls cost nothing; where they do cost, the answers have a price above 0."""


async def streamed(provider: Streaming, request: Request) -> tuple[str, Reply]:
    """The pieces joined, and the reply at the end."""
    pieces: list[str] = []
    async for item in provider.stream(request):
        if isinstance(item, Reply):
            return "".join(pieces), item
        pieces.append(item.text)
    raise AssertionError("the stream ended without a reply")


async def fault(provider: Streaming, request: Request) -> ProviderError:
    """The error that a request ends in."""
    with pytest.raises(ProviderError) as caught:
        await provider.complete(request)
    return caught.value


async def ending(provider: Streaming, request: Request) -> tuple[str, Usage]:
    """How an answer ended, told by a reply that is marked so or by an error that carries its tokens."""
    try:
        reply = await provider.complete(request)
    except ProviderError as error:
        told = error
    else:
        return reply.finish, reply.usage
    assert "max_tokens" in told.help
    return told.kind, Usage(calls=1, **told.billed)


class ProviderContract:
    """Inherited by the tests of each provider, which give the `subject`."""

    async def test_a_question_gets_a_text_and_its_tokens(self, subject: Subject) -> None:
        reply = await subject.make().complete(subject.plain)

        assert reply.text.strip()
        assert reply.usage.calls == 1
        assert reply.usage.input_tokens > 0
        assert reply.usage.output_tokens > 0
        assert reply.cost_usd is not None
        assert (reply.cost_usd == 0) is subject.is_free
        assert ":" in reply.model

    @pytest.mark.parametrize("name", SCHEMAS)
    async def test_a_structured_answer_meets_its_schema(self, subject: Subject, name: str) -> None:
        provider, request = subject.make(), replace(subject.plain, schema=SCHEMAS[name])
        if isinstance(provider, RefusesSchemas) and provider.refuses(request.model, SCHEMAS[name]):
            assert (await fault(provider, request)).kind == "bad_request"
            return

        reply = await provider.complete(request)

        jsonschema.validate(json.loads(reply.text), SCHEMAS[name])

    async def test_a_streamed_answer_equals_a_whole_one(self, subject: Subject) -> None:
        provider = subject.make()

        whole = await provider.complete(subject.plain)
        joined, last = await streamed(provider, subject.plain)

        assert joined == whole.text
        assert last == whole

    async def test_the_same_question_gets_the_same_answer(self, subject: Subject) -> None:
        first = await subject.make().complete(subject.plain)

        assert await subject.make().complete(subject.plain) == first

    async def test_an_answer_that_is_cut_says_so_with_its_tokens(self, subject: Subject) -> None:
        finish, usage = await ending(subject.make(), replace(subject.plain, max_tokens=3))

        assert finish == "max_tokens"
        assert usage.input_tokens > 0
        assert usage.output_tokens == 3

    async def test_a_question_that_is_too_long_is_an_error(self, subject: Subject) -> None:
        if subject.too_long is None:
            pytest.skip("nothing is too long for it")

        error = await fault(subject.make(), subject.too_long)

        assert error.kind == "context_overflow"

    async def test_time_that_runs_out_is_an_error(self, subject: Subject) -> None:
        provider = (subject.make_slow or subject.make)()

        error = await fault(provider, replace(subject.slow, timeout_s=0.05))

        assert error.kind == "timeout"

    async def test_a_cancelled_call_ends_and_the_next_one_works(self, subject: Subject) -> None:
        provider = (subject.make_slow or subject.make)()

        async with asyncio.TaskGroup() as group:
            task = group.create_task(provider.complete(subject.slow))
            await asyncio.sleep(0.1)
            assert not task.done()
            task.cancel()

        assert task.cancelled()
        assert (await subject.make().complete(subject.plain)).text

    async def test_a_stream_left_early_harms_nothing(self, subject: Subject) -> None:
        provider = subject.make()
        async with aclosing(provider.stream(subject.plain)) as arriving:
            first = await anext(arriving)

        assert isinstance(first, Delta)
        assert (await provider.complete(subject.plain)).text.startswith(first.text)

    async def test_questions_at_once_get_their_own_answers(self, subject: Subject) -> None:
        provider = subject.make()
        requests = [
            replace(subject.plain, schema=SCHEMAS[name]) for name in ("label", "union", "code")
        ]
        alone = [await provider.complete(request) for request in requests]

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(provider.complete(request)) for request in requests * 2]

        assert [task.result() for task in tasks] == alone * 2

    def test_a_provider_works_in_one_event_loop_after_another(self, subject: Subject) -> None:
        provider = subject.make()

        first = asyncio.run(whole_answer(provider, subject.plain))

        assert asyncio.run(whole_answer(provider, subject.plain)) == first


async def whole_answer(provider: Streaming, request: Request) -> Reply:
    return await provider.complete(request)
