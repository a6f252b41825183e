"""Vectors of texts by a model in this process: made on the server's thread, awaited on an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Protocol

from flowdsl.errors import ProviderError
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.json_schema import is_schema
from flowdsl.providers.openai_embeddings import Vector, vectors_in
from flowdsl.providers.openai_reply import usage_in


class MakesVectors(Protocol):
    """The part of a local server that is used here."""

    def submit(self, work: Callable[[], None], /) -> Future[None]:
        """Have something done on the server's thread."""
        ...

    def embed(self, texts: Sequence[str], /) -> Mapping[str, object]:
        """The answer to an OpenAI request for vectors."""
        ...


async def local_vectors(
    server: MakesVectors, request: EmbedRequest
) -> tuple[tuple[Vector, ...], int]:
    """A vector for each text, and the tokens they have; a caller that is cancelled stops the work.

    Raises:
        ProviderError: The model refused a text, or can't make vectors of the length that was asked for.
    """
    vectors: list[Vector] = []
    stopped = threading.Event()
    tokens: list[int] = []

    def work() -> None:
        for text in (
            request.texts
        ):  # one by one: the model takes them so anyway, and can be stopped between
            if stopped.is_set():
                return
            said = server.embed((text,))
            vectors.extend(vectors_in(said, 1, None))
            spent = said.get("usage")
            tokens.append(usage_in(spent).input_tokens if is_schema(spent) else 0)

    try:
        await asyncio.wrap_future(server.submit(work))
    finally:
        stopped.set()
    _refuse_length(vectors, request.dimensions)
    return tuple(vectors), sum(tokens)


def _refuse_length(vectors: list[Vector], wanted: int | None) -> None:
    if vectors and wanted not in {None, len(vectors[0])}:
        raise ProviderError(
            "bad_request",
            f"The local model's vectors have {len(vectors[0])} numbers, not {wanted}.",
            help="leave `dimensions` out, or use a model whose vectors can be shortened.",
        )
