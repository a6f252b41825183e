"""The way to Google through its SDK: a client for each event loop, deadlines, faults, streams that really close."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from flowdsl.errors import ProviderError
from flowdsl.providers.faults import transport_fault
from flowdsl.providers.google_faults import api_fault
from flowdsl.providers.keyless import no_key

if TYPE_CHECKING:
    import httpx2
    from google.genai import types

TIMEOUT_S = 600.0
"""Seconds for an attempt that sets no limit of its own; the SDK by itself would wait for ever."""
_SHORTEST_KEY = 8
_CONNECTIONS = 1000
_IDLE_CONNECTIONS = 100
_VERSION = re.compile(r"(?P<root>.*?)/(?P<version>v\d+(?:alpha|beta)?\d*)/?")

_open: ContextVar[list[httpx2.Response] | None] = ContextVar("_open", default=None)
"""Where responses that begin are noted, while a stream is waited for."""


async def _note(response: httpx2.Response) -> None:
    noted = _open.get()
    if noted is not None:
        noted.append(response)


class _Models(Protocol):
    """What is used of `google.genai.Client(…).aio.models`."""

    async def generate_content(
        self,
        *,
        model: str,
        contents: list[types.ContentDict] | str,
        config: types.GenerateContentConfigDict,
    ) -> types.GenerateContentResponse: ...

    async def generate_content_stream(
        self,
        *,
        model: str,
        contents: list[types.ContentDict] | str,
        config: types.GenerateContentConfigDict,
    ) -> AsyncIterator[types.GenerateContentResponse]: ...

    async def count_tokens(
        self, *, model: str, contents: list[types.ContentDict], config: types.CountTokensConfig
    ) -> types.CountTokensResponse: ...

    async def embed_content(
        self, *, model: str, contents: list[types.ContentDict], config: types.EmbedContentConfig
    ) -> types.EmbedContentResponse: ...


class Wire:
    """Calls Gemini, always with a deadline and never twice; each event loop has connections of its own.

    Args:
        api_key: `None` refuses every call.
        base_url: Where the server is, with the version of its API behind it or without, such as
            `http://localhost:8101/gemini/v1beta`; `None` is Google, or what `GOOGLE_GEMINI_BASE_URL` names. Without
            a version in it the SDK's own counts, or what `GOOGLE_GENAI_API_VERSION` names.
        http_client: Used in place of an own one, and never closed.
    """

    def __init__(
        self, api_key: str | None, base_url: str | None, http_client: httpx2.AsyncClient | None
    ) -> None:
        self._api_key = (api_key or "").strip()
        versioned = _VERSION.fullmatch(base_url or "")
        self._base_url = versioned["root"] if versioned else base_url or None
        self._api_version = versioned["version"] if versioned else None
        self._given = http_client
        if http_client is not None:
            _watch(http_client)
        self._clients: WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[_Models, httpx2.AsyncClient]
        ] = WeakKeyDictionary()

    def options(self, timeout_s: float | None) -> types.HttpOptions:
        """What a call carries: its deadline, in ms, and nothing that would try it again."""
        from google.genai import types

        return types.HttpOptions(timeout=_ms(timeout_s))

    async def generate(
        self,
        model: str,
        contents: list[types.ContentDict] | str,
        config: types.GenerateContentConfigDict,
        timeout_s: float | None,
    ) -> types.GenerateContentResponse:
        """A whole answer.

        Raises:
            ProviderError: Nobody answered in time, or nothing that can be read.
        """
        self._limit(config, timeout_s)
        async with self._asked(model, _until(timeout_s)) as models:
            return await models.generate_content(model=model, contents=contents, config=config)

    async def stream(
        self,
        model: str,
        contents: list[types.ContentDict] | str,
        config: types.GenerateContentConfigDict,
        timeout_s: float | None,
    ) -> AsyncGenerator[types.GenerateContentResponse, None]:
        """The pieces of an answer; leaving early closes the connection.

        The end of the stream is the end; whether the answer is complete is for the reader to see.

        Raises:
            ProviderError: Nobody answered in time, or nothing that can be read.
        """
        self._limit(config, timeout_s)
        until = _until(timeout_s)
        responses: list[httpx2.Response] = []
        async with self._asked(model, until) as models:
            pieces = await models.generate_content_stream(
                model=model, contents=contents, config=config
            )
        try:
            while True:
                async with self._asked(model, until):
                    piece = await _next(pieces, responses)
                if piece is None:
                    return
                yield piece
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
            # The SDK's own generators lie in each other and leave the connection open until they are collected.
            for response in responses:
                await response.aclose()

    def _limit(self, config: types.GenerateContentConfigDict, timeout_s: float | None) -> None:
        # The client has a deadline of its own; another one costs the SDK a tenth of a call's time.
        if timeout_s not in {None, TIMEOUT_S}:
            config["http_options"] = {"timeout": _ms(timeout_s)}

    async def count(
        self, model: str, contents: list[types.ContentDict], timeout_s: float | None
    ) -> types.CountTokensResponse:
        """Tokens of a prompt, by a call that costs nothing."""
        from google.genai import types

        config = types.CountTokensConfig(http_options=self.options(timeout_s))
        async with self._asked(model, _until(timeout_s)) as models:
            return await models.count_tokens(model=model, contents=contents, config=config)

    async def embed(
        self,
        model: str,
        contents: list[types.ContentDict],
        config: types.EmbedContentConfig,
        timeout_s: float | None,
    ) -> types.EmbedContentResponse:
        """A vector for each of the contents."""
        config.http_options = self.options(timeout_s)
        async with self._asked(model, _until(timeout_s)) as models:
            return await models.embed_content(model=model, contents=contents, config=config)

    async def aclose(self) -> None:
        """Close this loop's connections; those of loops that are gone went with them."""
        held = self._clients.pop(asyncio.get_running_loop(), None)
        if held is not None and self._given is None:
            await held[1].aclose()

    @asynccontextmanager
    async def _asked(self, model: str, until: float) -> AsyncGenerator[_Models]:
        """This loop's client; whatever fails while it is used is told as a `ProviderError`."""
        client = self._client()
        try:
            async with asyncio.timeout_at(until):
                yield client
        except Exception as problem:
            raise self._fault(problem, model) from problem

    def _fault(self, problem: Exception, model: str) -> ProviderError:
        import httpx2
        from google.genai.errors import APIError

        fault = transport_fault(problem)
        if isinstance(problem, APIError):
            fault = api_fault(problem, model)
        elif isinstance(problem, httpx2.UnsupportedProtocol):
            fault = self._no_address(problem)
        elif fault is None:
            # The SDK names what it could not read in many ways: no JSON, other fields, no status.
            fault = ProviderError(
                "malformed", f"google sent what can't be read ({type(problem).__name__})."
            )
        elif fault.kind == "timeout":
            fault.help = "allow more time, or ask for a shorter answer."
        fault.message = self._without_key(fault.message)
        return fault

    def _no_address(self, problem: Exception) -> ProviderError:
        return ProviderError(
            "bad_request",
            f"{self._base_url} is no address of a server ({problem}).",
            help="give one such as http://localhost:8101/gemini/v1beta.",
        )

    def _without_key(self, words: str) -> str:
        # What is shorter is no real key, and may be a part of any word.
        return words.replace(self._api_key, "…") if len(self._api_key) >= _SHORTEST_KEY else words

    def _client(self) -> _Models:
        loop = asyncio.get_running_loop()
        held = self._clients.get(loop)
        if held is None:
            held = self._clients[loop] = self._new_client()
        return held[0]

    def _new_client(self) -> tuple[_Models, httpx2.AsyncClient]:
        import httpx2

        if not self._api_key:
            raise ProviderError("authentication", no_key("google"))
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise ProviderError(
                "authentication",
                "the key for 'google:' holds characters that no key has.",
                help="set GEMINI_API_KEY or run `flowdsl login google` again, and paste the key alone.",
            )
        try:
            httpx2.URL(self._base_url or "")
        except httpx2.InvalidURL as problem:
            raise self._no_address(problem) from problem
        http = self._given or _watch(
            httpx2.AsyncClient(
                timeout=TIMEOUT_S,
                follow_redirects=True,
                limits=httpx2.Limits(
                    max_connections=_CONNECTIONS, max_keepalive_connections=_IDLE_CONNECTIONS
                ),
            )
        )
        from google import genai

        options = self.options(None)
        options.base_url, options.api_version = self._base_url, self._api_version
        # Without a client of ours the SDK may take aiohttp, and that one repeats calls by itself.
        options.httpx_async_client = http
        client = genai.Client(api_key=self._api_key, vertexai=False, http_options=options)
        return client.aio.models, http


def _watch(client: httpx2.AsyncClient) -> httpx2.AsyncClient:
    if _note not in client.event_hooks["response"]:
        client.event_hooks["response"].append(_note)
    return client


def _ms(timeout_s: float | None) -> int:
    return max(1, round((TIMEOUT_S if timeout_s is None else timeout_s) * 1000))


def _until(timeout_s: float | None) -> float:
    return asyncio.get_running_loop().time() + (TIMEOUT_S if timeout_s is None else timeout_s)


async def _next(
    pieces: AsyncIterator[types.GenerateContentResponse], responses: list[httpx2.Response]
) -> types.GenerateContentResponse | None:
    token = _open.set(responses)
    try:
        return await anext(pieces, None)
    finally:
        _open.reset(token)
