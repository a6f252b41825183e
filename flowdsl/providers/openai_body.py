"""Requests as the OpenAI protocol writes them: messages, media, the type of the answer, the other knobs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from flowdsl.errors import ProviderError
from flowdsl.ir.message import MediaPart, Message, MessagePart, TextPart
from flowdsl.providers.base import Capabilities, Request
from flowdsl.providers.openai_hosts import Host
from flowdsl.providers.openai_models import capabilities_of
from flowdsl.providers.openai_schema import strict_schema

Body = dict[str, object]


def chat_body(request: Request, host: Host) -> tuple[Body, tuple[str, ...]]:
    """The body of a chat completion, and a sentence on each thing that was asked and is not sent.

    Raises:
        ProviderError: The request holds what the server can't take.
    """
    if not request.messages:
        raise ProviderError("bad_request", "there is no message to answer.")
    can = capabilities_of(host.kind, request.model)
    limit = "max_completion_tokens" if host.kind == "openai" else "max_tokens"
    system: list[Body] = [{"role": "system", "content": request.system}] if request.system else []
    body: Body = {
        "model": request.model,
        "messages": [*system, *(_turn(each, host) for each in request.messages)],
        limit: request.max_tokens,
    }
    if request.schema is not None:
        body["response_format"] = _answer_format(request, host)
    if request.seed is not None:
        body["seed"] = request.seed
    body |= _sampling(request, can) | _effort(request, can)
    return body, tuple(_unsent(request, host, can, body))


def _turn(message: Message, host: Host) -> Body:
    parts = [_part(each, host) for each in message.parts]
    texts = [text for each in parts if isinstance(text := each.get("text"), str)]
    # Servers that take no lists of parts are many, so that a list is sent only where it is needed.
    return {
        "role": message.role,
        "content": "".join(texts) if len(texts) == len(parts) else parts,
    }


def _part(part: MessagePart, host: Host) -> Body:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if part.media_type.startswith("text/"):
        return {"type": "text", "text": part.content.decode("utf-8", errors="replace")}
    address = f"data:{part.media_type};base64,{b64encode(part.content).decode()}"
    if part.media_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": address}}
    if part.media_type == "application/pdf" and host.kind == "openai":
        name = part.name or "document.pdf"
        return {"type": "file", "file": {"filename": name, "file_data": address}}
    raise _untaken(part, host)


def _untaken(part: MediaPart, host: Host) -> ProviderError:
    return ProviderError(
        "bad_request",
        f"{host.shown} takes text and images only, not {part.name or 'a part'} ({part.media_type}).",
        help="extract the text first, or use a model that takes documents.",
    )


def _answer_format(request: Request, host: Host) -> Body:
    schema = request.schema or {}
    strict = strict_schema(schema)
    # Other servers hold answers to the whole schema, lengths included, and never look at `strict`.
    rebuilt = strict if host.prices else None
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "strict": strict is not None,
            "schema": schema if rebuilt is None else rebuilt,
        },
    }


def _sampling(request: Request, can: Capabilities) -> Body:
    """Temperature and stop texts, unless the model thinks: then it refuses both."""
    if not can.temperature or (can.documents and request.effort in can.efforts):
        return {}
    sent: Body = {} if request.temperature is None else {"temperature": request.temperature}
    return {**sent, "stop": list(request.stop)} if request.stop else sent


def _effort(request: Request, can: Capabilities) -> Body:
    if request.effort in can.efforts:
        return {"reasoning_effort": request.effort}
    if request.thinking == "off" and "off" in can.thinking:
        return {"reasoning_effort": "none"}
    return {}


def _unsent(request: Request, host: Host, can: Capabilities, body: Body) -> Iterator[str]:
    if request.temperature is not None and "temperature" not in body:
        yield f"temperature was not sent: '{request.model}' takes none while it thinks."
    if request.stop and "stop" not in body:
        yield f"stop texts were not sent: '{request.model}' takes none while it thinks."
    if request.effort is not None and "reasoning_effort" not in body:
        levels = ", ".join(sorted(can.efforts)) or "none"
        yield f"effort '{request.effort}' was not sent: '{request.model}' has other levels ({levels})."
    if request.thinking is not None and body.get("reasoning_effort") != "none":
        yield f"thinking '{request.thinking}' was not sent: {host.shown} knows effort only."
    if request.cache is not None and host.kind != "openai":
        yield f"cache was not sent: {host.shown} keeps prompts by rules of its own."
