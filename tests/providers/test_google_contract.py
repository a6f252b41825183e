"""`google:` keeps the contract of all providers, before a server in this process."""

import pytest

from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import EmbedRequest
from tests.providers.contract import ProviderContract, Subject, ask
from tests.providers.embedding_contract import EmbeddingContract, EmbeddingSubject
from tests.providers.google_double import MODEL, Double, embedding, never, obliging


class TestGoogle(ProviderContract):
    """Google's own address, whose models cost money."""

    @pytest.fixture
    def subject(self) -> Subject:
        return Subject(
            make=Double(obliging).provider,
            make_slow=never,
            plain=ask("Say hello.", model=MODEL),
            slow=ask("Say hello slowly.", model=MODEL),
            too_long=ask("word " * 600, model=MODEL),
            is_free=False,
        )


class TestVectors(EmbeddingContract):
    """Vectors of a server in this process."""

    @pytest.fixture
    def subject(self) -> EmbeddingSubject:
        return EmbeddingSubject(
            make=Double(embedding).provider,
            make_slow=never,
            request=EmbedRequest(
                model=ModelName("gemini-embedding-001"), texts=("a cat", "a dog", "a ship")
            ),
            dimensions=3,
            is_free=False,
        )
