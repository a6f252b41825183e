"""Prompts and answers as attributes."""

from __future__ import annotations

import json

from flowdsl.events.content import spoken
from flowdsl.events.otel_content import CONTENT_CHARS, answered_text, asked_attributes
from flowdsl.events.records import ModelAsked
from flowdsl.ir.message import MediaPart, Message, TextPart

TURN = Message("user", (TextPart("Look:"), MediaPart("image", "image/png", b"secret")))
ASKED = ModelAsked(0.5, "ask", "openai:gpt", "", spoken([TURN]), 100)


def test_what_was_not_set_is_left_out() -> None:
    found = asked_attributes(ASKED)

    assert json.loads(str(found.pop("gen_ai.input.messages"))) == [
        {
            "role": "user",
            "parts": [
                {"type": "text", "content": "Look:"},
                {"type": "image", "mime_type": "image/png", "size": 6},
            ],
        }
    ]
    assert found == {"gen_ai.request.max_tokens": 100, "gen_ai.output.type": "text"}


def test_all_that_was_set_is_told() -> None:
    asked = ASKED._replace(
        system="Be brief.", temperature=0.0, schema="Report", seed=0, stop=("END",)
    )

    found = asked_attributes(asked)

    del found["gen_ai.input.messages"]
    assert json.loads(str(found.pop("gen_ai.system_instructions"))) == [
        {"type": "text", "content": "Be brief."}
    ]
    assert found == {
        "gen_ai.request.max_tokens": 100,
        "gen_ai.output.type": "json",
        "gen_ai.request.temperature": 0.0,
        "flowdsl.schema": "Report",
        "gen_ai.request.seed": 0,
        "gen_ai.request.stop_sequences": ("END",),
    }


def test_an_answer_tells_how_it_ended() -> None:
    assert json.loads(answered_text("Blüte", "max_tokens")) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Blüte"}],
            "finish_reason": "length",
        }
    ]
    assert json.loads(answered_text("", "truncated"))[0]["finish_reason"] == "error"


def test_long_texts_are_cut() -> None:
    long = Message("user", (TextPart("x" * (CONTENT_CHARS + 1)),))
    found = asked_attributes(ASKED._replace(messages=spoken([long])))

    [turn] = json.loads(str(found["gen_ai.input.messages"]))
    assert turn["parts"][0]["content"] == "x" * CONTENT_CHARS + "…"
    whole = "y" * CONTENT_CHARS
    assert json.loads(answered_text(whole, "end"))[0]["parts"][0]["content"] == whole
