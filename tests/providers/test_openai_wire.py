"""Real sockets: connections are used again, given back and closed; nobody at home is told with the cure."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from flowdsl.errors import ProviderError
from flowdsl.providers.base import Request
from flowdsl.providers.openai import OpenAIProvider
from tests.providers.contract import ask, fault, streamed
from tests.providers.openai_double import TEXT, Said, completion, lines, pieces

QUESTION = ask("Hello?", model="tiny")
Writing = Callable[[asyncio.StreamWriter, Said], Awaitable[None]]


class Loopback:
    """A server on a loopback port; counts connections and calls."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self.connections = 0
        self.calls = 0
        self.closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                body = json.loads(await reader.readexactly(size))
                self.calls += 1
                await self.writing(writer, body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.closed.set()


@asynccontextmanager
async def _loopback(writing: Writing) -> AsyncGenerator[tuple[Loopback, str], None]:
    server = Loopback(writing)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    async with listening:
        yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)


async def _answer(writer: asyncio.StreamWriter, body: Said) -> None:
    if body.get("stream"):
        writer.write(STREAM_HEAD + b"".join(map(_chunk, lines(pieces()))) + b"0\r\n\r\n")
        return
    whole = json.dumps(completion()).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(whole)}"
    writer.write(head.encode() + b"\r\n\r\n" + whole)


async def test_one_connection_serves_call_after_call_streams_included() -> None:
    async with _loopback(_answer) as (server, url):
        provider = OpenAIProvider(api_key=None, base_url=url)
        for _ in range(3):
            assert (await provider.complete(QUESTION)).text == TEXT
            assert (await streamed(provider, QUESTION))[0] == TEXT
        await provider.aclose()
        await server.closed.wait()

    assert (server.calls, server.connections) == (6, 1)


async def test_a_provider_that_was_closed_can_be_used_again() -> None:
    async with _loopback(_answer) as (server, url):
        provider = OpenAIProvider(api_key=None, base_url=url)
        await provider.complete(QUESTION)
        await provider.aclose()
        await provider.complete(QUESTION)
        await provider.aclose()

    assert server.connections == 2


def test_each_event_loop_has_its_own_connections() -> None:
    provider = OpenAIProvider(api_key=None, base_url="http://127.0.0.1:1/v1")

    async def once() -> str:
        async with _loopback(_answer) as (_, url):
            nonlocal provider
            provider = OpenAIProvider(api_key=None, base_url=url)
            text = (await provider.complete(QUESTION)).text
            await provider.aclose()
            return text

    assert asyncio.run(once()) == asyncio.run(once()) == TEXT


async def test_a_stream_left_early_closes_its_connection() -> None:
    async def endless(writer: asyncio.StreamWriter, _body: Said) -> None:
        writer.write(STREAM_HEAD)
        while not writer.is_closing():
            writer.write(_chunk(lines(pieces())[1]))
            await writer.drain()
            await asyncio.sleep(0.01)

    async with _loopback(endless) as (server, url):
        provider = OpenAIProvider(api_key=None, base_url=url)
        async with aclosing(provider.stream(QUESTION)) as arriving:
            await anext(arriving)
        await server.closed.wait()
        await provider.aclose()


@pytest.mark.parametrize("is_stream", [False, True])
async def test_a_connection_that_is_dropped_midway_is_told(*, is_stream: bool) -> None:
    async def drop(writer: asyncio.StreamWriter, _body: Said) -> None:
        writer.write(STREAM_HEAD + _chunk(lines(pieces())[1]))
        await writer.drain()
        writer.close()

    async with _loopback(drop) as (_, url):
        provider = OpenAIProvider(api_key=None, base_url=url)
        error = await _fault(provider, QUESTION, is_stream=is_stream)
        await provider.aclose()

    assert error.kind == "unreachable"
    assert url in error.message


async def _fault(provider: OpenAIProvider, request: Request, *, is_stream: bool) -> ProviderError:
    if not is_stream:
        return await fault(provider, request)
    with pytest.raises(ProviderError) as caught:
        await streamed(provider, request)
    return caught.value


async def test_nobody_at_home_is_told_with_the_way_to_start_the_server() -> None:
    async with _loopback(_answer) as (_, url):
        pass
    provider = OpenAIProvider(api_key=None, base_url=url)

    error = await fault(provider, QUESTION)
    await provider.aclose()

    assert error.kind == "unreachable"
    assert error.message.startswith(f"there is no connection to {url}: ")
    assert "`ollama serve`" in error.help


@pytest.mark.parametrize("address", ["ftp://example.com/v1", "http://[::1/v1", "http:///v1"])
async def test_what_is_no_address_is_told(address: str) -> None:
    error = await fault(OpenAIProvider(api_key=None, base_url=address), QUESTION)

    assert error.kind == "bad_request"
    assert f"{address} is no address of a server" in error.message


async def test_no_proxy_stands_between_this_machine_and_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with _loopback(_answer) as (_, url):
        provider = OpenAIProvider(api_key=None, base_url=url)
        reply = await provider.complete(QUESTION)
        await provider.aclose()

    assert reply.text == TEXT
