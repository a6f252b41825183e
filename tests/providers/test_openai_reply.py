"""Answers of the OpenAI protocol are read without trust: an incomplete one never passes."""

from decimal import Decimal

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.usage import Usage
from flowdsl.providers.openai_reply import Answer, billed, usage_in
from tests.providers.openai_double import SPENT, TEXT, completion, piece, pieces


def _read(*said: dict[str, object], place: str = "message") -> Answer:
    answer = Answer()
    for each in said:
        answer.take(each, place)
    return answer


def test_a_whole_answer_is_read() -> None:
    answer = _read(completion(service_tier="flex"))

    assert answer.finish(may_be_empty=False) == (TEXT, "end")
    assert (answer.model, answer.tier) == ("tiny", "flex")
    assert answer.usage == Usage(
        calls=1, input_tokens=12, output_tokens=7, cache_read_tokens=4, thinking_tokens=2
    )


def test_a_streamed_answer_is_put_together() -> None:
    answer = _read(*pieces(), place="delta")

    assert answer.finish(may_be_empty=False) == (TEXT, "end")
    assert answer.billed["output_tokens"] == 7


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "end"),
        ("length", "max_tokens"),
        ("content_filter", "refusal"),
        ("tool_calls", "tool_use"),
    ],
)
def test_the_end_of_an_answer_is_told(reason: str, finish: str) -> None:
    assert _read(completion("text", reason)).finish(may_be_empty=False) == ("text", finish)


def test_a_refusal_is_told_with_its_words() -> None:
    message = {"content": None, "refusal": "I can't help with that."}
    said: dict[str, object] = {"choices": [{"message": message, "finish_reason": "stop"}]}

    assert _read(said).finish(may_be_empty=False) == ("I can't help with that.", "refusal")


def test_a_streamed_refusal_is_put_together() -> None:
    said: list[dict[str, object]] = [
        {"choices": [{"delta": {"refusal": words}, "finish_reason": None}]}
        for words in ("I can't", " help.")
    ]

    answer = _read(*said, piece(reason="stop"), place="delta")

    assert answer.finish(may_be_empty=False) == ("I can't help.", "refusal")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (completion("half", None), "truncated"),
        (completion("half", "abort"), "malformed"),
        (completion("half", "error"), "malformed"),
        (completion("", "stop"), "malformed"),
        (completion(None, "stop"), "malformed"),
    ],
)
def test_an_incomplete_answer_is_an_error_with_its_tokens(
    said: dict[str, object], kind: str
) -> None:
    with pytest.raises(ProviderError) as caught:
        _read(said).finish(may_be_empty=False)

    assert caught.value.kind == kind
    assert caught.value.billed["input_tokens"] == 12


def test_an_answer_that_a_stop_text_cut_to_nothing_is_an_answer() -> None:
    assert _read(completion("", "stop")).finish(may_be_empty=True) == ("", "end")


def test_an_answer_cut_before_its_first_word_is_told_as_cut() -> None:
    assert _read(completion("", "length")).finish(may_be_empty=False) == ("", "max_tokens")


def test_a_list_of_parts_is_read_as_its_text() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "thinking"}, 7, {"type": "text", "text": "b"}]
    message = {"content": parts}
    said: dict[str, object] = {"choices": [{"message": message, "finish_reason": "stop"}]}

    assert _read(said).finish(may_be_empty=False) == ("ab", "end")


NONSENSE: list[dict[str, object]] = [
    {},
    {"choices": []},
    {"choices": None},
    {"choices": [None]},
    {"choices": "text"},
    {"choices": [{}], "usage": [], "model": 7},
    {"choices": [{"message": "text", "finish_reason": 7}]},
]


@pytest.mark.parametrize("said", NONSENSE)
def test_nonsense_is_no_answer(said: dict[str, object]) -> None:
    answer = _read(said)

    with pytest.raises(ProviderError) as caught:
        answer.finish(may_be_empty=False)

    assert caught.value.kind == "truncated"
    assert answer.usage is None


def test_counts_that_are_none_count_nothing() -> None:
    spent = {"prompt_tokens": -4, "completion_tokens": "7", "prompt_tokens_details": None}

    assert usage_in(spent) == Usage(calls=1)


def test_what_is_billed_goes_by_the_names_of_usage() -> None:
    assert Usage(calls=1, **billed(usage_in(SPENT))) == usage_in(SPENT)
    assert billed(Usage(calls=1)) == {}


@pytest.mark.parametrize(
    ("cost", "dollars"), [(0.00078, Decimal("0.00078")), (0, Decimal(0)), (-1, None), ("1", None)]
)
def test_dollars_are_taken_as_the_server_tells_them(cost: object, dollars: Decimal | None) -> None:
    assert _read(completion(usage={**SPENT, "cost": cost})).dollars == dollars
