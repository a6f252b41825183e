"""`openai:` makes vectors of texts, of all or of none."""

import json
from dataclasses import replace
from decimal import Decimal

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import (
    EmbedRequest,
)
from tests.providers.contract import ask
from tests.providers.openai_double import (
    OLLAMA,
    OPENAI,
    Double,
    Said,
    always,
    embedding,
)

ELSEWHERE = "https://llm.example.com/v1"
QUESTION = ask("Hello?", model="tiny")
TEXTS = EmbedRequest(model=ModelName("tiny"), texts=("a cat", "a ship"))


async def test_texts_become_vectors() -> None:
    double = Double(embedding)

    reply = await double.provider().embed(TEXTS)

    assert str(double.requests[0].url) == f"{OLLAMA}/embeddings"
    assert double.bodies == [{"model": "tiny", "input": ["a cat", "a ship"]}]
    assert reply.vectors == ((5.0, ord("t") / 256, 0.5), (6.0, ord("p") / 256, 0.5))
    assert reply.usage == Usage(calls=1, input_tokens=4)
    assert (reply.model, reply.cost_usd) == ("openai:tiny", Decimal(0))


async def test_many_texts_take_several_calls() -> None:
    double = Double(embedding)

    reply = await double.provider().embed(replace(TEXTS, texts=("a",) * 2049))

    assert len(reply.vectors) == 2049
    assert reply.usage == Usage(calls=2, input_tokens=2 * 2049)


async def test_vectors_made_before_a_fault_are_billed() -> None:
    def answering(body: Said) -> httpx2.Response:
        first = len(json.dumps(body["input"])) > 100
        return embedding(body) if first else httpx2.Response(503, text="busy")

    with pytest.raises(ProviderError) as caught:
        await Double(answering).provider().embed(replace(TEXTS, texts=("a",) * 2049))

    assert caught.value.kind == "overloaded"
    assert caught.value.billed == {"input_tokens": 2 * 2048}


async def test_vectors_whose_tokens_nobody_told_have_no_price() -> None:
    said: Said = {"data": [{"embedding": [1.0]}, {"embedding": [2.0]}]}

    asked = replace(TEXTS, model=ModelName("text-embedding-3-small"))

    reply = await Double(always(said)).provider(OPENAI).embed(asked)

    assert (reply.vectors, reply.cost_usd) == (((1.0,), (2.0,)), None)
    assert reply.model == "openai:text-embedding-3-small"
