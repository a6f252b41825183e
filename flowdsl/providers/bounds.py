"""The most that one request can be billed for, known before it is sent."""

from __future__ import annotations

import json

from flowdsl.ir.message import MediaPart
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Request

FRAME_TOKENS = 64
"""Tokens that roles, separators and instructions of the provider's own add to each turn, at most."""
SCHEMA_TOKENS = 512
"""Tokens that the provider's own instructions on structured answers add, at most."""


def worst_case(
    request: Request, *, image_tokens: int | None = None, document_tokens: int | None = None
) -> Usage | None:
    """The most tokens that one attempt can be billed for; `None` when a picture or document in it has no bound.

    A token of text stands for one byte or more of UTF-8 in every tokenizer of byte pairs, so that the bytes of a prompt
    bound its tokens. The answer is bounded by `max_tokens`, thinking included.

    Args:
        request: What is to be sent.
        image_tokens: Most tokens of one image; `None` when not known.
        document_tokens: Most tokens of one document that is not sent as text; `None` when not known.
    """
    media = 0
    text = len(request.system.encode("utf-8", "replace"))
    for message in request.messages:
        text += FRAME_TOKENS
        for part in message.parts:
            if not isinstance(part, MediaPart):
                text += len(part.text.encode("utf-8", "replace"))
            elif part.media_type.startswith("text/"):
                text += len(part.content)
            else:
                most = image_tokens if part.kind == "image" else document_tokens
                if most is None:
                    return None
                media += most
    if request.schema is not None:
        text += SCHEMA_TOKENS + len(json.dumps(request.schema, ensure_ascii=False).encode())
    tokens = FRAME_TOKENS + text + media
    # Writing to a cache costs more than reading the prompt: whoever asks for it may pay that for all of it.
    kept = tokens if request.cache is not None else 0
    return Usage(
        calls=1,
        input_tokens=tokens,
        output_tokens=request.max_tokens,
        cache_write_tokens=kept,
        cache_write_1h_tokens=kept if request.cache == "1h" else 0,
    )
