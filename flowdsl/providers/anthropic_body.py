"""A request as the body of Anthropic's Messages API, and what of it could not be sent."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from flowdsl.errors import ProviderError
from flowdsl.providers.anthropic_thinking import effort_and_thinking
from flowdsl.providers.base import Capabilities, MediaPart, Message, Request, TextPart

Block: TypeAlias = dict[str, object]

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_ALSO_TEXT = frozenset({"application/json", "application/xml", "application/yaml"})


class Body(NamedTuple):
    """What is sent, as JSON values only."""

    fields: dict[str, object]
    notes: tuple[str, ...]
    """What was asked and not sent, a sentence each."""


def body_of(request: Request, can: Capabilities | None, schema: Block | None) -> Body:
    """The body of one call; equal requests have equal bodies.

    No forced tool, no sampling parameter, no beginning of an answer is ever sent: the newest models refuse
    them all (PROVIDERS.md A.5).

    Args:
        request: What is asked.
        can: What the model can do; `None` when unknown, then it is sent as it was asked.
        schema: The request's schema as the API takes it; `None` asks for text.

    Raises:
        ProviderError: The request has nothing to answer, or a part of a kind that no Claude model reads.
    """
    fields = prompt_of(request)
    effort, thinking, notes = effort_and_thinking(request, can)
    most = can.max_output_tokens if can else None
    fields["max_tokens"] = min(request.max_tokens, most or request.max_tokens)
    config: Block = {"effort": effort} if effort else {}
    if schema is not None:
        config["format"] = {"type": "json_schema", "schema": schema}
    if config:
        fields["output_config"] = config
    if thinking:
        fields["thinking"] = thinking
    if stop := [each for each in request.stop if each.strip()]:
        fields["stop_sequences"] = stop
    return Body(fields, (*notes, *_unsent(request, most)))


def prompt_of(request: Request) -> dict[str, object]:
    """The part of a body that holds the prompt: model, system text and messages, with the marks of what is kept."""
    control: Block = {"cache_control": {"type": "ephemeral", "ttl": request.cache}}
    messages = [*_messages(request, control if request.cache else {})]
    if not messages:
        raise ProviderError("bad_request", "There is no message to answer.")
    if messages[-1]["role"] == "assistant":
        raise ProviderError(
            "bad_request",
            "The last message is the model's own, and Claude models don't go on with a begun answer.",
            help="end the conversation with a message of role 'user'.",
        )
    fields: dict[str, object] = {"model": request.model, "messages": messages}
    if request.system.strip():
        kept = [{"type": "text", "text": request.system} | control]
        fields["system"] = kept if request.cache else request.system
    return fields


def _messages(request: Request, control: Block) -> Iterator[Block]:
    turn, last = _end_of_fixed(request.messages) if control else (-1, -1)
    for number, message in enumerate(request.messages):
        blocks = [*_blocks(message, last if number == turn else -1, control)]
        # An empty message is refused; turns of one role after another are read as one.
        if blocks:
            yield {"role": message.role, "content": blocks}


def _end_of_fixed(messages: Sequence[Message]) -> tuple[int, int]:
    """Message and part of the last text that is the same in every call; -1 when there is none."""
    places = [
        (number, place)
        for number, message in enumerate(messages)
        for place, part in enumerate(message.parts)
        if isinstance(part, TextPart) and part.is_fixed and part.text.strip()
    ]
    return places[-1] if places else (-1, -1)


def _blocks(message: Message, last_fixed: int, control: Block) -> Iterator[Block]:
    """Texts joined as far as they belong together, since blank ones are refused; media as blocks of their own."""
    texts: list[str] = []
    for place, part in enumerate(message.parts):
        if isinstance(part, MediaPart):
            yield from _text(texts)
            texts.clear()
            yield _media(part)
            continue
        texts.append(part.text)
        if place == last_fixed:
            yield from (block | control for block in _text(texts))
            texts.clear()
    yield from _text(texts)


def _text(texts: list[str]) -> Iterator[Block]:
    if (joined := "".join(texts)).strip():
        yield {"type": "text", "text": joined}


def _media(part: MediaPart) -> Block:
    if part.kind == "image" and part.media_type in IMAGES:
        return {"type": "image", "source": _binary(part)}
    if part.kind == "document" and (source := _document(part)):
        titled: Block = {"title": part.name} if part.name else {}
        return {"type": "document", "source": source} | titled
    raise ProviderError(
        "bad_request",
        f"Claude models can't read {part.name or f'the {part.kind}'} ({part.media_type}).",
        help="give PNG, JPEG, GIF or WebP images, PDF or text documents.",
    )


def _document(part: MediaPart) -> Block | None:
    if part.media_type == "application/pdf":
        return _binary(part)
    if part.media_type.startswith("text/") or part.media_type in _ALSO_TEXT:
        text = part.content.decode("utf-8", errors="replace")
        return {"type": "text", "media_type": "text/plain", "data": text}
    return None


def _binary(part: MediaPart) -> Block:
    data = b64encode(part.content).decode("ascii")
    return {"type": "base64", "media_type": part.media_type, "data": data}


def _unsent(request: Request, most: int | None) -> Iterator[str]:
    if request.temperature is not None:
        yield f"temperature={request.temperature:g} was not sent: Claude models take none any more; use effort."
    if request.seed is not None:
        yield f"seed={request.seed} was not sent: Claude models take none."
    if most is not None and request.max_tokens > most:
        yield f"max_tokens={request.max_tokens} was lowered to {most}, the most that {request.model} gives."
    if any(not each.strip() for each in request.stop):
        yield "a stop text of blanks only was not sent: Claude models take none."
    is_any_kept = request.system.strip() or _end_of_fixed(request.messages) != (-1, -1)
    if request.cache and not is_any_kept:
        yield f"cache={request.cache!r} was not sent: no part of the prompt stays the same."
