"""One provider in place of every model."""

import pytest

from flowdsl.errors import UnscriptedCallError
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import Delta, KnowsModels, Reply, StreamsText
from flowdsl.testing import EveryModel, ScriptedProvider
from tests.providers.contract import ask


async def test_every_prefix_is_answered_and_requests_carry_the_full_name() -> None:
    every = EveryModel(ScriptedProvider(["a", "b"]))
    request = ask("Hello.")

    first = await every["anthropic"].complete(request)
    second = await every["fast"].complete(request)

    assert (first.text, second.text) == ("a", "b")
    assert [each.model for each in every.requests] == [
        f"anthropic:{request.model}",
        f"fast:{request.model}",
    ]


async def test_without_mock_an_unscripted_call_fails() -> None:
    with pytest.raises(UnscriptedCallError):
        await EveryModel(ScriptedProvider())["local"].complete(ask("Hello."))


async def test_the_mock_answers_what_is_not_scripted() -> None:
    every = EveryModel(ScriptedProvider(["a"]), mock=True)

    replies = [await every["local"].complete(ask("Hello.")) for _ in range(2)]

    assert replies[0].text == "a"
    assert "no model was asked" in replies[1].text


async def test_answers_stream() -> None:
    provider = EveryModel(ScriptedProvider(["two words"]))["local"]
    assert isinstance(provider, StreamsText)

    pieces = [piece async for piece in provider.stream(ask("Hello."))]

    assert [piece.text for piece in pieces if isinstance(piece, Delta)] != []
    assert [piece.text for piece in pieces if isinstance(piece, Reply)] == ["two words"]


def test_it_is_always_ready_and_as_capable_as_declared() -> None:
    scripted = ScriptedProvider()
    every = EveryModel(scripted)
    provider = every["local"]
    assert isinstance(provider, KnowsModels)

    assert provider.models() == ()
    assert provider.unready(ModelName("x")) is None
    assert provider.capabilities(ModelName("x")) == scripted.capabilities(ModelName("x"))
    assert (len(every), list(every)) == (0, [])
