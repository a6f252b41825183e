"""Vectors of a model in this process: the contract with the real one, and what a fake server brings to light."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers import local
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.local import LocalProvider
from flowdsl.providers.local_server import ServerSettings
from flowdsl.providers.local_vectors import local_vectors
from tests.providers.embedding_contract import EmbeddingContract, EmbeddingSubject
from tests.providers.local_model import MODEL, local_provider_or_skip

REQUEST = EmbedRequest(model=ModelName(MODEL), texts=("My cat sleeps.", "The bill was paid.", "A"))


@pytest.mark.local_model
@pytest.mark.timeout(180)
class TestLocalVectors(EmbeddingContract):
    """SmolLM2 in this process."""

    @pytest.fixture
    def subject(self) -> EmbeddingSubject:
        local_provider_or_skip()
        return EmbeddingSubject(make=LocalProvider, request=REQUEST, dimensions=576)

    async def test_a_text_that_is_too_long_is_told(self, subject: EmbeddingSubject) -> None:
        provider = LocalProvider(context_tokens=64)

        with pytest.raises(ProviderError) as caught:
            await provider.embed(replace(subject.request, texts=("word " * 100,)))

        assert caught.value.kind == "context_overflow"

    async def test_vectors_have_the_length_one(self, subject: EmbeddingSubject) -> None:
        reply = await LocalProvider().embed(subject.request)

        squares = [sum(number * number for number in each) for each in reply.vectors]
        assert squares == pytest.approx([1.0] * 3)


class FakeServer:
    """Makes vectors out of nothing."""

    def __init__(
        self, on_call: Callable[[], object] = lambda: None, numbers: Sequence[float] = (0.5,)
    ) -> None:
        self.numbers = numbers
        self.calls: list[Sequence[str]] = []
        self.on_call = on_call
        self.pool = ThreadPoolExecutor(1)

    def submit(self, work: Callable[[], None]) -> Future[None]:
        return self.pool.submit(work)

    def embed(self, texts: Sequence[str]) -> dict[str, object]:
        self.calls.append(texts)
        self.on_call()
        data = [
            {"index": at, "embedding": [*self.numbers, len(text)][: 2 * len(self.numbers)]}
            for at, text in enumerate(texts)
        ]
        return {"data": data, "usage": {"prompt_tokens": 3 * len(texts)}}


async def test_texts_are_taken_one_by_one_and_their_tokens_added() -> None:
    server = FakeServer()

    vectors, tokens = await local_vectors(server, replace(REQUEST, texts=("a", "bb", "c")))

    assert server.calls == [("a",), ("bb",), ("c",)]
    assert vectors == ((0.5, 1.0), (0.5, 2.0), (0.5, 1.0))
    assert tokens == 9


async def test_a_call_that_is_cancelled_stops_the_work() -> None:
    loop, working, go_on = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def wait() -> None:
        loop.call_soon_threadsafe(working.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

    server = FakeServer(wait)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(local_vectors(server, replace(REQUEST, texts=("a",) * 50)))
        await working.wait()
        task.cancel()
        await asyncio.sleep(0)
    go_on.set()
    await asyncio.to_thread(server.pool.shutdown)

    assert task.cancelled()
    assert len(server.calls) == 1


async def test_another_length_than_the_models_is_refused() -> None:
    with pytest.raises(ProviderError, match="have 2 numbers, not 5") as caught:
        await local_vectors(FakeServer(), replace(REQUEST, dimensions=5))

    assert caught.value.kind == "bad_request"
    assert (await local_vectors(FakeServer(), replace(REQUEST, dimensions=2)))[0]


async def test_an_answer_without_vectors_is_malformed() -> None:
    with pytest.raises(ProviderError) as caught:
        await local_vectors(FakeServer(numbers=()), REQUEST)

    assert caught.value.kind == "malformed"


@pytest.fixture
def gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelName:
    """A file that passes for a model, and software that passes for installed."""
    path = tmp_path / "own.gguf"
    path.write_bytes(b"weights")
    monkeypatch.setattr(local, "find_spec", {"xllamacpp": True}.get)
    return ModelName(str(path))


async def test_vectors_come_from_a_server_of_one_slot(
    gguf: ModelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[ServerSettings] = []

    def start(settings: ServerSettings) -> FakeServer:
        started.append(settings)
        return FakeServer()

    monkeypatch.setattr(local, "shared_server", start)

    reply = await LocalProvider(slots=4).embed(replace(REQUEST, model=gguf))

    assert [(each.makes_vectors, each.slots) for each in started] == [(True, 1)]
    assert reply.vectors == ((0.5, 14.0), (0.5, 18.0), (0.5, 1.0))
    assert reply.usage == Usage(calls=1, input_tokens=9)
    assert (reply.model, reply.cost_usd) == ("local:own.gguf", Decimal(0))


async def test_vectors_that_take_too_long_are_an_error(
    gguf: ModelName, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = threading.Event()
    server = FakeServer(lambda: late.wait(10))

    def start(_settings: ServerSettings) -> FakeServer:
        return server

    monkeypatch.setattr(local, "shared_server", start)

    with pytest.raises(ProviderError, match=r"within 0\.05 s") as caught:
        await LocalProvider().embed(replace(REQUEST, model=gguf, timeout_s=0.05))
    late.set()
    await asyncio.to_thread(server.pool.shutdown)

    assert caught.value.kind == "timeout"
