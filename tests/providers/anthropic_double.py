"""A small double of Anthropic's Messages API, inside the process; its 400 rules are PROVIDERS.md A.5."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

import httpx2

from flowdsl.providers.anthropic import AnthropicProvider
from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve
from tests.providers.contract import ask

Json = Mapping[str, object]
MODEL = "claude-opus-5-5"
ASKED = ask("Say hello.", model=MODEL)
TEXT = "Hello there, I am a small double of Claude."
WINDOW = 5_000
"""Words that its models read."""
NO_OFF = {"claude-opus-5-5"} | {
    f"claude-{name}-{number}" for name in ("fable", "mythos") for number in ("5", "5-1", "5-2")
}
BUDGETED = {
    f"claude-{name}" for name in ("opus-4-6", "sonnet-4-6", "haiku-4-5", "opus-4-5", "sonnet-4-5")
}
CALM = {"claude-opus-5", "claude-haiku-5-5", "claude-sonnet-5-5"}
GONE = {"temperature", "top_p", "top_k", "tool_choice", "tools", "seed"}


class Double:
    """Answers by the rules, or as a test tells it to."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, object]] = []
        self.requests: list[httpx2.Request] = []
        self.delay_s = 0.0
        self.next: list[httpx2.Response | Exception] = []
        """What is given back, or raised, in place of an answer."""
        self.change: Callable[[dict[str, object]], None] = lambda _message: None
        """Done to each message before it is sent."""

    async def handle(self, request: httpx2.Request) -> httpx2.Response:
        body: object = json.loads(request.content)
        assert is_schema(body)
        said = {**body}
        self.bodies.append(said)
        self.requests.append(request)
        await asyncio.sleep(self.delay_s)
        if self.next:
            given = self.next.pop(0)
            if isinstance(given, Exception):
                raise given
            return given
        if why := broken_rule(said):
            return error(400, "invalid_request_error", why)
        if request.url.path.endswith("/count_tokens"):
            return httpx2.Response(200, json={"input_tokens": words(said)})
        message = self.message(said)
        if said.get("stream"):
            return stream(events_of(message))
        return httpx2.Response(200, json=message, headers={"request-id": "req_1"})

    def message(self, body: Json) -> dict[str, object]:
        config = body.get("output_config")
        form = config.get("format") if is_schema(config) else None
        schema = form.get("schema") if is_schema(form) else None
        text = json.dumps(sample(schema, schema)) if is_schema(schema) else TEXT
        most, needed = body["max_tokens"], len(text.split())
        assert isinstance(most, int)
        message: dict[str, object] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": " ".join(text.split(" ")[:most])}],
            "stop_reason": "end_turn" if needed <= most else "max_tokens",
            "stop_sequence": None,
            "usage": {"input_tokens": words(body), "output_tokens": min(most, needed)},
        }
        self.change(message)
        return message

    def provider(self, *, api_key: str | None = "sk-test") -> AnthropicProvider:
        """A provider that asks the double."""
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self.handle))
        return AnthropicProvider(api_key=api_key, base_url="http://double", http_client=client)


def words(body: Json) -> int:
    return len(json.dumps([body.get("system"), body["messages"]]).split())


def broken_rule(body: Json) -> str | None:
    """Why the API answers 400; `None` when it does not."""
    model, thinking, config = body.get("model"), body.get("thinking"), body.get("output_config")
    messages, kind = body["messages"], thinking.get("type") if is_schema(thinking) else None
    effort = config.get("effort") if is_schema(config) else None
    assert is_list(messages)
    last = messages[-1]
    rules = {
        "field not taken": bool(GONE & body.keys()),
        "no prefill": is_schema(last) and last["role"] != "user",
        "thinking can't be disabled": kind == "disabled"
        and (model in NO_OFF or model == "claude-sonnet-5-5"),
        "thinking can't be between tools": kind == "between_tools" and model != "claude-sonnet-5-5",
        "no budget": kind == "enabled" and model not in BUDGETED,
        "effort at most high": kind in {"disabled", "between_tools"}
        and model in CALM
        and effort in {"xhigh", "max"},
        "text blocks must be non-empty": '"text": ""' in json.dumps(messages),
        "prompt is too long: 5001 tokens > 5000 maximum": words(body) > WINDOW,
    }
    return next((said for said, is_broken in rules.items() if is_broken), None)


