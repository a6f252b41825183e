"""What is sent to a server of the OpenAI protocol, and what is left out with a sentence."""

from dataclasses import replace

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.providers.base import Request
from flowdsl.providers.json_schema import Schema, is_schema
from flowdsl.providers.openai_body import chat_body
from flowdsl.providers.openai_hosts import Host, host_at
from tests.providers.contract import SCHEMAS, ask

OPENAI = host_at(None)
OWN = host_at("http://localhost:8000/v1")
ROUTER = host_at("https://openrouter.ai/api/v1")
IMAGE = MediaPart("image", "image/png", b"\x89PNG")
PDF = MediaPart("document", "application/pdf", b"%PDF", name="a.pdf")
NOTES = MediaPart("document", "text/markdown", "# Käse".encode())
OPTIONAL: Schema = {"type": "object", "properties": {"note": {"type": "string", "default": "x"}}}
BOUND: Schema = {
    "type": "object",
    "properties": {"note": {"type": "string", "maxLength": 9}},
    "required": ["note"],
}


def _with(*parts: TextPart | MediaPart) -> Request:
    return replace(ask("", model="tiny"), messages=(Message("user", parts),))


def test_a_plain_request_is_as_short_as_can_be() -> None:
    body, notes = chat_body(ask("Hello?", model="tiny", max_tokens=9), OWN)

    assert body == {
        "model": "tiny",
        "messages": [{"role": "user", "content": "Hello?"}],
        "max_tokens": 9,
    }
    assert notes == ()


def test_the_system_text_and_all_turns_are_sent_in_order() -> None:
    turns = (
        Message("user", (TextPart("a"), TextPart("b"))),
        Message("assistant", (TextPart("c"),)),
    )

    body, _ = chat_body(replace(ask(""), system="Be brief.", messages=turns), OWN)

    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "ab"},
        {"role": "assistant", "content": "c"},
    ]


def test_openai_calls_the_limit_of_an_answer_otherwise() -> None:
    body, _ = chat_body(ask("Hello?", model="gpt-4o", max_tokens=9), OPENAI)

    assert body["max_completion_tokens"] == 9
    assert "max_tokens" not in body


def test_temperature_seed_and_stop_texts_are_sent() -> None:
    request = replace(ask("Hello?"), temperature=0.0, seed=0, stop=("\n", "END"))

    body, notes = chat_body(request, OWN)

    assert (body["temperature"], body["seed"], body["stop"]) == (0.0, 0, ["\n", "END"])
    assert notes == ()


def test_an_effort_is_sent_where_the_model_has_it() -> None:
    body, notes = chat_body(replace(ask("?", model="o3-mini"), effort="low"), OPENAI)

    assert body["reasoning_effort"] == "low"
    assert notes == ()


def test_an_effort_that_the_model_does_not_have_is_left_out() -> None:
    body, (note,) = chat_body(replace(ask("?", model="o3-mini"), effort="max"), OPENAI)

    assert "reasoning_effort" not in body
    assert note == "effort 'max' was not sent: 'o3-mini' has other levels (high, low, medium)."


def test_a_model_that_thinks_gets_neither_temperature_nor_stop_texts() -> None:
    always = replace(ask("?", model="o3-mini"), temperature=0.5, stop=("x",))
    told_to = replace(always, model="gpt-5.2", effort="high")

    for request in (always, told_to):
        body, notes = chat_body(request, OPENAI)
        assert not {"temperature", "stop"} & body.keys()
        assert [note.split(" w")[0] for note in notes] == ["temperature", "stop texts"]


def test_a_model_that_is_not_told_to_think_keeps_its_temperature() -> None:
    body, _ = chat_body(replace(ask("?", model="gpt-5.2"), temperature=0.5), OPENAI)

    assert body["temperature"] == 0.5


def test_thinking_can_be_switched_off_where_a_level_says_so() -> None:
    body, notes = chat_body(replace(ask("?", model="gpt-5.2"), thinking="off"), OPENAI)

    assert body["reasoning_effort"] == "none"
    assert notes == ()


def test_what_no_server_of_the_protocol_knows_is_left_out_with_a_sentence() -> None:
    request = replace(ask("?", model="tiny"), thinking=2000, cache="5m")

    body, notes = chat_body(request, OWN)

    assert not {"thinking", "cache", "reasoning_effort"} & body.keys()
    assert [note.partition(" was")[0] for note in notes] == ["thinking '2000'", "cache"]
    assert chat_body(replace(request, thinking=None), OPENAI)[1] == ()


def test_an_image_travels_as_a_data_address_between_texts() -> None:
    body, _ = chat_body(_with(TextPart("Look:"), IMAGE), OWN)

    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
            ],
        }
    ]


def test_a_document_of_text_travels_as_text() -> None:
    body, _ = chat_body(_with(TextPart("Read: "), NOTES), OWN)

    assert body["messages"] == [{"role": "user", "content": "Read: # Käse"}]


def test_openai_takes_a_pdf_as_a_file() -> None:
    body, _ = chat_body(_with(PDF), OPENAI)

    file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}
    assert body["messages"] == [{"role": "user", "content": [{"type": "file", "file": file}]}]


@pytest.mark.parametrize("host", [OWN, ROUTER], ids=["own", "openrouter"])
def test_a_pdf_is_refused_elsewhere_before_anything_is_sent(host: Host) -> None:
    with pytest.raises(ProviderError, match=r"not a\.pdf \(application/pdf\)") as caught:
        chat_body(_with(PDF), host)

    assert caught.value.kind == "bad_request"


def test_no_message_is_no_request() -> None:
    with pytest.raises(ProviderError, match="no message"):
        chat_body(replace(ask(""), messages=()), OWN)


def _form(request: Request, base_url: str | None) -> Schema:
    asked = chat_body(request, host_at(base_url))[0]["response_format"]
    assert is_schema(asked)
    assert asked["type"] == "json_schema"
    form = asked["json_schema"]
    assert is_schema(form)
    return form


def test_a_schema_is_asked_for_in_strict_form() -> None:
    form = _form(ask("?", model="gpt-4o", schema=SCHEMAS["label"]), None)

    assert (form["name"], form["strict"]) == ("answer", True)
    assert form["schema"] == {
        "type": "object",
        "properties": {"value": {"enum": ["positive", "negative"], "type": "string"}},
        "required": ["value"],
        "additionalProperties": False,
    }


def test_a_schema_that_strict_form_would_change_is_sent_as_it_is() -> None:
    form = _form(ask("?", model="gpt-4o", schema=OPTIONAL), None)

    assert (form["strict"], form["schema"]) == (False, OPTIONAL)


def test_an_own_server_gets_the_whole_schema() -> None:
    form = _form(ask("?", schema=BOUND), "http://localhost:8000/v1")

    assert (form["strict"], form["schema"]) == (True, BOUND)
