"""`openai:` keeps the contract of all providers: before a server in this process, and before a real model."""

import secrets
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from importlib import import_module

import httpx2
import pytest

from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.models import locate
from flowdsl.providers.openai import OpenAIProvider
from tests.providers.contract import SCHEMAS, ProviderContract, Subject, ask
from tests.providers.embedding_contract import EmbeddingContract, EmbeddingSubject
from tests.providers.local_model import MODEL, local_provider_or_skip
from tests.providers.openai_double import OLLAMA, OPENAI, Double, embedding, obliging, slowly


def _never() -> OpenAIProvider:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(slowly))
    return OpenAIProvider(api_key=None, base_url=OLLAMA, http_client=client)


class TestOwnServer(ProviderContract):
    """A server in an own network, free of charge."""

    @pytest.fixture
    def subject(self) -> Subject:
        return Subject(
            make=Double(obliging).provider,
            make_slow=_never,
            plain=ask("Say hello.", model="tiny"),
            slow=ask("Say hello slowly.", model="tiny"),
            too_long=ask("word " * 600, model="tiny"),
        )


class TestOpenAI(ProviderContract):
    """OpenAI's own address, whose models cost money."""

    @pytest.fixture
    def subject(self) -> Subject:
        return Subject(
            make=lambda: Double(obliging).provider(OPENAI),
            make_slow=_never,
            plain=ask("Say hello.", model="gpt-4o-mini"),
            slow=ask("Say hello slowly.", model="gpt-4o-mini"),
            too_long=ask("word " * 600, model="gpt-4o-mini"),
            is_free=False,
        )


class TestVectors(EmbeddingContract):
    """Vectors of a server in this process."""

    @pytest.fixture
    def subject(self) -> EmbeddingSubject:
        return EmbeddingSubject(
            make=Double(embedding).provider,
            make_slow=_never,
            request=EmbedRequest(model=ModelName("tiny"), texts=("a cat", "a dog", "a ship")),
            dimensions=3,
        )


@dataclass(frozen=True, slots=True)
class Served:
    """The real model's own server of the OpenAI protocol."""

    url: str
    key: str
    server: object


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    local_provider_or_skip()
    module, key = import_module("xllamacpp"), secrets.token_hex(8)
    wanted = module.CommonParams()
    wanted.model.path = str(locate(ModelName(MODEL)))
    wanted.model_alias, wanted.api_keys = {MODEL}, [key]
    wanted.n_ctx, wanted.n_parallel, wanted.cpuparams.n_threads = 8192, 2, 1
    wanted.sampling.temp, wanted.verbosity, wanted.ui, wanted.cache_ram_mib = 0.0, 0, False, 0
    wanted.cache_prompt = False  # what is remembered of an earlier call is told in the tokens
    server = module.Server(wanted)
    yield Served(server.listening_address, key, server)
    del server


def _leaving_nothing_open(key: str, url: str) -> OpenAIProvider:
    """The contract closes no provider, and real sockets that are left open are an error here."""
    limits = httpx2.Limits(max_keepalive_connections=0)
    return OpenAIProvider(api_key=key, base_url=url, http_client=httpx2.AsyncClient(limits=limits))


@pytest.mark.local_model
@pytest.mark.timeout(180)
class TestLlamaServer(ProviderContract):
    """llama.cpp's own server with a real small model behind it."""

    @pytest.fixture
    def subject(self, served: Served) -> Subject:
        story = ask("Write a long story about a ship.", model=MODEL, max_tokens=600)
        return Subject(
            make=lambda: _leaving_nothing_open(served.key, served.url),
            plain=ask("Say hello.", model=MODEL),
            slow=story,
            too_long=replace(story, messages=ask("word " * 6000).messages),
        )

    # llama.cpp holds no fraction to its bounds; in a run the validation of replies does.
    @pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - {"model"}))
    async def test_a_structured_answer_meets_its_schema(self, subject: Subject, name: str) -> None:
        await super().test_a_structured_answer_meets_its_schema(subject, name)

    async def test_a_wrong_key_is_told(self, served: Served) -> None:
        provider = _leaving_nothing_open("wrong", served.url)

        with pytest.raises(Exception, match="HTTP 401") as caught:
            await provider.complete(ask("Say hello.", model=MODEL))

        assert getattr(caught.value, "kind", None) == "authentication"

    async def test_connections_are_kept_and_closed(self, served: Served) -> None:
        provider = OpenAIProvider(api_key=served.key, base_url=served.url)

        first = await provider.complete(ask("Say hello.", model=MODEL))
        async with aclosing(provider.stream(ask("Say hello.", model=MODEL))) as arriving:
            last = [item async for item in arriving][-1]
        await provider.aclose()

        assert first == last
