"""What every provider that makes vectors has to do, tried on each of them by the same tests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

import pytest

from flowdsl.errors import ProviderError
from flowdsl.providers.base import EmbedRequest, Embeds

Vectors = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class EmbeddingSubject:
    """A provider as the contract tries it."""

    make: Callable[[], Embeds]
    request: EmbedRequest
    """Of at least two texts that differ."""
    dimensions: int
    """Length of the model's own vectors."""
    make_slow: Callable[[], Embeds] | None = None
    """Takes long enough to be cancelled on the way; `None` takes `make`, and many texts."""
    is_free: bool = True


class EmbeddingContract:
    """Inherited by the tests of each provider, which give the `subject`."""

    async def test_each_text_gets_a_vector_of_the_models_length(
        self, subject: EmbeddingSubject
    ) -> None:
        reply = await subject.make().embed(subject.request)

        assert [len(each) for each in reply.vectors] == [subject.dimensions] * len(
            subject.request.texts
        )
        assert all(isfinite(number) for each in reply.vectors for number in each)
        assert len(set(reply.vectors)) == len(set(subject.request.texts))

    async def test_the_tokens_and_the_model_are_told(self, subject: EmbeddingSubject) -> None:
        reply = await subject.make().embed(subject.request)

        assert reply.usage.calls >= 1
        assert reply.usage.input_tokens > 0
        assert reply.usage.output_tokens == 0
        assert ":" in reply.model
        assert (reply.cost_usd == 0) is subject.is_free

    async def test_vectors_come_in_the_order_of_their_texts(
        self, subject: EmbeddingSubject
    ) -> None:
        provider, request = subject.make(), subject.request
        forth = await provider.embed(request)

        back = await provider.embed(replace(request, texts=request.texts[::-1]))

        assert_close(back.vectors[::-1], forth.vectors)

    async def test_a_text_alone_gets_the_vector_that_it_gets_among_others(
        self, subject: EmbeddingSubject
    ) -> None:
        provider, request = subject.make(), subject.request
        together = await provider.embed(request)

        for text, vector in zip(request.texts, together.vectors, strict=True):
            alone = await provider.embed(replace(request, texts=(text,)))
            assert_close(alone.vectors, (vector,))

    async def test_no_text_gets_no_vector(self, subject: EmbeddingSubject) -> None:
        reply = await subject.make().embed(replace(subject.request, texts=()))

        assert reply.vectors == ()
        assert reply.usage.input_tokens == 0

    async def test_vectors_of_a_length_that_can_not_be_had_are_an_error(
        self, subject: EmbeddingSubject
    ) -> None:
        with pytest.raises(ProviderError) as caught:
            await subject.make().embed(replace(subject.request, dimensions=99_999))

        assert caught.value.kind in {"bad_request", "malformed"}

    async def test_time_that_runs_out_is_an_error(self, subject: EmbeddingSubject) -> None:
        provider = (subject.make_slow or subject.make)()

        with pytest.raises(ProviderError) as caught:
            await provider.embed(replace(_many(subject), timeout_s=0.05))

        assert caught.value.kind == "timeout"

    async def test_a_cancelled_call_ends_and_the_next_one_works(
        self, subject: EmbeddingSubject
    ) -> None:
        provider = (subject.make_slow or subject.make)()

        async with asyncio.TaskGroup() as group:
            task = group.create_task(provider.embed(_many(subject)))
            await asyncio.sleep(0.05)
            assert not task.done()
            task.cancel()

        assert task.cancelled()
        assert (await subject.make().embed(subject.request)).vectors

    def test_a_provider_works_in_one_event_loop_after_another(
        self, subject: EmbeddingSubject
    ) -> None:
        provider = subject.make()

        first = asyncio.run(_vectors(provider, subject.request))

        assert_close(asyncio.run(_vectors(provider, subject.request)), first)


def _many(subject: EmbeddingSubject) -> EmbedRequest:
    texts = tuple(f"{text} {number}" for number in range(100) for text in subject.request.texts)
    return subject.request if subject.make_slow else replace(subject.request, texts=texts)


async def _vectors(provider: Embeds, request: EmbedRequest) -> Vectors:
    return (await provider.embed(request)).vectors


def assert_close(some: Vectors, others: Vectors) -> None:
    """The same vectors, but for the noise of sums."""
    assert len(some) == len(others)
    for one, other in zip(some, others, strict=True):
        assert one == pytest.approx(other, abs=1e-3)
