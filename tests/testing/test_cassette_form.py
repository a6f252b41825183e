"""What of a call is recorded, and what makes it the same call again."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Reply, Request
from flowdsl.testing.cassette_form import (
    Answer,
    Fault,
    RecordedCall,
    Recording,
    fingerprint,
    from_document,
    request_document,
    to_document,
)

KEY = "sk-ant-api03-AbC_123-xyz9876543"
PICTURE = MediaPart("image", "image/png", b"\x89PNG bytes", "plan.png")
ASKED = Request(
    model=ModelName("small"),
    messages=(
        Message("user", (TextPart("Look: "), PICTURE, TextPart("What is it?"))),
        Message("assistant", (TextPart("A plan."),)),
        Message("user", (TextPart("Of what?"),)),
    ),
    system="You look.",
    schema={"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "number"}}},
    max_tokens=50,
    temperature=0.5,
    effort="low",
    thinking="off",
    seed=3,
    stop=("END",),
    step="look",
    path="look",
)
REPLY = Reply(
    text="{}",
    usage=Usage(calls=1, input_tokens=7, output_tokens=2, cache_read_tokens=1),
    model=ModelName("house:small-2"),
    finish="stop",
    cost_usd=Decimal("0.00001230"),
    tier="flex",
    request_id="req_1",
    notes=("temperature was not sent",),
)
FAULT = Fault(
    fault="max_tokens",
    message="It was cut.",
    help="ask for less.",
    retry_after_s=3.0,
    billed={"input_tokens": 3},
    cost_usd=Decimal("1E-7"),
)


def key_of(request: Request, model: str = "house:small") -> str:
    return fingerprint(request_document(request, model))


def test_a_request_is_shown_as_people_read_it() -> None:
    assert request_document(ASKED, "house:small") == {
        "model": "house:small",
        "system": "You look.",
        "messages": [
            {
                "user": [
                    "Look: ",
                    {
                        "media": "image/png",
                        "bytes": 10,
                        "name": "plan.png",
                        "sha256": sha256(b"\x89PNG bytes").hexdigest(),
                    },
                    "What is it?",
                ]
            },
            {"assistant": "A plan."},
            {"user": "Of what?"},
        ],
        "schema": ASKED.schema,
        "max_tokens": 50,
        "temperature": 0.5,
        "effort": "low",
        "thinking": "off",
        "seed": 3,
        "stop": ["END"],
    }


def test_what_a_request_does_not_set_is_not_shown() -> None:
    plain = Request(model=ModelName("x"), messages=(Message("user", (TextPart("Hi."),)),))

    assert request_document(plain, "m:x") == {
        "model": "m:x",
        "messages": [{"user": "Hi."}],
        "max_tokens": 4096,
    }


def _of(text: str, media: MediaPart = PICTURE) -> tuple[Message, ...]:
    return (Message("user", (TextPart(text), media)), *ASKED.messages[1:])


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, system="You look hard."),
        replace(ASKED, messages=ASKED.messages[:1]),
        replace(ASKED, messages=_of("Look: ", replace(PICTURE, content=b"\x89PNG bytez"))),
        replace(ASKED, messages=_of("Look: ", replace(PICTURE, media_type="image/gif"))),
        replace(ASKED, messages=tuple(reversed(ASKED.messages))),
        replace(ASKED, schema=None),
        replace(
            ASKED,
            schema={
                "type": "object",
                "properties": {"a": {"type": "number"}, "b": {"type": "string"}},
            },
        ),
        replace(ASKED, max_tokens=51),
        replace(ASKED, temperature=None),
        replace(ASKED, temperature=0.0),
        replace(ASKED, effort="high"),
        replace(ASKED, thinking="on"),
        replace(ASKED, thinking=5),
        replace(ASKED, seed=None),
        replace(ASKED, stop=()),
    ],
    ids=str,
)
def test_another_question_has_another_fingerprint(other: Request) -> None:
    assert key_of(other) != key_of(ASKED)


def test_another_model_is_another_question() -> None:
    assert key_of(ASKED, "house:large") != key_of(ASKED)


@pytest.mark.parametrize(
    "same",
    [
        replace(ASKED, step="other", path="a/b"),
        replace(ASKED, timeout_s=3.0),
        replace(ASKED, cache="1h"),
        replace(
            ASKED,
            messages=(
                Message(
                    "user",
                    (
                        TextPart("Lo", is_fixed=True),
                        TextPart("ok: "),
                        PICTURE,
                        TextPart("What is it?"),
                    ),
                ),
                *ASKED.messages[1:],
            ),
        ),
    ],
    ids=["who asks", "time", "cache", "parts"],
)
def test_what_the_answer_does_not_depend_on_is_not_in_the_fingerprint(same: Request) -> None:
    assert key_of(same) == key_of(ASKED)


def test_a_secret_in_a_prompt_is_blacked_out_and_does_not_make_it_another_question() -> None:
    def asked(key: str) -> Request:
        return replace(ASKED, system=f"Use {key}.", messages=_of(f"api_key={key}"))

    assert KEY not in str(request_document(asked(KEY), "m:"))
    assert "[redacted]" in str(request_document(asked(KEY), "m:"))
    assert key_of(asked(KEY)) == key_of(asked("sk-ant-api03-Other_456-abc1234567"))


def recording(*answers: Answer, request: Request = ASKED) -> Recording:
    return Recording(
        calls=[
            RecordedCall(
                step="look",
                path=f"each_look[{n}]/look",
                recorded="2026-11-27",
                request=request_document(request, "house:small"),
                answers=[*answers],
            )
            for n in range(2)
        ]
    )


def test_a_recording_comes_back_as_it_was_to_the_last_digit() -> None:
    kept = recording(REPLY, FAULT, replace(REPLY, cost_usd=None, finish="refusal"))

    again = from_document(to_document(kept))

    assert again.calls == kept.calls
    replies = [each for each in again.calls[0].answers if isinstance(each, Reply)]
    assert str(replies[0].cost_usd) == "0.00001230"


def test_a_schema_that_many_calls_share_stands_once() -> None:
    document = to_document(recording(REPLY))

    assert list(document) == ["version", "calls", "schemas"]
    assert str(document).count("'properties'") == 1
    assert "schemas" not in to_document(recording(REPLY, request=replace(ASKED, schema=None)))


def test_what_is_usual_about_an_answer_is_left_out() -> None:
    usual = Reply(text="fine", usage=Usage(calls=1, input_tokens=1), model=ModelName("m:"))
    (call, _) = from_document(to_document(recording(usual))).calls

    assert call.answers == [usual]
    assert "finish" not in str(to_document(recording(usual)))


def test_a_fault_is_raised_again_as_it_was() -> None:
    error = ProviderError(
        "rate_limit", "Too fast.", help="wait.", retry_after_s=300.0, billed={"input_tokens": 2}
    )

    again = Fault.of(error, None).error(120.0)

    assert (again.kind, again.message, again.help) == ("rate_limit", "Too fast.", "wait.")
    assert (again.retry_after_s, again.billed) == (300.0, {"input_tokens": 2})


def test_nobody_waits_for_a_server_that_is_not_there() -> None:
    assert (
        Fault(fault="rate_limit", message="x", retry_after_s=20.0).error(120.0).retry_after_s
        is None
    )


CALL: dict[str, object] = {"step": "a", "path": "a", "recorded": "", "answers": ()}
BROKEN: dict[str, object] = {
    "the file: ": 3,
    "version: input should be 1": {"version": 2},
    r"calls\.0\.path: ": {"calls": [{"step": "a"}]},
    "it has no schema 'gone', which step 'a' asks for": {
        "calls": [CALL | {"request": {"schema": "gone"}}]
    },
    r"calls\.0\.answers\.0\.": {"calls": [CALL | {"request": {}, "answers": [{"txt": "a"}]}]},
}


@pytest.mark.parametrize("why", BROKEN)
def test_what_is_no_cassette_is_told_with_its_place(why: str) -> None:
    with pytest.raises(ValueError, match=why):
        from_document(BROKEN[why])
