"""Our own fake's plumbing: requests as JSON, answers in one piece or as events, each broken where a fault says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from flowdsl.providers.json_schema import is_list, is_schema
from tests.fakes.faults import Fault, retry_headers

Scope = MutableMapping[str, object]
Receive = Callable[[], Awaitable[MutableMapping[str, object]]]
Send = Callable[[MutableMapping[str, object]], Awaitable[None]]
Json = Mapping[str, object]

PAGE = b"<!doctype html><title>Sign in</title><p>This network asks you to sign in first.</p>"
CUT_JSON = b'{"id": "half_a_repl'


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Json


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: a JSON object in one piece, or events."""

    status: int
    json: Json | None = None
    events: tuple[tuple[str, Json], ...] = ()
    """Name, or empty, and content of each event of a stream; one without content is the end of OpenAI's."""
    headers: Mapping[str, str] | None = None


async def read(scope: Scope, receive: Receive) -> Asked | None:
    """The request; `None` when its body is no JSON object."""
    content = b""
    more = True
    while more:
        message = await receive()
        part = message.get("body", b"")
        content += part if isinstance(part, bytes) else b""
        more = message.get("more_body") is True
    try:
        body: object = json.loads(content or b"{}")
    except ValueError:
        return None
    if not is_schema(body):
        return None
    query, raw = scope.get("query_string"), scope.get("headers")
    parsed = parse_qs(query.decode() if isinstance(query, bytes) else "")
    return Asked(
        str(scope.get("method", "GET")),
        str(scope.get("path", "/")),
        {name: values[0] for name, values in parsed.items()},
        dict(_pairs(raw)),
        body,
    )


def _pairs(raw: object) -> Iterable[tuple[str, str]]:
    for pair in raw if is_list(raw) else []:
        match pair:
            case [bytes() as name, bytes() as value]:
                yield name.decode("latin-1").lower(), value.decode("latin-1")
            case _:
                pass


class DroppedError(ConnectionError):
    """The connection is to break; a server that sees it raised closes it in the middle of the answer."""


async def send_answer(
    send: Send, answer: Answer, fault: Fault | None, event_s: float = 0.0
) -> None:
    """Send it, as far as the fault lets it; `event_s` seconds before every event."""
    headers = {"x-fake": "flowdsl", **(answer.headers or {}), **retry_headers(fault)}
    kind = "" if fault is None else fault.kind
    if fault is not None and (kind == "delay" or (kind == "stall" and not answer.events)):
        await asyncio.sleep(fault.seconds)
    if kind == "html":
        await _whole(send, 200, {**headers, "content-type": "text/html"}, PAGE)
    elif kind == "empty":
        await _whole(send, 200, {**headers, "content-type": "application/json"}, b"{}")
    elif kind == "broken_json":
        await _whole(send, 200, {**headers, "content-type": "application/json"}, CUT_JSON)
    elif answer.events:
        await _events(send, answer, headers, fault, event_s)
    else:
        content = json.dumps(answer.json).encode()
        if kind == "drop":
            await _begin(send, answer.status, {**headers, "content-type": "application/json"})
            await _break(send, content[:9])
        headers["content-type"] = "application/json"
        await _whole(send, answer.status, headers, content)


async def _events(
    send: Send, answer: Answer, headers: Mapping[str, str], fault: Fault | None, event_s: float
) -> None:
    await _begin(send, answer.status, {**headers, "content-type": "text/event-stream"})
    for number, (name, content) in enumerate(answer.events):
        kind = "" if fault is None or number != fault.after_events else fault.kind
        if kind == "truncate":
            break
        await _spoil(send, kind, name, 0.0 if fault is None else fault.seconds)
        await asyncio.sleep(event_s)
        if number or fault is None or fault.kind != "no_start":
            await _more(send, _event(name, content))
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _spoil(send: Send, kind: str, name: str, seconds: float) -> None:
    if kind == "drop":
        await _break(send, b"event: content_blo")
    elif kind == "stall":
        await asyncio.sleep(seconds)
    elif kind == "broken_chunk":
        head = f"event: {name}\n" if name else ""
        await _more(send, f'{head}data: {{"type": "half\n\n'.encode())


def _event(name: str, content: Json) -> bytes:
    if not content:
        return b"data: [DONE]\n\n"
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(content)}\n\n".encode()


async def _begin(send: Send, status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _more(send: Send, content: bytes) -> None:
    await send({"type": "http.response.body", "body": content, "more_body": True})


async def _break(send: Send, content: bytes) -> None:
    await _more(send, content)
    raise DroppedError("a test breaks the connection")


async def _whole(send: Send, status: int, headers: Mapping[str, str], content: bytes) -> None:
    await _begin(send, status, {**headers, "content-length": str(len(content))})
    await send({"type": "http.response.body", "body": content, "more_body": False})
