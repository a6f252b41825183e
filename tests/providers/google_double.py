"""The Gemini API inside the tests' process: what it hears is kept, what it says is set."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import httpx2

from flowdsl.providers.google import GoogleProvider
from flowdsl.providers.json_schema import Schema, is_list, is_schema
from flowdsl.providers.mock_values import example

Said: TypeAlias = dict[str, object]
Answering: TypeAlias = Callable[[httpx2.Request, Said], httpx2.Response]

KEY = "AIza-planted-secret-0123456789"
MODEL = "gemini-3.8-flash"
TEXT = "Hello there, how are you today?"
SPENT: Said = {
    "promptTokenCount": 12,
    "candidatesTokenCount": 5,
    "thoughtsTokenCount": 2,
    "cachedContentTokenCount": 4,
    "totalTokenCount": 19,
    "serviceTier": "standard",
}
_PATTERN = re.compile(r"matches the regular expression (\S+)")


class Double:
    """Answers every call by `answering`."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.requests: list[httpx2.Request] = []
        self.bodies: list[Said] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        self.bodies.append(json.loads(request.content))
        return self.answering(request, self.bodies[-1])

    def provider(self, base_url: str | None = None, key: str | None = KEY) -> GoogleProvider:
        """A provider that calls it."""
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self))
        return GoogleProvider(api_key=key, base_url=base_url, http_client=client)

    @property
    def config(self) -> Schema:
        """The `generationConfig` of the last call."""
        config = self.bodies[-1].get("generationConfig", {})
        assert is_schema(config)
        return config


def answer(text: str | None = TEXT, reason: str | None = "STOP", **more: object) -> Said:
    """A whole answer, or a piece of one."""
    candidate: Said = {"index": 0}
    if text is not None:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    if reason is not None:
        candidate["finishReason"] = reason
    return {
        "candidates": [candidate],
        "usageMetadata": SPENT,
        "modelVersion": MODEL,
        "responseId": "answer-1",
        **more,
    }


def pieces(text: str = TEXT, reason: str = "STOP", spent: Said = SPENT) -> list[Said]:
    """A streamed answer: a word at a time, the tokens of the prompt from the start, the others at the end."""
    first = {"promptTokenCount": spent["promptTokenCount"]}
    words = [each for each in text.partition(" ") if each]
    begun = [answer(each, None, usageMetadata=first) for each in words]
    return [*begun, answer("", reason, usageMetadata=spent)]


def events(said: list[Said]) -> list[bytes]:
    """Pieces as they travel."""
    return [f"data: {json.dumps(each)}\r\n\r\n".encode() for each in said]


class Travelling(httpx2.AsyncByteStream):
    """A body that arrives in chunks and may break on the way; tells whether it was closed."""

    def __init__(
        self, chunks: list[bytes], *, then: Exception | None = None, wait_s: float = 0
    ) -> None:
        self.chunks, self.then, self.wait_s = chunks, then, wait_s
        self.has_begun, self.is_closed = asyncio.Event(), False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.has_begun.set()
        for chunk in self.chunks:
            yield chunk
        await asyncio.sleep(self.wait_s)
        if self.then is not None:
            raise self.then

    async def aclose(self) -> None:
        self.is_closed = True


def streaming(body: Travelling | list[bytes]) -> httpx2.Response:
    """A response in pieces."""
    stream = body if isinstance(body, Travelling) else Travelling(body)
    return httpx2.Response(200, stream=stream, headers={"content-type": "text/event-stream"})


def always(
    said: Said, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})
) -> Answering:
    """The same answer to every call; as a stream's only piece where a stream is asked for."""

    def answering(request: httpx2.Request, _body: Said) -> httpx2.Response:
        if status == 200 and is_streamed(request):
            return streaming(events([said]))
        return httpx2.Response(status, json=said, headers=headers)

    return answering


def gives(make: Callable[[], httpx2.Response]) -> Double:
    """A server that says the same whatever it hears."""
    return Double(lambda _request, _body: make())


def is_streamed(request: httpx2.Request) -> bool:
    """Whether an answer in pieces is asked for."""
    return ":streamGenerateContent" in request.url.path


def google_error(status: int, name: str, message: str, *details: Said) -> Said:
    """The body of a fault."""
    return {"error": {"code": status, "status": name, "message": message, "details": list(details)}}


def obliging(request: httpx2.Request, body: Said) -> httpx2.Response:
    """A server in good order: schemas are met, limits are kept, long prompts refused."""
    prompt = json.dumps(body["contents"])
    if len(prompt) > 2000:
        words = "The input token count (2000) exceeds the maximum number of tokens allowed (500)."
        return httpx2.Response(400, json=google_error(400, "INVALID_ARGUMENT", words))
    config = body["generationConfig"]
    assert is_schema(config)
    text, reason = _text(config), "STOP"
    words, limit = text.split(" "), config["maxOutputTokens"]
    assert isinstance(limit, int)
    if len(words) > limit:
        words, reason = words[:limit], "MAX_TOKENS"
        text = " ".join(words)
    spent: Said = {
        "promptTokenCount": len(prompt.split()),
        "candidatesTokenCount": len(words),
    }
    if is_streamed(request):
        return streaming(events(pieces(text, reason, spent)))
    return httpx2.Response(200, json=answer(text, reason, usageMetadata=spent))


def _text(config: Schema) -> str:
    schema = config.get("responseJsonSchema")
    if not is_schema(schema):
        return TEXT
    assert config["responseMimeType"] == "application/json"
    return json.dumps(example(_as_read(schema), 1))


def _as_read(schema: Schema) -> Said:
    """A schema as a model understands it, which reads the descriptions too."""
    read = {word: _inner(value) for word, value in schema.items()}
    found = _PATTERN.search(str(schema.get("description", "")))
    return read if found is None else {**read, "pattern": found[1]}


def _inner(value: object) -> object:
    if is_list(value):
        return [_inner(each) for each in value]
    return _as_read(value) if is_schema(value) else value


def embedding(_request: httpx2.Request, body: Said) -> httpx2.Response:
    """A server in good order that makes vectors of three numbers."""
    asked = body["requests"]
    assert is_list(asked)
    vectors: list[Said] = []
    for each in asked:
        assert is_schema(each)
        if each.get("outputDimensionality", 3) != 3:
            words = "output_dimensionality is out of range."
            return httpx2.Response(400, json=google_error(400, "INVALID_ARGUMENT", words))
        text = json.dumps(each["content"])
        vectors.append({"values": [len(text), sum(text.encode()) / 4096, 0.5]})
    spent = {"promptTokenCount": 2 * len(asked)}
    return httpx2.Response(200, json={"embeddings": vectors, "usageMetadata": spent})


async def slowly(request: httpx2.Request) -> httpx2.Response:
    """A server that never comes to its answer."""
    await asyncio.sleep(30)
    return obliging(request, json.loads(request.content))


def never() -> GoogleProvider:
    """A provider whose server never comes to its answer."""
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(slowly))
    return GoogleProvider(api_key=KEY, http_client=client)
