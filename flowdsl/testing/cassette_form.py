"""What a cassette holds: requests and answers as plain data, and back again without loss."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import TypeAdapter

from flowdsl.errors.providers import ProviderError
from flowdsl.errors.redaction import redact_in
from flowdsl.ir.message import MediaPart, Message
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Reply
from flowdsl.providers.json_schema import is_schema

if TYPE_CHECKING:
    from flowdsl.providers.base import Request

Document: TypeAlias = dict[str, object]
_SETTINGS = ("temperature", "effort", "thinking", "seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A call that ended in a `ProviderError`."""

    fault: str
    """Its kind."""
    message: str
    help: str = ""
    retry_after_s: float | None = None
    billed: dict[str, int] = field(default_factory=dict[str, int])
    cost_usd: Decimal | None = None
    """Dollars of what is billed; `None` when unknown."""

    @classmethod
    def of(cls, error: ProviderError, cost_usd: Decimal | None) -> Fault:
        """The fault as it was raised."""
        return cls(
            fault=error.kind,
            message=error.message,
            help=error.help,
            retry_after_s=error.retry_after_s,
            billed=dict(error.billed),
            cost_usd=cost_usd,
        )

    @property
    def usage(self) -> Usage:
        """Tokens that are billed all the same, counted as one call."""
        return Usage(calls=1, **self.billed)

    def error(self, longest_wait_s: float) -> ProviderError:
        """The error again; a wait that a run would sit out is left out, for nobody is there to be waited for."""
        asked_s = self.retry_after_s
        return ProviderError(
            self.fault,
            self.message,
            help=self.help,
            retry_after_s=asked_s if asked_s is not None and asked_s > longest_wait_s else None,
            billed=self.billed,
        )


Answer: TypeAlias = Reply | Fault


@dataclass(kw_only=True, slots=True)
class RecordedCall:
    """One request, and what it was answered each time."""

    step: str
    path: str
    recorded: str
    """Day of the newest answer, as `2026-11-27`."""
    request: Document
    answers: list[Answer]


@dataclass(kw_only=True, slots=True)
class Recording:
    """The whole of a cassette."""

    version: Literal[1] = 1
    schemas: dict[str, Document] = field(default_factory=dict[str, Document])
    """Schemas by the names that requests have for them: many calls share one."""
    calls: list[RecordedCall] = field(default_factory=list[RecordedCall])


@cache
def _adapter() -> TypeAdapter[Recording]:
    return TypeAdapter(Recording)


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def request_document(request: Request, model: str) -> Document:
    """All of a request that its answer depends on, in a form people can read; secrets are blacked out.

    Left out are who asks (step, address), how long it may take, and what is kept at the provider.

    Args:
        request: What is asked.
        model: Full name of the model, `provider:model`.
    """
    document: Document = {"model": model}
    if request.system:
        document["system"] = request.system
    document["messages"] = [{each.role: _content(each)} for each in request.messages]
    if request.schema is not None:
        document["schema"] = dict(request.schema)
    document["max_tokens"] = request.max_tokens
    for name in _SETTINGS:
        if (value := getattr(request, name)) is not None:
            document[name] = value
    if request.stop:
        document["stop"] = list(request.stop)
    # As it would be read from a file: tuples are lists, keys are texts.
    plain: object = json.loads(json.dumps(redact_in(document)))
    return {**plain} if is_schema(plain) else {}


def _content(message: Message) -> object:
    """The text alone, or text and media in their order."""
    parts = list(_merged(message))
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else parts


def _merged(message: Message) -> Iterator[object]:
    """Where one text part ends and the next begins is not seen by the model."""
    text = ""
    for part in message.parts:
        if not isinstance(part, MediaPart):
            text += part.text
            continue
        if text:
            yield text
        text = ""
        media: Document = {"media": part.media_type, "bytes": len(part.content)}
        if part.name:
            media["name"] = part.name
        yield media | {"sha256": sha256(part.content).hexdigest()}
    if text or not message.parts:
        yield text


def fingerprint(document: Mapping[str, object]) -> str:
    """SHA-256 of a request's document; the order of fields counts, for models answer in the order of a schema."""
    return sha256(
        json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def answer_document(answer: Answer) -> Document:
    """An answer as plain data."""
    plain: object = _answers().dump_python(answer, mode="json", exclude_defaults=True)
    return {**plain} if is_schema(plain) else {}


def to_document(recording: Recording) -> Document:
    """A cassette as plain data, with each schema once."""
    schemas: dict[str, Document] = {}
    calls: list[Document] = []
    for call in recording.calls:
        request = dict(call.request)
        schema = request.get("schema")
        if is_schema(schema):
            request["schema"] = name = fingerprint(schema)[:12]
            schemas[name] = {**schema}
        calls.append(
            {
                "step": call.step,
                "path": call.path,
                "recorded": call.recorded,
                "request": request,
                "answers": [answer_document(each) for each in call.answers],
            }
        )
    # Schemas come last: prompts and answers are what people look for.
    document: Document = {"version": recording.version, "calls": calls}
    if schemas:
        document["schemas"] = schemas
    return document


def from_document(document: object) -> Recording:
    """A cassette out of plain data.

    Raises:
        ValueError: It is no cassette; the text says where and why.
    """
    from pydantic import ValidationError

    try:
        recording = _adapter().validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"])) or "the file"
        raise ValueError(f"{at}: {first['msg'].lower()}") from None
    for call in recording.calls:
        name = call.request.get("schema")
        if name is None:
            continue
        if not isinstance(name, str) or name not in recording.schemas:
            raise ValueError(f"it has no schema '{name}', which step '{call.step}' asks for")
        call.request["schema"] = recording.schemas[name]
    return recording
