"""Turns of a conversation with a model: text, and images or documents between it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text of a message."""

    text: str
    is_fixed: bool = False
    """The same in every call of its prompt: where a provider may put the end of what it keeps."""


@dataclass(frozen=True, slots=True)
class MediaPart:
    """An image or a document of a message."""

    kind: Literal["image", "document"]
    media_type: str
    """Such as `image/png`, `application/pdf`, `text/plain`."""
    content: bytes = field(repr=False)
    name: str | None = None


MessagePart: TypeAlias = TextPart | MediaPart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    parts: tuple[MessagePart, ...]

    @property
    def text(self) -> str:
        """Its text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))
