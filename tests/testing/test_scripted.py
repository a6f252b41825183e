"""The scripted provider: the contract of all providers, and the ways to write a script."""

import json
from dataclasses import replace

import pytest

from flowdsl.errors import ProviderError, UnscriptedCallError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Capabilities, Reply, Request
from flowdsl.providers.canned import EVERYTHING
from flowdsl.providers.mock_values import example
from flowdsl.testing import Raw, Rule, ScriptedProvider, in_turn
from tests.providers.contract import (
    Issue,
    ProviderContract,
    Subject,
    ask,
    inside_value,
    streamed,
)


def _any_answer(request: Request) -> object:
    if request.schema is None:
        return "A reply of several words."
    return Raw(json.dumps(example(request.schema, 1)))


@pytest.fixture
def subject() -> Subject:
    return Subject(
        make=lambda: ScriptedProvider(_any_answer),
        make_slow=lambda: ScriptedProvider(_any_answer, latency_s=30),
        plain=ask("Say hello."),
        slow=ask("Say hello slowly."),
    )


class TestScripted(ProviderContract):
    """The scripted provider."""


async def _texts(provider: ScriptedProvider, *requests: Request) -> list[str]:
    return [(await provider.complete(request)).text for request in requests]


def _from(step: str) -> Request:
    return replace(ask("Hello."), step=step)


async def test_a_list_is_used_up_in_the_order_of_the_calls() -> None:
    provider = ScriptedProvider(["one", "two"])

    assert await _texts(provider, ask("a"), ask("b")) == ["one", "two"]
    assert [each.messages[0].text for each in provider.requests] == ["a", "b"]
    assert provider.calls == 2


async def test_a_mapping_goes_by_the_step_that_asks() -> None:
    provider = ScriptedProvider({"review": "fine", "grade": in_turn("low", "high")})

    texts = await _texts(provider, *map(_from, ["grade", "review", "grade", "review"]))

    assert texts == ["low", "fine", "high", "fine"]


async def test_a_function_works_the_reply_out() -> None:
    provider = ScriptedProvider(lambda request: request.messages[0].text.upper())

    assert await _texts(provider, ask("a"), ask("b")) == ["A", "B"]


async def test_rules_come_before_the_script() -> None:
    provider = ScriptedProvider(["else"], rules=[Rule(contains="crash", answer="bug")])

    assert await _texts(provider, ask("a crash"), ask("a page"), ask("crash")) == [
        "bug",
        "else",
        "bug",
    ]


async def test_values_are_written_as_the_step_asked() -> None:
    schema = inside_value({"type": "array"})
    provider = ScriptedProvider([[Issue(severity="low", line=3)], Issue(severity="high", line=4)])

    texts = await _texts(
        provider, ask("a", schema=schema), ask("b", schema=Issue.model_json_schema())
    )

    assert texts == [
        '{"value": [{"severity": "low", "line": 3}]}',
        '{"severity": "high", "line": 4}',
    ]


async def test_an_exception_in_the_script_is_raised() -> None:
    provider = ScriptedProvider([ProviderError("overloaded", "Busy."), "then fine"])

    with pytest.raises(ProviderError, match="Busy"):
        await provider.complete(ask("a"))
    assert await _texts(provider, ask("b")) == ["then fine"]


async def test_a_whole_reply_is_given_as_it_is() -> None:
    reply = Reply(
        text="no", usage=Usage(calls=1, input_tokens=5), model=ModelName("x:y"), finish="refusal"
    )

    assert await ScriptedProvider([reply]).complete(ask("a")) is reply


async def test_usage_can_be_set() -> None:
    usage = Usage(calls=1, input_tokens=1000, output_tokens=20)
    provider = ScriptedProvider(["one"], usage=usage)

    assert (await provider.complete(ask("a"))).usage == usage


async def test_a_reply_comes_word_by_word() -> None:
    provider = ScriptedProvider(["one two"])

    joined, reply = await streamed(provider, ask("a"))

    assert (joined, reply.text) == ("one two", "one two")
    assert reply.model == "scripted:any"


@pytest.mark.parametrize(
    ("provider", "wanted"),
    [
        (ScriptedProvider(), "the script is used up"),
        (ScriptedProvider({"trial": in_turn()}), "the script is used up"),
        (ScriptedProvider({"review": 1, "grade": 2}), "it knows: grade, review"),
        (ScriptedProvider({}), "it knows: no step"),
        (ScriptedProvider(lambda request: {"b": 1}[request.messages[0].text]), "First line"),
    ],
    ids=["list", "turns", "steps", "nothing", "function"],
)
async def test_a_call_without_a_reply_shows_its_prompt(
    provider: ScriptedProvider, wanted: str
) -> None:
    with pytest.raises(UnscriptedCallError) as caught:
        await provider.complete(ask("First line\nSecond line"))

    error = caught.value
    assert wanted in error.message
    assert "call 1, made by step 'trial'" in error.message
    assert "    | First line\n    | Second line" in error.message
    assert (error.kind, error.step) == ("bad_request", "trial")


def test_it_claims_what_the_test_says() -> None:
    blind = ScriptedProvider(capabilities=Capabilities(images=False))
    name = ModelName("any")

    assert blind.capabilities(name) == Capabilities(images=False)
    assert ScriptedProvider().capabilities(name) == EVERYTHING
    assert blind.unready(name) is None
    assert blind.models() == ()
