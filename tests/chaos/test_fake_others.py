"""Our own fakes of the Gemini API and of an OpenAI-compatible server do what they say; streams on loopback break as told."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Protocol

import anthropic
import httpx2
import jsonschema
import pytest
from google import genai
from google.genai import errors
from google.genai.types import (
    CountTokensResponse,
    EmbedContentResponse,
    GenerateContentConfig,
    GenerateContentResponse,
    HttpOptions,
    ThinkingConfig,
)

from tests.fakes.faults import Fault, FaultKind
from tests.fakes.house import House
from tests.fakes.server import Served, serving
from tests.fakes.words import Line

MODEL = "gemini-3.8-flash"


@pytest.fixture(scope="module")
def whole_server() -> Generator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def server(whole_server: Served) -> Served:
    whole_server.house.clear()
    return whole_server


class Models(Protocol):
    """The SDK's own calls, by the types that are used here."""

    async def generate_content(
        self, *, model: str, contents: str | list[str], config: GenerateContentConfig | None = None
    ) -> GenerateContentResponse: ...

    async def generate_content_stream(
        self, *, model: str, contents: str
    ) -> AsyncIterator[GenerateContentResponse]: ...

    async def count_tokens(self, *, model: str, contents: str) -> CountTokensResponse: ...

    async def embed_content(self, *, model: str, contents: list[str]) -> EmbedContentResponse: ...


@asynccontextmanager
async def gemini(server: Served) -> AsyncGenerator[Models]:
    options = HttpOptions(base_url=server.gemini, timeout=10_000)
    async with genai.Client(api_key="k", http_options=options).aio as client:
        yield client.models


async def test_gemini_answers_by_the_schema_and_counts_thoughts_apart(server: Served) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 7}}}
    config = GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=schema
    )

    async with gemini(server) as client:
        got = await client.generate_content(model=MODEL, contents="Hello.", config=config)

    jsonschema.validate(json.loads(got.text or ""), schema)
    told = got.usage_metadata
    assert told is not None
    assert told.thoughts_token_count
    assert told.candidates_token_count
    billed = server.house.ledger.total
    assert billed.input_tokens == told.prompt_token_count
    assert billed.output_tokens == told.candidates_token_count + told.thoughts_token_count


async def test_gemini_streams_the_same_answer(server: Served) -> None:
    async with gemini(server) as client:
        whole = await client.generate_content(model=MODEL, contents="Hello.")
        pieces = [
            chunk
            async for chunk in await client.generate_content_stream(model=MODEL, contents="Hello.")
        ]

    assert len(pieces) > 3
    assert "".join(piece.text or "" for piece in pieces) == whole.text
    assert pieces[-1].usage_metadata == whole.usage_metadata


async def test_gemini_blocks_a_prompt_without_a_candidate(server: Served) -> None:
    server.house.lines.append(Line(blocked=True))

    async with gemini(server) as client:
        got = await client.generate_content(model=MODEL, contents="Hello.")

    assert got.candidates is None
    assert got.prompt_feedback is not None
    assert server.house.ledger.of("refused")[0].billed.input_tokens > 0


async def test_gemini_does_not_think_with_a_budget_of_nothing_and_cuts_at_the_end(
    server: Served,
) -> None:
    thinking = ThinkingConfig(thinking_budget=0)
    config = GenerateContentConfig(thinking_config=thinking, max_output_tokens=3)

    async with gemini(server) as client:
        got = await client.generate_content(model=MODEL, contents="Hello.", config=config)

    assert got.candidates is not None
    assert got.candidates[0].finish_reason == "MAX_TOKENS"
    assert server.house.ledger.total.output_tokens == 3
    assert server.house.ledger.total.thinking_tokens == 0


async def test_gemini_keeps_long_beginnings_by_itself(server: Served) -> None:
    long = "x" * 4 * 7000

    async with gemini(server) as client:
        first = await client.generate_content(model=MODEL, contents=[long, "One."])
        second = await client.generate_content(model=MODEL, contents=[long, "Two."])

    assert first.usage_metadata is not None
    assert second.usage_metadata is not None
    assert first.usage_metadata.cached_content_token_count is None
    assert second.usage_metadata.cached_content_token_count == 7000


