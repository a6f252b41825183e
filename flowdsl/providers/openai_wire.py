"""The way to a server of the OpenAI protocol: connections, deadlines, bodies and event streams.

Event streams are read by the HTTP client's own reader (`httpx2.EventSource`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from flowdsl.errors import ProviderError
from flowdsl.providers.faults import transport_fault
from flowdsl.providers.json_schema import is_schema
from flowdsl.providers.openai_faults import Fault, fault_in, told, unreachable
from flowdsl.providers.openai_hosts import Host

if TYPE_CHECKING:
    import httpx2

Said: TypeAlias = Mapping[str, object]

TIMEOUT_S = 600.0
"""Seconds for an attempt that sets no limit of its own."""
_CONNECT_S = 10.0
_LINGER_S = 0.2
_CONNECTIONS = 1000
_IDLE_CONNECTIONS = 100
_DONE = "[DONE]"
_EVENTS = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Piece:
    """An object that a server sent: a whole body, or an event of a stream."""

    said: Said
    headers: Mapping[str, str]
    is_whole: bool


class Wire:
    """Calls one server; connections are kept, in each event loop its own.

    Args:
        host: The server.
        api_key: Sent as a bearer token; `None` sends none.
        client: Used in place of an own one, and never closed.
    """

    def __init__(self, host: Host, api_key: str | None, client: httpx2.AsyncClient | None) -> None:
        self._host = host
        self._api_key = (api_key or "").strip()
        self._given = client
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = (
            WeakKeyDictionary()
        )

    async def post(self, path: str, body: Said, *, model: str, timeout_s: float | None) -> Piece:
        """The object that answers a body.

        Raises:
            ProviderError: Nobody answered in time, or no object without an error in it.
        """
        async with self._sent(path, body, timeout_s) as (response, until):
            return await self._whole(response, until, model)

    async def stream(
        self, path: str, body: Said, *, model: str, timeout_s: float | None
    ) -> AsyncGenerator[Piece, None]:
        """The objects of a stream of events, or the one of a server that streams nothing.

        The end of the stream is the end; whether the answer is complete is for the reader to see. An
        error inside the stream is given as a piece, since what came before may be billed.

        Raises:
            ProviderError: Nobody answered in time, or nothing that can be read.
        """
        async with self._sent(path, body, timeout_s) as (response, until):
            if response.status_code >= 400 or _media_type(response) != _EVENTS:
                yield await self._whole(response, until, model)
                return
            async with _events(response) as events:
                while True:
                    async with asyncio.timeout_at(until):
                        event = await anext(events, None)
                    if event is None:
                        return
                    if event.data.strip() == _DONE:
                        await _drain(events)
                        return
                    if event.data.strip():
                        yield Piece(self._event(event), response.headers, is_whole=False)

    def error(
        self, fault: Fault, model: str, headers: Mapping[str, str], billed: Mapping[str, int]
    ) -> ProviderError:
        """A fault that the server told of, as the error to raise."""
        words = self._without_key(fault.words)
        return told(replace(fault, words=words), self._host, model, headers=headers, billed=billed)

    async def aclose(self) -> None:
        """Close this loop's connections; those of loops that have ended are forgotten."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        self._clients.clear()
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _sent(
        self, path: str, body: Said, timeout_s: float | None
    ) -> AsyncGenerator[tuple[httpx2.Response, float], None]:
        """A response whose body is still to be read, and when its time is up; closed at the end."""
        import httpx2

        limit_s = TIMEOUT_S if timeout_s is None else timeout_s
        until = asyncio.get_running_loop().time() + limit_s
        client = self._client()
        try:
            request = client.build_request(
                "POST",
                f"{self._host.url}{path}",
                content=_written(body),
                headers=self._headers(),
                timeout=httpx2.Timeout(limit_s, connect=min(limit_s, _CONNECT_S)),
            )
            async with asyncio.timeout_at(until):
                response = await client.send(request, stream=True)
            try:
                yield response, until
            finally:
                await response.aclose()
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as problem:
            raise ProviderError(
                "bad_request",
                f"{self._host.shown} is no address of a server ({problem}).",
                help="give one such as http://localhost:11434/v1.",
            ) from problem
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as problem:
            raise unreachable(self._host, str(problem) or type(problem).__name__) from problem
        except (httpx2.RequestError, TimeoutError) as problem:
            raise self._broken(problem, limit_s) from problem

    def _broken(self, problem: Exception, limit_s: float) -> ProviderError:
        fault = transport_fault(problem)
        if fault is None:
            return ProviderError(
                "malformed", f"{self._host.shown} sent what can't be read: {problem}"
            )
        if fault.kind == "timeout":
            return ProviderError(
                "timeout",
                f"{self._host.shown} gave no whole answer within {limit_s:g} s.",
                help="allow more time, or ask for a shorter answer.",
            )
        return ProviderError(fault.kind, f"{self._host.shown}: {self._without_key(fault.message)}")

    async def _whole(self, response: httpx2.Response, until: float, model: str) -> Piece:
        async with asyncio.timeout_at(until):
            content = await response.aread()
        if response.status_code < 300:
            return Piece(self._object(content), response.headers, is_whole=True)
        status = response.status_code
        fault = fault_in(_parsed(content), status) or Fault(_readable(response), status=status)
        raise self.error(fault, model, response.headers, {})

    def _event(self, event: httpx2.ServerSentEvent) -> Said:
        if event.event != "error":
            return self._object(event.data.encode())
        said = _parsed(event.data.encode())
        inner = said.get("error") if is_schema(said) else None
        return {"error": inner or said or event.data}

    def _object(self, content: bytes) -> Said:
        said = _parsed(content)
        if not is_schema(said):
            begin = " ".join(content[:80].decode(errors="replace").split())
            raise ProviderError(
                "malformed",
                f"{self._host.shown} sent no JSON object but: {begin or 'nothing'}",
                help="look whether the address is the one of the API (mostly …/v1).",
            )
        return said

    def _headers(self) -> dict[str, str]:
        own = {"Content-Type": "application/json"}
        if not self._api_key:
            return own
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise ProviderError(
                "authentication",
                f"the key for {self._host.shown} holds characters that no key has.",
                help="set OPENAI_API_KEY or run `flowdsl login openai` again, and paste the key alone.",
            )
        return {**own, "Authorization": f"Bearer {self._api_key}"}

    def _without_key(self, words: str) -> str:
        return words.replace(self._api_key, "…") if self._api_key else words

    def _client(self) -> httpx2.AsyncClient:
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = self._new_client()
        return self._clients[loop]

    def _new_client(self) -> httpx2.AsyncClient:
        import httpx2

        return httpx2.AsyncClient(
            timeout=TIMEOUT_S,
            limits=httpx2.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_IDLE_CONNECTIONS
            ),
            # The way to this machine never leads through a proxy, whatever the environment names.
            trust_env=not self._host.is_here,
        )


