"""Vectors by the OpenAI protocol: requests in batches, replies read without trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite

from flowdsl.errors import ProviderError
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.json_schema import is_list, is_schema
from flowdsl.providers.openai_reply import billed, usage_in

Vector = tuple[float, ...]

MOST_TEXTS = 2048
"""Texts that one call of OpenAI's takes."""


def batches_of(texts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """As many batches as the texts need; none for none."""
    for start in range(0, len(texts), MOST_TEXTS):
        yield texts[start : start + MOST_TEXTS]


def embedding_body(request: EmbedRequest, texts: tuple[str, ...]) -> dict[str, object]:
    """The body of one call."""
    body: dict[str, object] = {"model": request.model, "input": list(texts)}
    return body if request.dimensions is None else {**body, "dimensions": request.dimensions}


def vectors_in(said: Mapping[str, object], count: int, dimensions: int | None) -> list[Vector]:
    """A vector for each text, in the texts' order.

    Args:
        said: The body of the answer.
        count: Texts that were sent.
        dimensions: Length that was asked for; `None` takes any, the same for all.

    Raises:
        ProviderError: One is missing, is no list of finite numbers, or has another length.
    """
    data = said.get("data")
    found = [each for each in data if is_schema(each)] if is_list(data) else []
    by_index = {each.get("index", number): each for number, each in enumerate(found)}
    if len(found) != count or by_index.keys() != set(range(count)):
        raise _malformed(said, f"{len(found)} vectors came for {count} texts.")
    vectors = [_vector(said, by_index[number].get("embedding")) for number in range(count)]
    lengths = sorted({len(each) for each in vectors})
    if lengths != [dimensions or lengths[0]]:
        wanted = f"{dimensions}" if dimensions else "one for all"
        shown = ", ".join(map(str, lengths))
        raise _malformed(said, f"the vectors' length is {shown}, not {wanted}.")
    return vectors


def _vector(said: Mapping[str, object], numbers: object) -> Vector:
    if is_list(numbers) and numbers:
        vector = tuple(float(each) for each in numbers if isinstance(each, int | float))
        if len(vector) == len(numbers) and all(map(isfinite, vector)):
            return vector
    raise _malformed(said, "a vector is no list of numbers.")


def _malformed(said: Mapping[str, object], why: str) -> ProviderError:
    spent = said.get("usage")
    tokens = billed(usage_in(spent)) if is_schema(spent) else {}
    return ProviderError("malformed", f"the answer can't be used: {why}", billed=tokens)
