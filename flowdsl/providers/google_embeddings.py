"""Vectors of Gemini's embedding models: what is asked, in portions, and what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from flowdsl.errors import ProviderError
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import EmbedRequest
from flowdsl.providers.google_models import bare_name

if TYPE_CHECKING:
    from google.genai import types

Vector: TypeAlias = tuple[float, ...]

MOST_TEXTS = 100
"""Texts of one call (`batchEmbedContents`)."""
_TASKS = {"document": "RETRIEVAL_DOCUMENT", "query": "RETRIEVAL_QUERY"}
_PREFIXES = {"document": "title: none | text: ", "query": "task: search result | query: "}
"""gemini-embedding-2 takes no notice of a task type: Google's page on embeddings wants the text to say it."""


def portions(request: EmbedRequest) -> Iterator[list[types.ContentDict]]:
    """The texts, no more than one call takes at a time."""
    before = _PREFIXES.get(request.purpose or "", "") if _is_told_by_text(request) else ""
    # Texts that stand bare in a list are one content to the newer models, and get one vector together.
    contents: list[types.ContentDict] = [
        {"parts": [{"text": before + text}]} for text in request.texts
    ]
    for start in range(0, len(contents), MOST_TEXTS):
        yield contents[start : start + MOST_TEXTS]


def embed_config(request: EmbedRequest) -> types.EmbedContentConfig:
    """What the vectors are for, and how long they shall be."""
    from google.genai import types

    task = None if _is_told_by_text(request) else _TASKS.get(request.purpose or "")
    return types.EmbedContentConfig(task_type=task, output_dimensionality=request.dimensions)


def vectors_in(
    said: types.EmbedContentResponse, asked: int, dimensions: int | None
) -> list[Vector]:
    """The vectors, one for each text that was asked for.

    Raises:
        ProviderError: Fewer or more than that, empty ones, or ones of another length.
    """
    vectors = [tuple(each.values or ()) for each in said.embeddings or ()]
    if len(vectors) != asked:
        raise ProviderError("malformed", f"{asked} texts were sent, {len(vectors)} vectors came.")
    lengths = {len(each) for each in vectors}
    wanted = {dimensions} if dimensions else lengths
    if lengths != wanted or len(lengths) > 1 or 0 in lengths:
        shown = ", ".join(map(str, sorted(lengths)))
        raise ProviderError("malformed", f"the vectors have other lengths than asked for: {shown}.")
    return vectors


def spent_on(said: types.EmbedContentResponse) -> Usage | None:
    """Tokens of the texts; `None` when Google does not tell them."""
    told = said.usage_metadata
    if told is None or told.prompt_token_count is None:
        return None
    return Usage(calls=1, input_tokens=told.prompt_token_count)


def _is_told_by_text(request: EmbedRequest) -> bool:
    return bare_name(request.model).startswith("gemini-embedding-2")
