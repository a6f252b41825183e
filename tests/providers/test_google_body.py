"""What is sent to Gemini."""

from dataclasses import replace

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.asking import Effort, Thinking
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.providers.base import Request
from flowdsl.providers.google_body import asked
from tests.providers.contract import SCHEMAS, ask, fault
from tests.providers.google_double import MODEL, Double, Said, always, answer

ASKED = ask("Say hello.", model=MODEL)
UNKNOWN = "gemini-9-flash"


async def sent(request: Request) -> tuple[Double, tuple[str, ...]]:
    """The server that heard a request, and what was not sent."""
    double = Double(always(answer()))
    reply = await double.provider().complete(request)
    return double, reply.notes


async def thinking(
    model: str, *, effort: Effort | None = None, thinking: Thinking | None = None
) -> tuple[object, tuple[str, ...]]:
    """What is sent of how hard to think."""
    asked = replace(ASKED, model=ModelName(model), effort=effort, thinking=thinking)
    double, notes = await sent(asked)
    return double.config.get("thinkingConfig"), notes


async def test_a_plain_request_sends_its_turns_and_its_limit() -> None:
    turns = (
        Message("user", (TextPart("Say hello."),)),
        Message("assistant", (TextPart("Hello."),)),
        Message("user", (TextPart("Louder."), TextPart(" Please."))),
    )

    double, notes = await sent(replace(ASKED, messages=turns, system="Be kind."))

    assert double.bodies == [
        {
            "contents": [
                {"role": "user", "parts": [{"text": "Say hello."}]},
                {"role": "model", "parts": [{"text": "Hello."}]},
                {"role": "user", "parts": [{"text": "Louder."}, {"text": " Please."}]},
            ],
            "systemInstruction": {"role": "user", "parts": [{"text": "Be kind."}]},
            "generationConfig": {"maxOutputTokens": 300},
        }
    ]
    assert notes == ()


async def test_temperature_seed_and_stop_texts_are_sent() -> None:
    warm = replace(ASKED, temperature=0.0, seed=7, stop=("END",))

    double, notes = await sent(warm)

    assert double.config == {
        "maxOutputTokens": 300,
        "temperature": 0.0,
        "seed": 7,
        "stopSequences": ["END"],
    }
    assert notes == ()


async def test_a_temperature_of_which_a_model_takes_no_notice_is_not_sent() -> None:
    double, notes = await sent(replace(ASKED, model=ModelName("gemini-4-argon"), temperature=0.3))

    assert "temperature" not in double.config
    assert notes == ("temperature was not sent: 'gemini-4-argon' takes no notice of it.",)


async def test_a_kept_prompt_needs_nothing_to_be_sent() -> None:
    double, notes = await sent(replace(ASKED, cache="1h"))

    assert double.bodies[0].keys() == {"contents", "generationConfig"}
    assert notes == ()


async def test_pictures_and_documents_go_inside_the_turn_and_text_as_text() -> None:
    parts = (
        TextPart("Look:"),
        MediaPart("image", "image/png", b"\x89PNG"),
        MediaPart("document", "application/pdf", b"%PDF", "a.pdf"),
        MediaPart("document", "text/markdown", "# Größe".encode(), "a.md"),
    )

    double, _ = await sent(replace(ASKED, messages=(Message("user", parts),)))

    assert double.bodies[0]["contents"] == [
        {
            "role": "user",
            "parts": [
                {"text": "Look:"},
                {"inlineData": {"mime_type": "image/png", "data": "iVBORw=="}},
                {"inlineData": {"mime_type": "application/pdf", "data": "JVBERg=="}},
                {"text": "# Größe"},
            ],
        }
    ]


async def test_a_type_is_asked_for_by_json_schema() -> None:
    double, _ = await sent(replace(ASKED, schema=SCHEMAS["label"]))

    assert double.config["responseMimeType"] == "application/json"
    assert double.config["responseJsonSchema"] == {
        "type": "object",
        "properties": {"value": {"type": "string", "enum": ["positive", "negative"]}},
        "required": ["value"],
        "additionalProperties": False,
    }
    assert "responseSchema" not in double.config


async def test_a_type_that_gemini_refuses_is_not_sent() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    double = Double(always(answer()))

    error = await fault(double.provider(), replace(ASKED, schema=schema))

    assert error.kind == "bad_request"
    assert not double.requests


@pytest.mark.parametrize(
    ("model", "effort", "wanted", "config"),
    [
        (MODEL, "low", None, {"thinking_level": "LOW"}),
        ("gemini-3.6-flash", "minimal", None, {"thinking_level": "MINIMAL"}),
        (MODEL, None, "on", None),
        (MODEL, "high", "on", {"thinking_level": "HIGH"}),
        ("gemini-2.5-flash", None, "on", {"thinking_budget": -1}),
        ("gemini-2.5-flash", None, "off", {"thinking_budget": 0}),
        ("gemini-2.5-pro", None, 512, {"thinking_budget": 512}),
        (UNKNOWN, "max", None, {"thinking_level": "XHIGH"}),
        (UNKNOWN, "xhigh", None, {"thinking_level": "XHIGH"}),
        (UNKNOWN, None, "off", {"thinking_budget": 0}),
        (UNKNOWN, None, 512, {"thinking_budget": 512}),
        (UNKNOWN, None, "on", None),
    ],
)
async def test_how_hard_to_think_is_a_level_or_a_budget(
    model: str, effort: Effort | None, wanted: Thinking | None, config: Said | None
) -> None:
    assert await thinking(model, effort=effort, thinking=wanted) == (config, ())


@pytest.mark.parametrize(
    ("model", "effort", "wanted", "note"),
    [
        (MODEL, "max", None, "effort 'max' was not sent"),
        (MODEL, "minimal", None, "effort 'minimal' was not sent"),
        ("gemini-2.5-flash", "low", None, "effort 'low' was not sent"),
        (MODEL, None, "off", "thinking 'off' was not sent"),
        (MODEL, None, 512, "thinking '512' was not sent"),
        ("gemini-2.5-pro", None, "off", "thinking 'off' was not sent"),
        (UNKNOWN, None, "between_tools", "thinking 'between_tools' was not sent"),
    ],
)
async def test_what_a_model_does_not_take_is_noted(
    model: str, effort: Effort | None, wanted: Thinking | None, note: str
) -> None:
    config, notes = await thinking(model, effort=effort, thinking=wanted)

    assert config is None
    assert [each.startswith(note) for each in notes] == [True]


async def test_a_level_and_a_budget_are_never_sent_together() -> None:
    config, notes = await thinking(UNKNOWN, effort="low", thinking=512)

    assert config == {"thinking_level": "LOW"}
    assert notes == (
        "thinking '512' was not sent: a level of effort was, and both together are refused.",
    )


def test_a_conversation_without_a_turn_is_refused() -> None:
    with pytest.raises(ProviderError, match="no message to answer") as caught:
        asked(replace(ASKED, messages=()))

    assert caught.value.kind == "bad_request"
