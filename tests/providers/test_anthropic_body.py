"""Requests as bodies of the Messages API: turns, what is kept, media, and what can't be sent."""

from dataclasses import replace

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.message import MediaPart, Message, MessagePart, TextPart
from flowdsl.providers.anthropic_body import body_of, prompt_of
from flowdsl.providers.anthropic_models import capabilities_of
from flowdsl.providers.base import Request
from flowdsl.providers.json_schema import is_list, is_schema
from tests.providers.contract import ask

PLAIN = ask("Hello?", model="claude-opus-5-5", max_tokens=500)
KEPT = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


def _with(*parts: MessagePart, cache: bool = False) -> Request:
    return replace(PLAIN, messages=(Message("user", parts),), cache="1h" if cache else None)


def _content(request: Request) -> object:
    messages = prompt_of(request)["messages"]
    assert is_list(messages)
    (message,) = messages
    assert is_schema(message)
    return message["content"]


def _text(text: str, **more: object) -> dict[str, object]:
    return {"type": "text", "text": text, **more}


def test_a_plain_request_is_model_tokens_and_turns() -> None:
    turns = (*PLAIN.messages, Message("assistant", (TextPart("Yes?"),)), *PLAIN.messages)
    request = replace(PLAIN, messages=turns, system="Be brief.", stop=("END", " "))

    body = body_of(request, capabilities_of(request.model), None)

    assert body.fields == {
        "model": "claude-opus-5-5",
        "max_tokens": 500,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": [_text("Hello?")]},
            {"role": "assistant", "content": [_text("Yes?")]},
            {"role": "user", "content": [_text("Hello?")]},
        ],
        "stop_sequences": ["END"],
    }
    assert body.notes == ("a stop text of blanks only was not sent: Claude models take none.",)


def test_what_is_never_sent_is_not_sent() -> None:
    request = replace(PLAIN, step="trial", path="a/b", temperature=1.0, seed=1, timeout_s=3.0)

    body = body_of(request, None, {"type": "object"})

    assert body.fields.keys() == {"model", "max_tokens", "messages", "output_config"}


def test_more_tokens_than_a_model_gives_are_lowered_and_told() -> None:
    request = replace(PLAIN, max_tokens=200_000)

    known = body_of(request, capabilities_of(request.model), None)

    assert known.fields["max_tokens"] == 128_000
    assert known.notes == (
        "max_tokens=200000 was lowered to 128000, the most that claude-opus-5-5 gives.",
    )
    assert body_of(request, None, None).fields["max_tokens"] == 200_000


def test_texts_are_joined_and_blank_ones_left_out() -> None:
    image = MediaPart("image", "image/png", b"png")

    content = _content(
        _with(TextPart(""), TextPart("See "), TextPart("this:"), image, TextPart("\n"))
    )

    assert content == [
        _text("See this:"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "cG5n"}},
    ]


def test_an_empty_turn_is_left_out() -> None:
    turns = (*PLAIN.messages, Message("assistant", (TextPart(" "),)), *PLAIN.messages)

    messages = prompt_of(replace(PLAIN, messages=turns))["messages"]

    assert messages == [{"role": "user", "content": [_text("Hello?")]}] * 2


@pytest.mark.parametrize("text", ["", " \n"], ids=["empty", "blank"])
def test_nothing_to_answer_is_a_bad_request(text: str) -> None:
    with pytest.raises(ProviderError, match="no message to answer") as caught:
        prompt_of(_with(TextPart(text)))

    assert caught.value.kind == "bad_request"


def test_a_begun_answer_is_never_sent() -> None:
    turns = (*PLAIN.messages, Message("assistant", (TextPart("The answer is"),)))

    with pytest.raises(ProviderError, match="go on with a begun answer") as caught:
        prompt_of(replace(PLAIN, messages=turns))

    assert caught.value.kind == "bad_request"
    assert "role 'user'" in caught.value.help


def test_the_system_text_and_the_last_fixed_text_are_kept() -> None:
    request = _with(
        TextPart("Rules. ", is_fixed=True),
        TextPart("Examples.", is_fixed=True),
        TextPart(" ", is_fixed=True),
        TextPart("Now: "),
        TextPart("x"),
        cache=True,
    )
    turns = (*request.messages, Message("assistant", (TextPart("No."),)), *PLAIN.messages)

    fields = prompt_of(replace(request, system="Be brief.", messages=turns))

    assert fields["system"] == [_text("Be brief.", **KEPT)]
    assert fields["messages"] == [
        {"role": "user", "content": [_text("Rules. Examples.", **KEPT), _text(" Now: x")]},
        {"role": "assistant", "content": [_text("No.")]},
        {"role": "user", "content": [_text("Hello?")]},
    ]


def test_nothing_is_marked_where_nothing_shall_be_kept() -> None:
    request = _with(TextPart("Rules. ", is_fixed=True), TextPart("x"))

    assert _content(request) == [_text("Rules. x")]


def test_a_prompt_without_a_fixed_part_can_not_be_kept_and_says_so() -> None:
    body = body_of(_with(TextPart("x"), cache=True), None, None)

    assert body.notes == ("cache='1h' was not sent: no part of the prompt stays the same.",)
    assert body_of(replace(PLAIN, cache="5m", system="Be brief."), None, None).notes == ()


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/gif", "image/webp"])
def test_images_go_out_as_they_are(kind: str) -> None:
    source = {"type": "base64", "media_type": kind, "data": "AAH/"}

    assert _content(_with(MediaPart("image", kind, b"\x00\x01\xff"))) == [
        {"type": "image", "source": source}
    ]


def test_documents_go_out_with_their_names() -> None:
    pdf = MediaPart("document", "application/pdf", b"%PDF", name="a.pdf")
    csv = MediaPart("document", "text/csv", "a;ü\n".encode())
    odd = MediaPart("document", "application/json", b"{\xff}", name="b.json")

    assert _content(_with(pdf, csv, odd)) == [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="},
            "title": "a.pdf",
        },
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "a;ü\n"},
        },
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "{\ufffd}"},
            "title": "b.json",
        },
    ]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (MediaPart("image", "image/tiff", b"x"), "the image (image/tiff)"),
        (MediaPart("image", "application/pdf", b"x"), "the image (application/pdf)"),
        (MediaPart("document", "application/zip", b"x", name="a.zip"), "a.zip (application/zip)"),
    ],
    ids=["image", "mixed", "document"],
)
def test_media_that_no_claude_model_reads_is_a_bad_request(part: MediaPart, said: str) -> None:
    with pytest.raises(ProviderError) as caught:
        prompt_of(_with(part))

    assert caught.value.kind == "bad_request"
    assert said in caught.value.message
    assert "PNG" in caught.value.help
