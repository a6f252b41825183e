"""The most that one request can be billed for, known before it is sent."""

from __future__ import annotations

import json

from flowdsl.ir.message import MediaPart, MessagePart
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Request

FRAME_TOKENS = 64
"""Tokens that roles, separators and instructions of the provider's own add to each turn, and to each picture or document
in it, at most."""
SCHEMA_TOKENS = 512
"""Tokens that the provider's own instructions on structured answers add, at most."""


def worst_case(
    request: Request, *, image_tokens: int | None = None, document_tokens: int | None = None
) -> Usage | None:
    """The most tokens that one attempt can be billed for; `None` when a picture or document in it has no bound.

    A token of text stands for one byte or more of UTF-8, so that the bytes of a prompt bound its tokens: so it is with
    pairs of bytes (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.2), and with
    SentencePiece that falls back to bytes and rewrites no text, as Gemma's does (Gemma Team, "Gemma", 2024, section 2).
    The answer is bounded by `max_tokens`, thinking included.

    Args:
        request: What is to be sent; an adapter that rewrites schemas gives it with the one that goes out.
        image_tokens: Most tokens of one image; `None` when not known.
        document_tokens: Most tokens of one PDF; `None` when not known. Other documents are text.
    """
    tokens = FRAME_TOKENS + _size(request.system)
    for message in request.messages:
        tokens += FRAME_TOKENS
        for part in message.parts:
            most = _most(part, image_tokens, document_tokens)
            if most is None:
                return None
            tokens += most
    if request.schema is not None:
        tokens += SCHEMA_TOKENS + _size(json.dumps(request.schema, ensure_ascii=False))
    # Writing to a cache costs more than reading the prompt: whoever asks for it may pay that for all of it.
    kept = tokens if request.cache is not None else 0
    return Usage(
        calls=1,
        input_tokens=tokens,
        output_tokens=request.max_tokens,
        cache_write_tokens=kept,
        cache_write_1h_tokens=kept if request.cache == "1h" else 0,
    )


def _most(part: MessagePart, image_tokens: int | None, document_tokens: int | None) -> int | None:
    if not isinstance(part, MediaPart):
        return _size(part.text)
    if part.kind == "image":
        most = image_tokens
    elif part.media_type == "application/pdf":
        most = document_tokens
    else:
        # Bytes that are no UTF-8 go out as a sign of three.
        most = _size(part.content.decode("utf-8", "replace"))
    return None if most is None else FRAME_TOKENS + _size(part.name or "") + most


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
