"""A server of the OpenAI protocol inside the tests' process: what it hears is kept, what it says is set."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TypeAlias

import httpx2

from flowdsl.providers.json_schema import is_list, is_schema
from flowdsl.providers.mock_values import example
from flowdsl.providers.openai import OpenAIProvider

Said: TypeAlias = dict[str, object]
Answering: TypeAlias = Callable[[Said], httpx2.Response]

OLLAMA = "http://localhost:11434/v1"
OPENAI = "https://api.openai.com/v1"
OPENROUTER = "https://openrouter.ai/api/v1"
KEY = "sk-planted-secret-0123456789"
NO_HEADERS: Mapping[str, str] = {}
TEXT = "Hello there, how are you today?"
SPENT: Said = {
    "prompt_tokens": 12,
    "completion_tokens": 7,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 2},
}


class Double:
    """Answers every call by `answering`; tells how many streams are open."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.requests: list[httpx2.Request] = []
        self.bodies: list[Said] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        self.bodies.append(json.loads(request.content))
        return self.answering(self.bodies[-1])

    def provider(self, base_url: str | None = OLLAMA, key: str | None = KEY) -> OpenAIProvider:
        """A provider that calls it."""
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self))
        return OpenAIProvider(api_key=key, base_url=base_url, http_client=client)


def completion(text: str | None = TEXT, reason: str | None = "stop", **more: object) -> Said:
    """The body of a whole answer."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    return {"id": "chatcmpl-1", "model": "tiny", "choices": [choice], "usage": SPENT, **more}


def piece(text: str | None = None, reason: str | None = None, **more: object) -> Said:
    """One event of a streamed answer."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "chatcmpl-1", "model": "tiny", "choices": [choice], **more}


def pieces(text: str = TEXT, reason: str = "stop", spent: Said = SPENT) -> list[Said]:
    """The events of a streamed answer, word by word, the tokens last."""
    words = [each for each in text.partition(" ") if each]
    end: list[Said] = [piece(reason=reason), {"model": "tiny", "choices": [], "usage": spent}]
    return [piece(""), *map(piece, words), *end]


def lines(said: list[Said], *, done: bool = True) -> list[bytes]:
    """Events as they travel, with the comment that OpenRouter sends between them."""
    sent = [f": PROCESSING\n\ndata: {json.dumps(each)}\n\n".encode() for each in said]
    return [*sent, b"data: [DONE]\n\n"] if done else sent


class Travelling(httpx2.AsyncByteStream):
    """A body that arrives in chunks and may break on the way; tells whether it was closed."""

    def __init__(
        self, chunks: list[bytes], *, then: Exception | None = None, wait_s: float = 0
    ) -> None:
        self.chunks, self.then, self.wait_s = chunks, then, wait_s
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
        await asyncio.sleep(self.wait_s)
        if self.then is not None:
            raise self.then

    async def aclose(self) -> None:
        self.is_closed = True


def streaming(body: Travelling | list[bytes]) -> httpx2.Response:
    """A response of events."""
    stream = body if isinstance(body, Travelling) else Travelling(body)
    return httpx2.Response(200, stream=stream, headers={"content-type": "text/event-stream"})


def events(*said: Said, done: bool = True) -> Answering:
    """The same stream to every call."""
    return lambda _body: streaming(lines(list(said), done=done))


def always(answer: Said, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> Answering:
    """The same answer to every call."""
    return lambda _body: httpx2.Response(status, json=answer, headers=headers)


def obliging(body: Said) -> httpx2.Response:
    """A server in good order: schemas are met, limits are kept, long prompts refused."""
    prompt = json.dumps(body["messages"])
    if len(prompt) > 2000:
        error = {"message": "This model's maximum context length is 500 tokens.", "code": 400}
        return httpx2.Response(400, json={"error": error})
    text, reason = _answer(body), "stop"
    words = text.split(" ")
    limit = body.get("max_tokens", body.get("max_completion_tokens"))
    assert isinstance(limit, int)
    if len(words) > limit:
        text, reason, words = " ".join(words[:limit]), "length", words[:limit]
    spent: Said = {"prompt_tokens": len(prompt.split()), "completion_tokens": len(words)}
    if body.get("stream"):
        return streaming(lines(pieces(text, reason, spent)))
    return httpx2.Response(200, json=completion(text, reason, usage=spent))


def _answer(body: Said) -> str:
    asked = body.get("response_format")
    form = asked.get("json_schema") if is_schema(asked) else None
    schema = form.get("schema") if is_schema(form) else None
    return json.dumps(example(schema, 1)) if is_schema(schema) else TEXT


def embedding(body: Said) -> httpx2.Response:
    """A server in good order that makes vectors of three numbers, and gives them out of order."""
    texts, wanted = body["input"], body.get("dimensions", 3)
    assert is_list(texts)
    if wanted != 3:
        error = {"message": f"This model does not make {wanted} dimensions.", "code": None}
        return httpx2.Response(400, json={"error": error})
    data = [
        {"index": at, "embedding": [len(str(text)), ord(str(text)[-1]) / 256, 0.5]}
        for at, text in enumerate(texts)
    ]
    spent = {"prompt_tokens": 2 * len(texts), "total_tokens": 2 * len(texts)}
    return httpx2.Response(200, json={"model": "tiny", "data": data[::-1], "usage": spent})


async def slowly(request: httpx2.Request) -> httpx2.Response:
    """A server that never comes to its answer."""
    await asyncio.sleep(30)
    return obliging(json.loads(request.content))
