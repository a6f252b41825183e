"""`anthropic:`: Claude models, asked through Anthropic's own SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Tier, Usage
from flowdsl.providers.anthropic_body import Body, body_of
from flowdsl.providers.anthropic_faults import fault_of
from flowdsl.providers.anthropic_models import MODELS, capabilities_of
from flowdsl.providers.anthropic_reply import Asked, fault, reply_of
from flowdsl.providers.anthropic_schema import prepared, refusal
from flowdsl.providers.anthropic_stream import Gathered
from flowdsl.providers.base import Capabilities, Delta, Reply, Request
from flowdsl.providers.bounds import worst_case
from flowdsl.providers.json_schema import is_schema
from flowdsl.providers.keyless import no_key

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic

BASE_URL = "https://api.anthropic.com"
ATTEMPT_S = 600.0
"""Seconds for one answer where the request sets no other limit."""
LONGEST_WHOLE = 21_333
"""Tokens from whose `max_tokens` on an answer may take longer than a silent connection lives (PROVIDERS.md A.1)."""
IMAGE_TOKENS = 5_000
"""Bound of what one image counts; the newest models read up to about 4,800 tokens from a large one."""
_CONNECT_S = 10.0
_MOST_SCHEMAS = 256
_MESSAGES, _COUNTING = "/v1/messages", "/v1/messages/count_tokens"

_Fields = dict[str, object]


class AnthropicProvider:
    """Asks Claude models; retries are not its business, so the SDK's own are off.

    Structured answers are asked for by the API's `output_config.format`, never by a forced tool. What a model
    refuses (a temperature, a way of thinking) is left out and told in `Reply.notes`. Works in any event loop,
    one after another or several at once; each has a client of its own, which `aclose` closes.

    Args:
        api_key: `None` when there is none; then every call is an error that says how to get one.
        base_url: Address of another server that speaks the Messages API.
        http_client: Used for all calls and left open; for tests and proxies.
        timeout_s: Seconds for one answer where a request sets no other limit.
    """

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None = None,
        http_client: httpx2.AsyncClient | None = None,
        timeout_s: float = ATTEMPT_S,
    ) -> None:
        self._api_key = (api_key or "").strip()
        self._base_url = base_url or BASE_URL
        self._http_client = http_client
        self._timeout_s = timeout_s
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncAnthropic] = (
            WeakKeyDictionary()
        )
        self._schemas: dict[int, tuple[Mapping[str, object], _Fields]] = {}

    def models(self) -> tuple[ModelName, ...]:
        """None: new models answer by their names on the day they come out."""
        return ()

    def capabilities(self, model: ModelName, /) -> Capabilities | None:
        """What a model can do, from the table; `None` for models that are not in it."""
        return capabilities_of(model)

    def unready(self, model: ModelName, /) -> str | None:
        """That there is no key, or none that can be sent, with the cure."""
        if not self._api_key:
            return no_key("anthropic")
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            return (
                "the key for 'anthropic:' holds characters that no key has. run `flowdsl login anthropic` "
                "and paste it again."
            )
        if not model:
            return f"no model is named. write it behind the colon, such as anthropic:{next(iter(MODELS))}."
        return None

    def refuses(self, _model: ModelName, schema: Mapping[str, object], /) -> str | None:
        """Schemas that the API does not take: free keys, recursion, tuples, too many optional or union fields."""
        return refusal(schema)

    def cost_usd(
        self, model: ModelName, usage: Usage, tier: Tier = "standard", /
    ) -> Decimal | None:
        """Dollars of some tokens by the price table; `None` when the model has no price."""
        from flowdsl.pricing.prices import cost_of

        return cost_of("anthropic", model, usage, tier=tier)

    def worst_case(self, request: Request, /) -> Usage | None:
        """The most tokens that one attempt can be billed for; a PDF is taken to fill up the model's window."""
        can = capabilities_of(request.model)
        window = can.context_tokens if can else None
        schema = None if request.schema is None else self._schema(request.schema)
        sent = replace(request, schema=schema)
        return worst_case(sent, image_tokens=IMAGE_TOKENS, document_tokens=window)

    async def complete(self, request: Request, /) -> Reply:
        """Answer one request, whole; a very long answer is streamed on the way."""
        if request.max_tokens > LONGEST_WHOLE:
            async with aclosing(self.stream(request)) as arriving:
                items = [item async for item in arriving]
            return next(item for item in reversed(items) if isinstance(item, Reply))
        body = self._body(request)
        client = await self._client()
        message, request_id = await self._post(client, _MESSAGES, body.fields, request)
        return reply_of(message, self._asked(request, body), request_id)

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        """Answer one request piece by piece; leaving early closes the connection."""
        body = self._body(request)
        client = await self._client()
        from anthropic import AsyncStream

        gathered = Gathered()
        until = asyncio.get_running_loop().time() + self._seconds(request)
        headers: Mapping[str, str] = {}
        arriving: AsyncStream[object] | None = None
        try:
            async with asyncio.timeout_at(until):
                arriving = await client.post(
                    _MESSAGES,
                    cast_to=object,
                    body={**body.fields, "stream": True},
                    options={"timeout": self._timeout(request)},
                    stream=True,
                    stream_cls=AsyncStream[object],
                )
            headers = arriving.response.headers
            async with aclosing(_in_time(arriving, until)) as events:
                async for event in events:
                    if text := gathered.take(event):
                        yield Delta(text)
        except _expected() as error:
            raise fault_of(error, request.model, gathered.usage) from error
        finally:
            if arriving is not None:
                await arriving.close()
        request_id = headers.get("request-id", "")
        if not gathered.has_begun:
            kind = headers.get("content-type", "no content type")
            said = f"it is no message in events ({kind})"
            raise fault("malformed", said, gathered.usage, request_id)
        yield reply_of(gathered.whole(), self._asked(request, body), request_id)

    async def count_tokens(self, request: Request, /) -> int:
        """Tokens of the request's prompt, counted by the API free of charge."""
        body = self._body(request)
        not_counted = {"max_tokens", "stop_sequences"}
        fields = {name: value for name, value in body.fields.items() if name not in not_counted}
        client = await self._client()
        counted, request_id = await self._post(client, _COUNTING, fields, request)
        tokens = counted.get("input_tokens") if is_schema(counted) else None
        if not isinstance(tokens, int):
            raise fault("malformed", "it counts no tokens", None, request_id)
        return tokens

    async def aclose(self) -> None:
        """Close this event loop's client; one that was given stays open."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None and self._http_client is None:
            await client.close()

    async def _post(
        self, client: AsyncAnthropic, path: str, fields: _Fields, request: Request
    ) -> tuple[object, str]:
        """The answer's JSON, and the provider's name of the call."""
        import httpx2

        try:
            async with asyncio.timeout(self._seconds(request)):
                response = await client.post(
                    path,
                    cast_to=httpx2.Response,
                    body=fields,
                    options={"timeout": self._timeout(request)},
                )
        except _expected() as error:
            raise fault_of(error, request.model) from error
        request_id = response.headers.get("request-id", "")
        try:
            message: object = response.json()
        except ValueError as error:
            kind = response.headers.get("content-type", "no content type")
            raise fault("malformed", f"it is no JSON ({kind})", None, request_id) from error
        return message, request_id

    def _body(self, request: Request) -> Body:
        if why := self.unready(request.model):
            raise ProviderError("authentication", why)
        schema = None if request.schema is None else self._schema(request.schema)
        return body_of(request, capabilities_of(request.model), schema)

    def _schema(self, schema: Mapping[str, object]) -> _Fields:
        """The schema as the API takes it; made once, since all calls of a step share it."""
        # What is kept lives on, so that no other schema can get its id.
        if known := self._schemas.get(id(schema)):
            return known[1]
        if why := refusal(schema):
            raise ProviderError("bad_request", f"Claude models can't answer in this type: {why}")
        if len(self._schemas) >= _MOST_SCHEMAS:
            self._schemas.clear()
        self._schemas[id(schema)] = schema, (sent := prepared(schema))
        return sent

    def _asked(self, request: Request, body: Body) -> Asked:
        return Asked(request.model, body.notes, self.cost_usd)

    async def _client(self) -> AsyncAnthropic:
        """The client of this event loop; the SDK takes most of a second to import, so that happens on a thread."""
        loop = asyncio.get_running_loop()
        if (client := self._clients.get(loop)) is not None:
            return client
        await asyncio.to_thread(import_module, "anthropic")
        if loop not in self._clients:
            import anthropic

            # One of our own, since the SDK's closes itself on whatever loop runs when it is forgotten.
            self._clients[loop] = anthropic.AsyncAnthropic(
                api_key=self._api_key,
                base_url=self._base_url,
                http_client=self._http_client or anthropic.DefaultAsyncHttpxClient(),
                max_retries=0,
                timeout=self._timeout_s,
                open_telemetry=False,
            )
        return self._clients[loop]

    def _seconds(self, request: Request) -> float:
        return self._timeout_s if request.timeout_s is None else request.timeout_s

    def _timeout(self, request: Request) -> httpx2.Timeout:
        import httpx2

        seconds = self._seconds(request)
        return httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_S))


async def _in_time(arriving: AsyncIterator[object], until: float) -> AsyncGenerator[object, None]:
    """The events of a stream that come before a time of the event loop's clock.

    Raises:
        TimeoutError: One came too late.
    """
    while True:
        try:
            async with asyncio.timeout_at(until):
                event = await anext(arriving)
        except StopAsyncIteration:
            return
        yield event


def _expected() -> tuple[type[Exception], ...]:
    """What the SDK is known to raise; broken JSON and broken text are values that it can't read."""
    import anthropic
    import httpx2

    return (
        anthropic.AnthropicError,
        httpx2.HTTPError,
        httpx2.InvalidURL,
        httpx2.StreamError,
        TimeoutError,
        ValueError,
    )
