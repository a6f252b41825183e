"""Answers of Gemini, read without trust."""

import pytest
from google.genai import types

from flowdsl.errors import ProviderError
from flowdsl.ir.usage import Usage
from flowdsl.providers.google_reply import Answer, billed
from flowdsl.providers.json_schema import is_schema
from tests.providers.google_double import SPENT, Said, answer


def _read(*said: Said, headers: dict[str, str] | None = None) -> Answer:
    whole = Answer()
    for each in said:
        piece = types.GenerateContentResponse.model_validate(
            {**each, "usageMetadata": _known(each.get("usageMetadata"))}
        )
        piece.sdk_http_response = types.HttpResponse(headers=headers or {})
        whole.take(piece)
    return whole


def _known(spent: object) -> object:
    """Tokens without what this SDK has no field for; over the wire it leaves that out itself."""
    if not is_schema(spent):
        return spent
    return {name: number for name, number in spent.items() if name != "serviceTier"}


def _fault(whole: Answer) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        whole.finish(may_be_empty=False)
    return caught.value


def test_thoughts_are_a_part_of_the_output_and_what_was_kept_one_of_the_input() -> None:
    whole = _read(answer("Yes."))

    assert whole.usage == Usage(
        calls=1, input_tokens=12, output_tokens=7, cache_read_tokens=4, thinking_tokens=2
    )
    assert whole.billed == {
        "input_tokens": 12,
        "output_tokens": 7,
        "cache_read_tokens": 4,
        "thinking_tokens": 2,
    }


def test_the_last_that_was_told_of_each_kind_of_tokens_counts() -> None:
    whole = _read(
        answer("Y", None, usageMetadata={"promptTokenCount": 12, "thoughtsTokenCount": 3}),
        answer("es", None, usageMetadata={"candidatesTokenCount": 1}),
        answer(".", "STOP", usageMetadata={"candidatesTokenCount": 2}),
    )

    assert whole.usage == Usage(calls=1, input_tokens=12, output_tokens=5, thinking_tokens=3)
    assert whole.finish(may_be_empty=False) == ("Yes.", "end")


def test_tokens_that_were_told_once_are_not_counted_twice() -> None:
    whole = _read(
        answer("Y", None, usageMetadata={"candidatesTokenCount": 5, "thoughtsTokenCount": 3}),
        answer("es", "STOP", usageMetadata={"promptTokenCount": 12}),
    )

    assert whole.usage == Usage(calls=1, input_tokens=12, output_tokens=8, thinking_tokens=3)


def test_an_answer_without_tokens_bills_none_that_are_known() -> None:
    whole = _read(answer("Yes.", usageMetadata=None))

    assert whole.usage is None
    assert whole.billed == {}
    assert billed(Usage(calls=1)) == {}


def test_thoughts_are_no_part_of_the_text() -> None:
    parts = [{"text": "Hm.", "thought": True}, {"text": "Yes."}, {"inlineData": {"data": "eA=="}}]
    said = answer(candidates=[{"content": {"parts": parts}, "finishReason": "STOP"}])

    assert _read(said).finish(may_be_empty=False) == ("Yes.", "end")


@pytest.mark.parametrize(
    "reason",
    ["SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"],
)
def test_an_answer_that_was_stopped_is_a_refusal_with_its_reason(reason: str) -> None:
    assert _read(answer("Here is how", reason)).finish(may_be_empty=False) == (
        f"the answer was stopped for {reason}.",
        "refusal",
    )


def test_what_google_adds_to_a_reason_is_kept() -> None:
    said = answer(candidates=[{"finishReason": "SAFETY", "finishMessage": "Too dangerous."}])

    text, _ = _read(said).finish(may_be_empty=False)

    assert text == "the answer was stopped for SAFETY: Too dangerous."


def test_a_prompt_that_was_blocked_is_a_refusal() -> None:
    feedback = {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": "No."}
    whole = _read({"promptFeedback": feedback, "usageMetadata": {"promptTokenCount": 9}})

    assert whole.finish(may_be_empty=False) == (
        "the prompt was blocked for PROHIBITED_CONTENT: No.",
        "refusal",
    )
    assert whole.billed == {"input_tokens": 9}


def test_an_answer_that_is_cut_is_marked() -> None:
    assert _read(answer("Once", "MAX_TOKENS")).finish(may_be_empty=False) == ("Once", "max_tokens")
    assert _read(answer(None, "MAX_TOKENS")).finish(may_be_empty=False) == ("", "max_tokens")


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (None, "truncated"),
        ("FINISH_REASON_UNSPECIFIED", "truncated"),
        ("CONTINUATION", "truncated"),
        ("PUP_LIMITED_DISABLED", "permission"),
        ("MALFORMED_FUNCTION_CALL", "malformed"),
        ("MALFORMED_RESPONSE", "malformed"),
        ("UNEXPECTED_TOOL_CALL", "malformed"),
        ("OTHER", "malformed"),
        ("NO_IMAGE", "malformed"),
    ],
)
def test_an_end_that_gives_no_answer_is_an_error_with_its_tokens(
    reason: str | None, kind: str
) -> None:
    error = _fault(_read(answer("Once upon", reason)))

    assert error.kind == kind
    assert error.billed == {
        "input_tokens": 12,
        "output_tokens": 7,
        "cache_read_tokens": 4,
        "thinking_tokens": 2,
    }


def test_an_answer_that_would_take_another_call_tells_the_cure() -> None:
    assert "max_tokens" in _fault(_read(answer("Once", "CONTINUATION"))).help


@pytest.mark.filterwarnings("ignore:BORED is not a valid FinishReason")
def test_an_end_that_nobody_knows_is_no_success() -> None:
    error = _fault(_read(answer("Once upon", "BORED")))

    assert (error.kind, error.message) == ("malformed", "the answer ended by BORED.")


def test_an_empty_answer_is_malformed_unless_a_stop_text_may_have_cut_it() -> None:
    whole = _read(answer("", "STOP"))

    assert _fault(whole).kind == "malformed"
    assert whole.finish(may_be_empty=True) == ("", "end")


def test_the_tier_is_told_by_a_header_or_by_the_kind_of_traffic() -> None:
    flex = {"promptTokenCount": 1, "trafficType": "ON_DEMAND_FLEX"}

    assert _read(answer()).tier == "standard"
    assert _read(answer(), headers={"x-gemini-service-tier": "priority"}).tier == "priority"
    assert _read(answer(), headers={"x-gemini-service-tier": "standard"}).tier == "standard"
    assert _read(answer(usageMetadata=flex)).tier == "flex"


def test_the_name_of_the_call_and_of_the_model_are_kept() -> None:
    whole = _read(answer(modelVersion="gemini-3.8-flash-002"), {"candidates": []})

    assert (whole.model, whole.request_id) == ("gemini-3.8-flash-002", "answer-1")
    assert whole.usage is not None
    assert whole.usage.input_tokens == SPENT["promptTokenCount"]
