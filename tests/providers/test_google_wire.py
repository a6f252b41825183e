"""The way to Google: deadlines, addresses, keys, broken answers, streams that close."""

import asyncio
import json
import threading
from contextlib import aclosing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import httpx2
import pytest

from flowdsl.errors import ProviderError
from flowdsl.providers.base import Delta, Reply
from flowdsl.providers.google import GoogleProvider
from flowdsl.providers.google_wire import TIMEOUT_S, Wire
from tests.providers.contract import ask, fault, streamed
from tests.providers.google_double import (
    KEY,
    MODEL,
    TEXT,
    Double,
    Travelling,
    always,
    answer,
    events,
    gives,
    google_error,
    is_streamed,
    never,
    pieces,
    streaming,
)

ASKED = ask("Say hello.", model=MODEL)
GOOGLE = f"https://generativelanguage.googleapis.com/v1/models/{MODEL}"


async def stream_fault(double: Double) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await streamed(double.provider(), ASKED)
    return caught.value


async def test_google_is_called_at_its_own_address_with_the_key_in_a_header() -> None:
    double = Double(always(answer()))

    await double.provider(key=f" {KEY}\n").complete(ASKED)
    await streamed(double.provider(), ASKED)

    whole, parts = double.requests
    assert str(whole.url) == f"{GOOGLE}:generateContent"
    assert str(parts.url) == f"{GOOGLE}:streamGenerateContent?alt=sse"
    assert whole.headers["x-goog-api-key"] == parts.headers["x-goog-api-key"] == KEY


@pytest.mark.parametrize(
    ("base_url", "start"),
    [
        ("http://localhost:8101/gemini", "http://localhost:8101/gemini/v1/models/"),
        ("http://localhost:8101/gemini/", "http://localhost:8101/gemini/v1/models/"),
        ("http://localhost:8101/gemini/v1beta", "http://localhost:8101/gemini/v1beta/models/"),
        ("http://localhost:8101/v1alpha/", "http://localhost:8101/v1alpha/models/"),
    ],
)
async def test_an_address_may_name_the_version_of_the_api(base_url: str, start: str) -> None:
    double = Double(always(answer()))

    await double.provider(base_url).complete(ASKED)

    assert str(double.requests[0].url).startswith(start)


async def test_the_sdks_variables_count_where_no_address_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v1beta")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://localhost:8101/gemini")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    double = Double(always(answer()))

    await double.provider().complete(ASKED)

    assert str(double.requests[0].url).startswith("http://localhost:8101/gemini/v1beta/models/")


async def test_no_call_goes_out_without_a_deadline() -> None:
    double = Double(always(answer()))
    provider = double.provider()

    await provider.complete(ASKED)
    await provider.complete(replace(ASKED, timeout_s=2.5))
    await streamed(provider, replace(ASKED, timeout_s=2.5))

    limits = [request.extensions["timeout"]["read"] for request in double.requests]
    assert limits == [TIMEOUT_S, 2.5, 2.5]
    assert Wire(KEY, None, None).options(None).timeout == 600_000
    assert Wire(KEY, None, None).options(0.0001).timeout == 1


async def test_a_fault_is_called_once_only() -> None:
    double = Double(always(google_error(503, "UNAVAILABLE", "Busy."), 503))

    await fault(double.provider(), ASKED)

    assert len(double.requests) == 1


async def test_an_answer_that_goes_on_takes_no_further_call() -> None:
    said = answer("Once", "CONTINUATION")
    said["candidates"] = [{"finishReason": "CONTINUATION", "continuationToken": "eA=="}]
    double = Double(always(said))

    assert (await fault(double.provider(), ASKED)).kind == "truncated"
    assert (await stream_fault(double)).kind == "truncated"
    assert len(double.requests) == 2


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx2.ConnectError("refused"), "unreachable"),
        (httpx2.RemoteProtocolError("gone"), "unreachable"),
        (httpx2.ReadTimeout("late"), "timeout"),
        (httpx2.DecodingError("not gzip"), "malformed"),
    ],
)
async def test_what_happens_on_the_way_is_told(raised: Exception, kind: str) -> None:
    def answering(*_: object) -> httpx2.Response:
        raise raised

    error = await fault(Double(answering).provider(), ASKED)

    assert error.kind == kind
    assert error.__cause__ is raised