def error(status: int, kind: str, message: str, code: str | None = None) -> httpx2.Response:
    """An error in the API's own form."""
    details = {"details": {"error_code": code}} if code else {}
    said = {"type": "error", "error": {"type": kind, "message": message, **details}}
    return httpx2.Response(status, json=said, headers={"request-id": "req_9"})


def events_of(message: Json) -> list[Json]:
    """A message as the events of a stream."""
    usage, content = message["usage"], message["content"]
    assert is_schema(usage)
    assert is_list(content)
    begun: Json = {
        **message,
        "content": [],
        "stop_reason": None,
        "usage": {**usage, "output_tokens": 1},
    }
    events: list[Json] = [{"type": "message_start", "message": begun}]
    for index, block in enumerate(content):
        assert is_schema(block)
        text = block.get("text")
        is_text = isinstance(text, str)
        empty = {**block, "text": ""} if is_text else block
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        for piece in re.findall(r"\s*\S+\s*$|\s*\S+", text) if is_text else ():
            delta = {"type": "text_delta", "text": piece}
            events.append({"type": "content_block_delta", "index": index, "delta": delta})
        events.append({"type": "content_block_stop", "index": index})
    end = {name: message.get(name) for name in ("stop_reason", "stop_sequence", "stop_details")}
    events.append({"type": "message_delta", "delta": end, "usage": usage})
    return [*events, {"type": "message_stop"}]


def sse(events: Iterable[Json]) -> bytes:
    """Events as they go over the wire."""
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events
    )


class Pieces(httpx2.AsyncByteStream):
    """A body that comes event by event, and may break at its end."""

    def __init__(self, content: Iterable[bytes], end: Exception | float | None = None) -> None:
        self.content = [*content]
        self.end = end
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.content:
            await asyncio.sleep(0)
            yield piece
        if isinstance(self.end, Exception):
            raise self.end
        if self.end is not None:
            await asyncio.sleep(self.end)

    async def aclose(self) -> None:
        self.is_closed = True


def stream(events: Iterable[Json], end: Exception | float | None = None) -> httpx2.Response:
    """A streamed answer."""
    headers = {"content-type": "text/event-stream", "request-id": "req_1"}
    pieces = Pieces((sse([event]) for event in events), end)
    return httpx2.Response(200, stream=pieces, headers=headers)


def sample(schema: Schema, root: Schema) -> object:
    """A value of a schema, as a model held to it would give."""
    if isinstance(ref := schema.get("$ref"), str):
        target = resolve(root, ref)
        return sample(target, root) if is_schema(target) else None
    if is_list(values := schema.get("enum", [schema.get("const")])) and (
        {"enum", "const"} & schema.keys()
    ):
        return values[0]
    if is_list(several := schema.get("anyOf")) and is_schema(first := several[0]):
        return sample(first, root)
    fixed = {"integer": 1, "number": 1, "boolean": True, "null": None}
    kind = str(schema["type"])
    return fixed[kind] if kind in fixed else SAMPLES[kind](schema, root)


def _object(schema: Schema, root: Schema) -> object:
    assert schema["additionalProperties"] is False
    fields = schema["properties"]
    assert is_schema(fields)
    return {name: sample(part, root) for name, part in fields.items() if is_schema(part)}


def _array(schema: Schema, root: Schema) -> object:
    items = schema["items"]
    return [sample(items, root)] if is_schema(items) else []


def _string(schema: Schema, root: Schema) -> object:
    return "AB-123" if "pattern:" in str(schema.get("description")) else "text"


SAMPLES = {"object": _object, "array": _array, "string": _string}