@asynccontextmanager
async def _events(
    response: httpx2.Response,
) -> AsyncGenerator[AsyncIterator[httpx2.ServerSentEvent], None]:
    import httpx2

    events = aiter(httpx2.EventSource(response, max_event_size=None))
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()


async def _drain(events: AsyncIterator[httpx2.ServerSentEvent]) -> None:
    """Read what follows the last event, mostly nothing: a connection read to its end can be used again."""
    import httpx2

    with suppress(TimeoutError, httpx2.RequestError):
        async with asyncio.timeout(_LINGER_S):
            async for _ in events:
                pass


def _media_type(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _written(body: Said) -> bytes:
    import orjson

    try:
        return orjson.dumps(body, default=dict)
    except TypeError as problem:
        raise ProviderError(
            "bad_request",
            f"the request can't be written as JSON: {problem}",
            help="look for half characters (surrogates) in its texts, and for numbers of more than 64 bits.",
        ) from problem


def _parsed(content: bytes) -> object:
    import orjson

    try:
        parsed: object = orjson.loads(content)
    except ValueError:
        return None
    return parsed


def _readable(response: httpx2.Response) -> str:
    """A body that is no JSON; of a page nobody wants to read the tags."""
    text = response.text
    return "a page in place of an answer" if text.lstrip().startswith("<") else text