async def test_time_that_runs_out_in_a_stream_is_told() -> None:
    body = Travelling(events(pieces())[:2], wait_s=30)
    provider = gives(lambda: streaming(body)).provider()
    arriving = provider.stream(replace(ASKED, timeout_s=0.2))
    assert [await anext(arriving), await anext(arriving)] == [Delta("Hello"), Delta(" ")]

    with pytest.raises(ProviderError, match="no answer came in time") as caught:
        await anext(arriving)

    assert caught.value.kind == "timeout"
    assert "more time" in caught.value.help
    assert body.is_closed


@pytest.mark.parametrize("page", ["<html>Please log in</html>", "[]", '"hello"', "3", "{]", "\x00"])
async def test_a_success_that_is_no_answer_is_malformed(page: str) -> None:
    double = gives(lambda: httpx2.Response(200, content=page.encode()))

    assert (await fault(double.provider(), ASKED)).kind == "malformed"


@pytest.mark.parametrize("page", ["<html>Please log in</html>", "hello", "{]"])
async def test_a_page_in_place_of_a_stream_is_malformed(page: str) -> None:
    double = gives(lambda: httpx2.Response(200, content=page.encode()))

    assert (await stream_fault(double)).kind == "malformed"


@pytest.mark.parametrize("body", [b"", b"{}", b'{"candidates": []}'])
async def test_an_empty_success_is_no_answer(body: bytes) -> None:
    double = gives(lambda: httpx2.Response(200, content=body))

    assert (await fault(double.provider(), ASKED)).kind == "malformed"
    assert (await stream_fault(double)).kind == "truncated"


async def test_a_broken_piece_is_malformed_and_the_tokens_before_it_are_billed() -> None:
    double = gives(lambda: streaming([*events(pieces())[:2], b'data: {"candidates": [{"con\n\n']))

    error = await stream_fault(double)

    assert (error.kind, error.billed) == ("malformed", {"input_tokens": 12})
    assert "candidates" not in error.message


async def test_a_stream_that_ends_early_is_truncated_and_billed() -> None:
    double = gives(lambda: streaming(events(pieces())[:-1]))

    error = await stream_fault(double)

    assert (error.kind, error.billed) == ("truncated", {"input_tokens": 12})


async def test_a_connection_that_drops_is_unreachable_and_billed() -> None:
    body = Travelling(events(pieces())[:2], then=httpx2.RemoteProtocolError("peer closed"))

    error = await stream_fault(gives(lambda: streaming(body)))

    assert (error.kind, error.billed) == ("unreachable", {"input_tokens": 12})
    assert body.is_closed


@pytest.mark.parametrize(
    "said", [{"error": "boom"}, {"error": {"message": "boom"}}, {"candidates": 3}]
)
async def test_a_piece_that_the_sdk_stumbles_over_is_malformed(said: object) -> None:
    double = gives(lambda: streaming([f"data: {json.dumps(said)}\n\n".encode()]))

    assert (await stream_fault(double)).kind == "malformed"


async def test_a_stream_left_early_closes_its_connection() -> None:
    body = Travelling(events(pieces()))
    provider = gives(lambda: streaming(body)).provider()

    async with aclosing(provider.stream(ASKED)) as arriving:
        assert await anext(arriving) == Delta("Hello")
        assert not body.is_closed

    assert body.is_closed


async def test_a_stream_that_is_cancelled_closes_its_connection() -> None:
    body = Travelling(events(pieces())[:1], wait_s=30)
    provider = gives(lambda: streaming(body)).provider()
    has_begun = asyncio.Event()

    async def read() -> None:
        async with aclosing(provider.stream(ASKED)) as arriving:
            async for _ in arriving:
                has_begun.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(read())
        await has_begun.wait()
        task.cancel()

    assert body.is_closed


async def test_a_stream_read_to_its_end_is_closed() -> None:
    body = Travelling(events(pieces()))

    _, reply = await streamed(gives(lambda: streaming(body)).provider(), ASKED)

    assert isinstance(reply, Reply)
    assert body.is_closed


