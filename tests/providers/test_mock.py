"""`mock:`: the contract of all providers, and what only it does."""

import json
from dataclasses import replace

import pytest

from flowdsl.errors import ProviderError
from flowdsl.ir.message import MediaPart, Message
from flowdsl.providers.base import Request
from flowdsl.providers.canned import Rule
from flowdsl.providers.mock import MockProvider
from tests.providers.contract import SCHEMAS, ProviderContract, Subject, ask


def _small() -> MockProvider:
    return MockProvider(context_tokens=50)


@pytest.fixture
def subject() -> Subject:
    return Subject(
        make=_small,
        make_slow=lambda: MockProvider(latency_s=30),
        plain=ask("Say hello."),
        slow=ask("Say hello slowly."),
        too_long=ask("word " * 200),
    )


class TestMock(ProviderContract):
    """The mock."""


async def test_a_text_says_that_nobody_was_asked_and_what_was_said() -> None:
    reply = await MockProvider().complete(ask("List the defects of this file, one a line, please."))

    assert "no model was asked" in reply.text
    assert "List the defects of this file, one a …" in reply.text


async def test_another_question_model_or_seed_gives_another_answer() -> None:
    request = ask("Which number?", model="one", schema=SCHEMAS["model"])
    others = [
        request,
        replace(request, model="two"),
        replace(request, seed=7),
        replace(request, system="Be brief."),
        replace(request, messages=ask("Which letter?").messages),
    ]

    assert len({(await MockProvider().complete(each)).text for each in others}) == len(others)


async def test_the_step_is_no_part_of_the_question() -> None:
    request = ask("Which number?", schema=SCHEMAS["model"])
    renamed = replace(request, step="elsewhere", max_tokens=999)

    provider = MockProvider()

    assert (await provider.complete(renamed)) == (await provider.complete(request))


async def test_the_first_rule_that_fits_answers() -> None:
    provider = MockProvider(
        [
            Rule(contains="crash", answer="bug"),
            Rule(step="trial", answer="feature"),
            Rule(answer="other"),
        ]
    )

    answers = [
        await provider.complete(request)
        for request in (
            ask("fix crash", schema=SCHEMAS["label"]),
            ask("add page"),
            replace(ask("add page"), step="else"),
        )
    ]

    assert [reply.text for reply in answers] == ['{"value": "bug"}', "feature", "other"]


async def test_a_rule_can_raise() -> None:
    provider = MockProvider([Rule(answer=ProviderError("overloaded", "Too much to do."))])

    with pytest.raises(ProviderError, match="Too much to do"):
        await provider.complete(ask("hello"))


def _picture(content: bytes) -> Request:
    picture = MediaPart("image", "image/png", content)
    return replace(ask(""), messages=(Message("user", (picture,)),), schema=SCHEMAS["model"])


async def test_pictures_count_and_tell_questions_apart() -> None:
    provider = MockProvider()

    one, two = [await provider.complete(_picture(content)) for content in (b"one", b"two")]

    assert one.text != two.text
    assert one.usage.input_tokens > 1000
    assert await provider.count_tokens(_picture(b"one")) == one.usage.input_tokens


def test_a_mock_is_always_ready_for_everything() -> None:
    name = ask("").model

    able = MockProvider().capabilities(name)

    assert able is not None
    assert able.images
    assert able.documents
    assert MockProvider().unready(name) is None
    assert MockProvider().models() == ()


async def test_answers_are_the_same_on_every_machine() -> None:
    provider = MockProvider()

    reply = await provider.complete(ask("Review this.", schema=SCHEMAS["model"]))
    text = await provider.complete(ask("Review this."))

    assert json.loads(reply.text) == {
        "verdict": True,
        "issues": [{"severity": "low", "line": 58}],
        "score": 0.08,
        "note": None,
    }
    assert text.text == "Mock answer 1421 (no model was asked) to: Review this."
