"""Vectors by the OpenAI protocol: batches, order, and what is no vector."""

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.openai_embeddings import (
    MOST_TEXTS,
    batches_of,
    embedding_body,
    vectors_in,
)

Said = dict[str, object]


def _data(*vectors: object) -> Said:
    return {"data": [{"index": at, "embedding": each} for at, each in enumerate(vectors)]}


def test_texts_are_sent_in_batches() -> None:
    sizes = [len(each) for each in batches_of(("a",) * (2 * MOST_TEXTS + 1))]

    assert sizes == [MOST_TEXTS, MOST_TEXTS, 1]
    assert list(batches_of(())) == []


def test_a_length_is_asked_for_only_where_it_was_set() -> None:
    request = EmbedRequest(model=ModelName("m"), texts=("a",))

    assert embedding_body(request, ("a",)) == {"model": "m", "input": ["a"]}
    short = EmbedRequest(model=ModelName("m"), texts=("a",), dimensions=8)
    assert embedding_body(short, ("a",))["dimensions"] == 8


def test_vectors_are_put_in_order() -> None:
    said: Said = {"data": [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1]}]}

    assert vectors_in(said, 2, None) == [(1.0,), (2.0,)]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "0 vectors came for 2 texts"),
        (_data([1.0]), "1 vectors came for 2 texts"),
        ({"data": [{"index": 0, "embedding": [1.0]}] * 2}, "2 vectors came"),
        (_data([1.0], [1.0, 2.0]), "length is 1, 2, not one for all"),
        (_data([1.0], []), "no list of numbers"),
        (_data([1.0], ["a"]), "no list of numbers"),
        (_data([1.0], [float("inf")]), "no list of numbers"),
        (_data([1.0], "AAAA"), "no list of numbers"),
    ],
)
def test_what_is_no_vector_for_each_text_is_malformed(said: Said, why: str) -> None:
    with pytest.raises(ProviderError, match=why) as caught:
        vectors_in({**said, "usage": {"prompt_tokens": 5}}, 2, None)

    assert caught.value.kind == "malformed"
    assert caught.value.billed == {"input_tokens": 5}


def test_another_length_than_asked_for_is_malformed() -> None:
    with pytest.raises(ProviderError, match="length is 1, not 2"):
        vectors_in(_data([1.0]), 1, 2)
