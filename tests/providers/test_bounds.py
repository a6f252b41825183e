"""The most that one request can be billed for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message, MessagePart, TextPart
from flowdsl.providers.anthropic import AnthropicProvider
from flowdsl.providers.anthropic_schema import prepared
from flowdsl.providers.base import KnowsPrices, Request
from flowdsl.providers.bounds import FRAME_TOKENS, worst_case
from flowdsl.providers.google import GoogleProvider
from flowdsl.providers.google_schema import gemini_schema
from flowdsl.providers.openai import OpenAIProvider
from flowdsl.providers.openai_schema import strict_schema

PNG = MediaPart("image", "image/png", b"x" * 10)
PDF = MediaPart("document", "application/pdf", b"x" * 10)
NOTE = MediaPart("document", "text/plain", b"x" * 10)


def request(*parts: MessagePart, system: str = "", cache: str = "") -> Request:
    return Request(
        model=ModelName("m"),
        messages=(Message("user", parts),),
        system=system,
        max_tokens=500,
        cache="1h" if cache == "1h" else "5m" if cache else None,
    )


@given(st.text(), st.text())
def test_every_byte_of_text_may_be_a_token(system: str, text: str) -> None:
    most = worst_case(request(TextPart(text), system=system))

    assert most is not None
    assert most.input_tokens == 2 * FRAME_TOKENS + len(system.encode()) + len(text.encode())
    assert most.output_tokens == 500


def test_pictures_and_documents_have_the_bound_they_are_given() -> None:
    whole = worst_case(request(PNG, PDF, NOTE), image_tokens=1600, document_tokens=50_000)

    assert whole is not None
    assert whole.input_tokens == 5 * FRAME_TOKENS + 1600 + 50_000 + 10
    assert worst_case(request(PNG)) is None
    assert worst_case(request(PDF), image_tokens=1600) is None
    assert worst_case(request(NOTE)) is not None


def test_a_document_that_is_no_pdf_is_text_whatever_it_calls_itself() -> None:
    data = MediaPart("document", "application/json", "{}é".encode(), "a.json")
    latin = MediaPart("document", "text/plain", b"\xe9\xe9")

    most = [worst_case(request(part)) for part in (data, latin)]

    # A byte that is no UTF-8 goes out as a sign of three bytes.
    sizes = [len("{}é".encode()) + len("a.json"), 6]
    assert [each and each.input_tokens for each in most] == [3 * FRAME_TOKENS + n for n in sizes]


def test_a_prompt_that_is_kept_may_be_written_whole() -> None:
    five, hour = (worst_case(request(TextPart("abc"), cache=ttl)) for ttl in ("5m", "1h"))

    assert five is not None
    assert hour is not None
    assert (five.cache_write_tokens, five.cache_write_1h_tokens) == (five.input_tokens, 0)
    assert hour.cache_write_1h_tokens == hour.cache_write_tokens == hour.input_tokens


def test_a_schema_counts() -> None:
    plain = request(TextPart("x"))
    asked = Request(
        model=plain.model, messages=plain.messages, schema={"type": "object"}, max_tokens=500
    )
    bare, more = worst_case(plain), worst_case(asked)

    assert bare is not None
    assert more is not None
    assert more.input_tokens > bare.input_tokens + len('{"type": "object"}')


INNER: dict[str, object] = {
    "type": "object",
    "properties": {f"field_{n}": {"type": "string", "description": "long " * 20} for n in range(9)},
    "required": [f"field_{n}" for n in range(9)],
    "additionalProperties": False,
}
NESTED: dict[str, object] = {
    "type": "object",
    "properties": {
        f"part_{n}": {"$ref": "#/$defs/Inner", "description": f"part {n}"} for n in range(30)
    },
    "required": [f"part_{n}" for n in range(30)],
    "additionalProperties": False,
    "$defs": {"Inner": INNER},
}
"""References with words beside them are written out by some providers, thirty times here."""


@pytest.mark.parametrize(
    ("provider", "sent"),
    [
        (AnthropicProvider(api_key="k"), prepared(NESTED)),
        (OpenAIProvider(api_key="k", base_url=None), strict_schema(NESTED)),
        (GoogleProvider(api_key="k"), gemini_schema(NESTED)),
    ],
    ids=["anthropic", "openai", "google"],
)
def test_the_schema_counts_as_it_is_sent(
    provider: KnowsPrices, sent: dict[str, object] | None
) -> None:
    most = provider.worst_case(replace(request(TextPart("x")), schema=NESTED))

    assert most is not None
    assert sent is not None
    assert most.input_tokens >= len(json.dumps(sent))


def test_servers_that_keep_prompts_by_themselves_may_bill_them_as_written() -> None:
    most = OpenAIProvider(api_key="k", base_url=None).worst_case(request(TextPart("x")))

    assert most is not None
    assert most.cache_write_tokens == most.input_tokens
