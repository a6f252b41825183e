"""What a prompt sets against what its model takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowdsl.engine import Options, check_models, run_async
from flowdsl.events.records import Event, Warned
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import ModelName
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.prompt import Prompt, Static
from flowdsl.ir.types import STR
from flowdsl.providers import Capabilities, Reply, Request
from flowdsl.runtime.context import Model
from flowdsl.runtime.fitting import Fitted, fitted, refused_settings
from flowdsl.testing import ScriptedProvider
from tests.runtime.building import Draft

PLAIN = Capabilities(temperature=False)
CLEVER = Capabilities(
    temperature=False,
    efforts=frozenset({"low", "high"}),
    thinking=frozenset({"on", "budget"}),
    max_output_tokens=1000,
)
NODE = Generate(label="ask", output=STR, prompt=Prompt(user=(Static("?"),)), max_tokens=500)
SET = replace(NODE, temperature=0.2, effort="high", thinking=2048)


def model(can: Capabilities) -> Model:
    provider = ScriptedProvider(["x"] * 3, capabilities=can)
    return Model(provider, ModelName("m"), ModelName("fake:m"))


def test_what_a_model_has_nothing_for_is_left_out_and_named() -> None:
    assert fitted(SET, model(PLAIN)) == Fitted(
        None, None, None, ("temperature=0.2", "effort='high'", "thinking=2048")
    )
    assert fitted(SET, model(CLEVER)) == Fitted(None, "high", 2048, ("temperature=0.2",))


def test_a_model_that_never_thinks_needs_no_telling() -> None:
    assert not fitted(replace(NODE, thinking="off"), model(PLAIN)).dropped


def test_an_unknown_model_is_sent_everything() -> None:
    class Silent:
        async def complete(self, request: Request, /) -> Reply:
            raise AssertionError(request)

    unknown = replace(model(PLAIN), provider=Silent())

    assert fitted(SET, unknown) == Fitted(0.2, "high", 2048)
    assert not list(refused_settings(SET, unknown, None))


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (replace(NODE, effort="max"), "effort='max'"),
        (replace(NODE, thinking="off"), "thinking='off'"),
        (replace(NODE, max_tokens=1001), "max_tokens=1001"),
    ],
)
def test_what_a_model_refuses_is_found_before_the_run(node: Generate, said: str) -> None:
    provider = ScriptedProvider(["x"], capabilities=CLEVER)
    options = Options(model="fake:m", providers={"fake": provider})

    problems = check_models(graph_of(node), options)

    assert [each.code for each in problems] == ["FD244"]
    assert said in problems[0].message
    assert not provider.requests


def test_settings_a_model_takes_are_no_problem() -> None:
    assert not list(refused_settings(SET, model(CLEVER), None))
    assert not list(refused_settings(replace(NODE, max_tokens=1000), model(CLEVER), None))


async def test_what_is_left_out_is_told_once_and_not_sent() -> None:
    heard: list[Event] = []
    provider = ScriptedProvider(["x"], capabilities=PLAIN)
    options = Options(model="fake:m", providers={"fake": provider}, on_event=heard.append)

    await run_async(graph_of(replace(NODE, temperature=0.2)), {}, options)

    assert provider.requests[0].temperature is None
    [warned] = [event for event in heard if isinstance(event, Warned)]
    assert warned.code == "FD245"
    assert "temperature=0.2" in warned.message


def graph_of(node: Generate) -> Graph:
    draft = Draft()
    draft.add(node)
    return draft.graph()
