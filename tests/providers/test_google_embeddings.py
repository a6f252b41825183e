"""Vectors of Gemini's embedding models."""

from dataclasses import replace
from decimal import Decimal

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.google_embeddings import MOST_TEXTS
from tests.providers.google_double import Double, Said, always, embedding, gives, google_error

ASKED = EmbedRequest(model=ModelName("gemini-embedding-001"), texts=("a cat", "a dog"))
NEWER = replace(ASKED, model=ModelName("gemini-embedding-2"))


async def _fault(double: Double, request: EmbedRequest = ASKED) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await double.provider().embed(request)
    return caught.value


def _asked(model: str, text: str, **more: object) -> Said:
    return {"model": f"models/{model}", "content": {"parts": [{"text": text}]}, **more}


async def test_each_text_is_a_request_of_its_own_inside_one_call() -> None:
    double = Double(embedding)

    reply = await double.provider().embed(ASKED)

    assert double.requests[0].url.path.endswith("/models/gemini-embedding-001:batchEmbedContents")
    assert double.bodies == [
        {"requests": [_asked(ASKED.model, "a cat"), _asked(ASKED.model, "a dog")]}
    ]
    assert len(reply.vectors) == 2
    assert reply.usage == Usage(calls=1, input_tokens=4)
    assert reply.model == "google:gemini-embedding-001"
    assert reply.cost_usd is not None
    assert reply.cost_usd > Decimal(0)


@pytest.mark.parametrize(
    ("purpose", "task"), [("document", "RETRIEVAL_DOCUMENT"), ("query", "RETRIEVAL_QUERY")]
)
async def test_the_older_model_is_told_the_purpose_by_a_task(purpose: str, task: str) -> None:
    double = Double(embedding)
    asked = replace(ASKED, purpose=purpose, dimensions=3)

    await double.provider().embed(asked)

    assert double.bodies[0]["requests"] == [
        _asked(ASKED.model, text, taskType=task, outputDimensionality=3) for text in ASKED.texts
    ]


@pytest.mark.parametrize(
    ("purpose", "before"),
    [("document", "title: none | text: "), ("query", "task: search result | query: "), (None, "")],
)
async def test_the_newer_model_is_told_the_purpose_by_the_text(
    purpose: str | None, before: str
) -> None:
    double = Double(embedding)

    reply = await double.provider().embed(replace(NEWER, purpose=purpose))

    assert double.bodies[0]["requests"] == [
        _asked(NEWER.model, before + text) for text in NEWER.texts
    ]
    assert len(reply.vectors) == 2


async def test_many_texts_take_several_calls() -> None:
    double = Double(embedding)
    texts = tuple(f"text {number}" for number in range(MOST_TEXTS + 1))

    reply = await double.provider().embed(replace(ASKED, texts=texts))

    assert len(double.requests) == 2
    assert len(reply.vectors) == MOST_TEXTS + 1
    assert reply.usage == Usage(calls=2, input_tokens=2 * MOST_TEXTS + 2)


async def test_a_fault_on_the_way_bills_the_calls_before_it() -> None:
    double = Double(embedding)

    def once(request: httpx2.Request, body: Said) -> httpx2.Response:
        double.answering = always(google_error(503, "UNAVAILABLE", "Busy."), 503)
        return embedding(request, body)

    double.answering = once
    texts = tuple(f"text {number}" for number in range(MOST_TEXTS + 1))

    error = await _fault(double, replace(ASKED, texts=texts))

    assert (error.kind, error.billed) == ("overloaded", {"input_tokens": 2 * MOST_TEXTS})


@pytest.mark.parametrize(
    "vectors",
    [
        [{"values": [1.0]}],
        [{"values": [1.0]}, {"values": [1.0]}, {"values": [1.0]}],
        [{"values": [1.0]}, {"values": [1.0, 2.0]}],
        [{"values": []}, {}],
        None,
    ],
)
async def test_vectors_that_do_not_fit_the_texts_are_malformed_and_billed(
    vectors: list[Said] | None,
) -> None:
    said: Said = {"embeddings": vectors, "usageMetadata": {"promptTokenCount": 4}}

    error = await _fault(Double(always(said)))

    assert (error.kind, error.billed) == ("malformed", {"input_tokens": 4})


async def test_vectors_of_another_length_than_asked_for_are_malformed() -> None:
    said: Said = {"embeddings": [{"values": [1.0, 2.0]}, {"values": [3.0, 4.0]}]}

    error = await _fault(Double(always(said)), replace(ASKED, dimensions=3))

    assert error.kind == "malformed"
    assert error.message.endswith("asked for: 2.")


async def test_tokens_that_are_not_told_have_no_known_price() -> None:
    said: Said = {"embeddings": [{"values": [1.0]}, {"values": [2.0]}]}

    reply = await Double(always(said)).provider().embed(ASKED)

    assert reply.usage == Usage(calls=1)
    assert reply.cost_usd is None


async def test_without_a_key_no_text_is_sent() -> None:
    double = gives(lambda: httpx2.Response(200))

    with pytest.raises(ProviderError) as caught:
        await double.provider(key=None).embed(ASKED)

    assert caught.value.kind == "authentication"
    assert not double.requests
