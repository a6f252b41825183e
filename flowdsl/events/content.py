"""What models are asked, as JSON-able data: roles and parts, as the GenAI conventions write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowdsl.ir.message import Message, MessagePart, TextPart


def spoken(messages: Iterable[Message]) -> tuple[Mapping[str, object], ...]:
    """Turns of a conversation for `ModelAsked`; of an image or a document it says what it is, not its bytes."""
    return tuple(
        {"role": each.role, "parts": [_part(part) for part in each.parts]} for each in messages
    )


def _part(part: MessagePart) -> Mapping[str, object]:
    if isinstance(part, TextPart):
        return {"type": "text", "content": part.text}
    named = {} if part.name is None else {"name": part.name}
    return {
        "type": part.kind,
        "mime_type": part.media_type,
        "size": len(part.content),
        **named,
    }