async def test_gemini_counts_and_embeds(server: Served) -> None:
    async with gemini(server) as client:
        counted = await client.count_tokens(model=MODEL, contents="x" * 40)
        vectors = await client.embed_content(model="gemini-embedding-001", contents=["one", "two"])

    assert counted.total_tokens == 11
    assert [len(each.values or []) for each in vectors.embeddings or []] == [16, 16]


@pytest.mark.parametrize(("model", "status"), [("gemini-flash-latest", 404), ("gemini-none", 404)])
async def test_gemini_knows_only_its_models(server: Served, model: str, status: int) -> None:
    async with gemini(server) as client:
        with pytest.raises(errors.APIError) as caught:
            await client.generate_content(model=model, contents="Hello.")

    assert caught.value.code == status


async def test_a_wrong_key_of_gemini_is_a_400_with_its_reason(server: Served) -> None:
    server.house.keys = frozenset({"other"})
    try:
        async with gemini(server) as client:
            with pytest.raises(errors.APIError) as caught:
                await client.generate_content(model=MODEL, contents="Hello.")
    finally:
        server.house.keys = None

    assert caught.value.code == 400
    assert "API_KEY_INVALID" in str(caught.value)


# -- OpenAI-compatible


async def chat(server: Served, **fields: object) -> httpx2.Response:
    body = {"model": "fake-small", "messages": [{"role": "user", "content": "Hello."}], **fields}
    async with httpx2.AsyncClient() as http:
        return await http.post(f"{server.openai}/chat/completions", json=body)


async def test_chat_answers_whole_and_in_pieces_alike(server: Served) -> None:
    whole = (await chat(server)).json()["choices"][0]["message"]["content"]

    lines = (await chat(server, stream=True)).text.split("\n\n")

    chunks = [
        json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")
    ]
    pieces = [
        chunk["choices"][0]["delta"].get("content", "") for chunk in chunks if chunk["choices"]
    ]
    assert "".join(pieces) == whole
    assert chunks[-1]["usage"]["total_tokens"] > 0
    assert lines[-2] == "data: [DONE]"


async def test_chat_is_cut_at_its_limit(server: Served) -> None:
    got = (await chat(server, max_tokens=3)).json()

    assert got["choices"][0]["finish_reason"] == "length"
    assert server.house.ledger.total.output_tokens == 3


# -- broken streams, as the SDK meets them (PROVIDERS B.4)


async def stop_reason(server: Served) -> object:
    """Of a streamed message, however it came."""
    client = anthropic.AsyncAnthropic(
        api_key="k", base_url=server.anthropic, max_retries=0, timeout=0.3
    )
    async with (
        client,
        client.messages.stream(
            model="claude-opus-5-5",
            max_tokens=2000,
            messages=[{"role": "user", "content": "Hello."}],
        ) as arriving,
    ):
        return (await arriving.get_final_message()).stop_reason


async def test_a_truncated_stream_has_no_reason_why_it_ended(server: Served) -> None:
    server.house.faults.add(Fault(kind="truncate", after_events=6))

    assert await stop_reason(server) is None
    (entry,) = server.house.ledger.of("cut")
    assert 0 < entry.billed.output_tokens < 25
    assert await stop_reason(server) == "end_turn"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("drop", httpx2.RemoteProtocolError),
        ("stall", httpx2.ReadTimeout),
        ("broken_chunk", json.JSONDecodeError),
        ("error_event", anthropic.APIStatusError),
        ("no_start", AssertionError),
    ],
)
async def test_a_broken_stream_raises_what_the_notes_say(
    server: Served, kind: FaultKind, error: type[Exception]
) -> None:
    server.house.faults.add(Fault(kind=kind, status=529, seconds=1))

    with pytest.raises(error):
        await stop_reason(server)


async def test_a_fault_of_streams_waits_for_a_stream() -> None:
    house = House()
    house.faults.add(Fault(kind="truncate"))

    assert house.faults.next_for("openai", is_stream=False) is None
    assert house.faults.next_for("openai", is_stream=True) is not None
    assert house.faults.next_for("openai", is_stream=True) is None


async def test_a_share_of_faults_is_the_same_each_time() -> None:
    def met() -> list[bool]:
        house = House()
        house.faults.add(Fault(kind="html", share=0.3, times=None))
        return [house.faults.next_for("x", is_stream=False) is not None for _ in range(200)]

    assert met() == met()
    assert 40 < sum(met()) < 80