async def test_streams_at_once_close_only_their_own_connections() -> None:
    bodies = [Travelling(events(pieces())) for _ in range(2)]
    waiting = list(bodies)
    provider = gives(lambda: streaming(waiting.pop(0))).provider()

    async with aclosing(provider.stream(ASKED)) as first:
        await anext(first)
        async with aclosing(provider.stream(ASKED)) as second:
            await anext(second)
        assert [each.is_closed for each in bodies] == [False, True]
        rest = [item async for item in first]

    assert isinstance(rest[-1], Reply)


async def test_a_call_begun_beside_a_stream_outlives_it() -> None:
    whole = Travelling([json.dumps(answer()).encode()], wait_s=0.1)
    double = Double(
        lambda request, _body: (
            streaming(events(pieces()))
            if is_streamed(request)
            else httpx2.Response(200, stream=whole)
        )
    )
    provider = double.provider()

    async with asyncio.TaskGroup() as group:
        async with aclosing(provider.stream(ASKED)) as arriving:
            await anext(arriving)
            task = group.create_task(provider.complete(ASKED))
            await whole.has_begun.wait()
        assert not whole.is_closed

    assert task.result().text == TEXT


@pytest.mark.parametrize("key", [None, "", "  "])
async def test_without_a_key_nothing_is_sent(key: str | None) -> None:
    double = Double(always(answer()))
    provider = double.provider(key=key)

    error = await fault(provider, ASKED)

    assert error.kind == "authentication"
    assert "GEMINI_API_KEY" in error.message
    assert not double.requests


async def test_a_key_of_strange_characters_is_not_sent() -> None:
    double = Double(always(answer()))

    error = await fault(double.provider(key="“AIza”"), ASKED)

    assert error.kind == "authentication"
    assert "paste the key alone" in error.help
    assert not double.requests


async def test_the_key_is_never_repeated() -> None:
    words = "The key planted-secret was reported as leaked."
    double = Double(always(google_error(403, "PERMISSION_DENIED", words), 403))

    error = await fault(double.provider(key="planted-secret"), ASKED)

    assert "planted" not in error.message
    assert "The key … was reported" in error.message


@pytest.mark.parametrize("base_url", ["ftp://localhost/v1", "localhost:8101/gemini", "http://[::1"])
async def test_an_address_that_is_none_is_told(base_url: str) -> None:
    provider = GoogleProvider(api_key=KEY, base_url=base_url)

    error = await fault(provider, ASKED)
    await provider.aclose()

    assert error.kind == "bad_request"
    assert f"{base_url.removesuffix('/v1')} is no address of a server" in error.message


async def test_a_hook_is_set_once_on_a_client_that_is_shared() -> None:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(Double(always(answer()))))

    for _ in range(3):
        GoogleProvider(api_key=KEY, http_client=client)

    assert len(client.event_hooks["response"]) == 1


async def test_a_client_that_was_given_stays_open() -> None:
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(Double(always(answer()))))
    provider = GoogleProvider(api_key=KEY, http_client=client)
    await provider.complete(ASKED)

    await provider.aclose()

    assert not client.is_closed


class _Serving(BaseHTTPRequestHandler):
    """A server that keeps its connections and counts them."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[object]] = []

    def setup(self) -> None:
        self.connections.append(self.client_address)
        super().setup()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(answer()).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def test_connections_are_kept_in_a_loop_and_closed_in_it() -> None:
    async def twice(provider: GoogleProvider) -> list[Reply]:
        replies = [await provider.complete(ASKED) for _ in range(2)]
        await provider.aclose()
        await provider.aclose()
        return replies

    with ThreadingHTTPServer(("127.0.0.1", 0), _Serving) as server:
        threading.Thread(target=server.serve_forever).start()
        provider = GoogleProvider(
            api_key=KEY, base_url=f"http://127.0.0.1:{server.server_address[1]}"
        )
        replies = [*asyncio.run(twice(provider)), *asyncio.run(twice(provider))]
        server.shutdown()

    assert len({reply.text for reply in replies}) == 1
    assert len(_Serving.connections) == 2


async def test_a_server_that_never_answers_is_left_in_time() -> None:
    assert (await fault(never(), replace(ASKED, timeout_s=0.05))).kind == "timeout"
