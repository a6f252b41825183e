"""Images and documents as values: what a model can be shown besides text."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, Self, runtime_checkable

from flowdsl.errors.base import near
from flowdsl.errors.prompts import MediaError
from flowdsl.ir.message import MediaPart, TextPart
from flowdsl.ir.types import Media

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MAX_IMAGE_BYTES = 10_000_000
"""Size of the largest image that is taken; providers refuse larger ones."""
MAX_DOCUMENT_BYTES = 32_000_000
"""Size of the largest document that is taken."""

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
)
"""Where which bytes stand in a file of which type; these are all the binary types models take."""

_TEXT_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".xml": "text/xml",
}
_TEXTS = frozenset({*_TEXT_TYPES.values(), "text/plain"})


@runtime_checkable
class _HasParts(Protocol):
    def message_part(self) -> TextPart | MediaPart: ...


def parts_of(value: object) -> list[str | TextPart | MediaPart]:
    """What a message holds where a template shows a media value."""
    return [value.message_part()] if isinstance(value, _HasParts) else []


def sniff(content: bytes) -> str | None:
    """The media type that a file's first bytes tell; `text/plain` for UTF-8 text, `None` for anything else."""
    for offset, signature, media_type in _SIGNATURES:
        if content.startswith(signature, offset) and (offset == 0 or content.startswith(b"RIFF")):
            return media_type
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else "text/plain"


@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """A picture that a model is shown: PNG, JPEG, GIF or WebP.

    Raises:
        MediaError: The bytes are no such picture, are not what `media_type` says, or are too many.
    """

    __flowdsl_media__: ClassVar[Literal["image", "document"]] = "image"

    content: bytes
    media_type: str = ""
    """Such as `image/png`; found out from the content when not given."""
    name: str | None = None

    def __post_init__(self) -> None:
        what = f"The image '{self.name}'" if self.name else "The image"
        _check_size(what, len(self.content), MAX_IMAGE_BYTES)
        found = sniff(self.content)
        if found is None or not found.startswith("image/"):
            raise MediaError(
                what,
                f"it is {found or 'of an unknown type'}",
                cure="give a PNG, JPEG, GIF or WebP picture.",
            )
        if self.media_type not in {"", found}:
            raise MediaError(
                what,
                f"it is {found}, not {self.media_type}",
                cure="leave media_type out; it is found out.",
            )
        object.__setattr__(self, "media_type", found)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read a picture from a file.

        Raises:
            MediaError: There is no such file, or it is no picture models take.
        """
        return cls(_read("image", path, MAX_IMAGE_BYTES), name=Path(path).name)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return _never_text("image", source, handler)

    @property
    def content_hash(self) -> str:
        """SHA-256, in hex, of all that a model sees of it."""
        return _hash("image", self.media_type, self.name, self.content)

    def message_part(self) -> MediaPart:
        """Its place in a message."""
        return MediaPart("image", self.media_type, self.content, self.name)

    def __repr__(self) -> str:
        return _named(self.__class__.__name__, self.name, self.media_type, len(self.content))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        from base64 import b64encode

        return {"text/plain": repr(self), self.media_type: b64encode(self.content).decode("ascii")}


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A document that a model is shown: a PDF, or a UTF-8 text file (plain, Markdown, CSV, JSON, HTML, XML).

    A text file becomes text of the message between delimiters that name it, so every model takes it; a PDF
    needs a model that reads documents.

    Raises:
        MediaError: The bytes are neither, are not what `media_type` says, or are too many.
    """

    __flowdsl_media__: ClassVar[Literal["image", "document"]] = "document"

    content: bytes
    media_type: str = ""
    """Such as `application/pdf`, `text/csv`; found out from content and name when not given."""
    name: str | None = None

    def __post_init__(self) -> None:
        what = f"The document '{self.name}'" if self.name else "The document"
        _check_size(what, len(self.content), MAX_DOCUMENT_BYTES)
        found = sniff(self.content)
        if found not in {"application/pdf", "text/plain"}:
            raise MediaError(
                what,
                f"it is {found or 'neither a PDF nor UTF-8 text'}",
                cure="show a picture as Image.open(path); turn other formats into text or PDF first.",
            )
        allowed = _TEXTS if found == "text/plain" else frozenset({found})
        if self.media_type not in {"", *allowed}:
            raise MediaError(
                what,
                f"it is {found}, not {self.media_type}",
                cure="leave media_type out; it is found out.",
            )
        by_name = _TEXT_TYPES.get(Path(self.name or "").suffix.lower(), found)
        best = found if found == "application/pdf" else self.media_type or by_name
        object.__setattr__(self, "media_type", best)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read a document from a file.

        Raises:
            MediaError: There is no such file, or it is neither a PDF nor UTF-8 text.
        """
        return cls(_read("document", path, MAX_DOCUMENT_BYTES), name=Path(path).name)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return _never_text("document", source, handler)

    @property
    def is_text(self) -> bool:
        """Whether it is sent as text, which every model takes."""
        return self.media_type != "application/pdf"

    @property
    def content_hash(self) -> str:
        """SHA-256, in hex, of all that a model sees of it."""
        return _hash("document", self.media_type, self.name, self.content)

    def message_part(self) -> TextPart | MediaPart:
        """Its place in a message: delimited text, or the document itself."""
        if not self.is_text:
            return MediaPart("document", self.media_type, self.content, self.name)
        text = self.content.decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n")
        name = self.name or "document"
        fence = "---"
        while fence in text:
            fence += "-"
        return TextPart(f"{fence} begin {name} {fence}\n{text}\n{fence} end {name} {fence}")

    def __repr__(self) -> str:
        return _named(self.__class__.__name__, self.name, self.media_type, len(self.content))

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self)}


def _never_text(
    kind: Literal["image", "document"], source: object, handler: GetCoreSchemaHandler
) -> CoreSchema:
    """Pydantic's own schema, before which a text is refused or opened as the path it is."""
    from pydantic_core import core_schema

    from flowdsl.ir.media_form import opened

    return core_schema.with_info_before_validator_function(
        partial(opened, Media(kind)), handler(source)
    )


def _read(kind: str, path: str | Path, limit: int) -> bytes:
    file = Path(path)
    what = f"The {kind} '{os.fspath(path)}'"
    if not file.is_file():
        folder = file.parent if file.parent.is_dir() else Path()
        names = sorted(each.name for each in folder.iterdir() if each.is_file())
        raise MediaError(what, "there is no such file", cure=near(file.name, names))
    _check_size(what, file.stat().st_size, limit)
    return file.read_bytes()


def _check_size(what: str, size: int, limit: int) -> None:
    if size == 0:
        raise MediaError(what, "it is empty")
    if size > limit:
        raise MediaError(
            what, f"it has {size:,} bytes, more than {limit:,}", cure="make it smaller or split it."
        )


def _named(kind: str, name: str | None, media_type: str, size: int) -> str:
    return f"{kind}({name or 'unnamed'}, {media_type}, {size:,} bytes)"


def _hash(*parts: str | bytes | None) -> str:
    from hashlib import sha256  # OpenSSL takes its time to load

    digest = sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else (part or "").encode()
        digest.update(len(content).to_bytes(8))
        digest.update(content)
    return digest.hexdigest()
