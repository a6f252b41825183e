"""Effort and thinking as each Claude model takes them, and what is said of the rest."""

from dataclasses import replace

import pytest

from flowdsl.ir.asking import EFFORTS, SWITCHES, Thinking, is_effort, is_thinking
from flowdsl.ir.ids import ModelName
from flowdsl.providers.anthropic_body import body_of
from flowdsl.providers.anthropic_models import MODELS, capabilities_of
from flowdsl.providers.anthropic_thinking import effort_and_thinking
from flowdsl.providers.base import Request
from tests.fakes.claude_models import claude
from tests.fakes.claude_rules import why_refused
from tests.providers.anthropic_double import broken_rule
from tests.providers.contract import ask

ADAPTIVE, DISABLED, BETWEEN = (
    {"type": "adaptive"},
    {"type": "disabled"},
    {"type": "between_tools"},
)


def _ask(model: str, thinking: Thinking | None = None, max_tokens: int = 8000) -> Request:
    return replace(ask("Hello?", model=model, max_tokens=max_tokens), thinking=thinking)


def _thinking(
    model: str, thinking: Thinking | None, max_tokens: int = 8000
) -> tuple[object, tuple[str, ...]]:
    request = _ask(model, thinking, max_tokens)
    effort, config, notes = effort_and_thinking(request, capabilities_of(model))
    assert effort is None
    return config, notes


@pytest.mark.parametrize(
    ("model", "thinking", "sent"),
    [
        ("claude-opus-5-5", None, None),
        ("claude-opus-5-5", "on", ADAPTIVE),
        ("claude-sonnet-5-5", "off", BETWEEN),
        ("claude-sonnet-5-5", "between_tools", BETWEEN),
        ("claude-haiku-5-5", "off", DISABLED),
        ("claude-opus-5", "off", DISABLED),
        ("claude-sonnet-5", "on", ADAPTIVE),
        ("claude-opus-4-7", "on", ADAPTIVE),
        ("claude-opus-4-7", "off", None),
        ("claude-opus-4-6", "on", ADAPTIVE),
        ("claude-opus-4-6", 2000, {"type": "enabled", "budget_tokens": 2000}),
        ("claude-haiku-4-5", "off", None),
        ("claude-haiku-4-5-20251001", 1024, {"type": "enabled", "budget_tokens": 1024}),
        ("claude-next", "on", ADAPTIVE),
        ("claude-next", "off", DISABLED),
        ("claude-next", "between_tools", BETWEEN),
        ("claude-next", 3000, {"type": "enabled", "budget_tokens": 3000}),
    ],
)
def test_thinking_is_said_in_the_models_words(
    model: str, thinking: Thinking | None, sent: object
) -> None:
    assert _thinking(model, thinking) == (sent, ())


@pytest.mark.parametrize(
    ("model", "thinking", "note"),
    [
        (
            "claude-opus-5-5",
            "off",
            "thinking='off' was not sent: claude-opus-5-5 takes 'on'.",
        ),
        (
            "claude-opus-5",
            2000,
            "thinking=2000 was not sent: claude-opus-5 takes 'off', 'on'.",
        ),
        (
            "claude-haiku-4-5",
            "on",
            "thinking='on' was not sent: claude-haiku-4-5 takes 'off', a number of tokens.",
        ),
        (
            "claude-haiku-5-5",
            "between_tools",
            "thinking='between_tools' was not sent: claude-haiku-5-5 takes 'off', 'on'.",
        ),
    ],
)
def test_what_a_model_refuses_is_not_sent_and_told(
    model: str, thinking: Thinking, note: str
) -> None:
    assert _thinking(model, thinking) == (None, (note,))


@pytest.mark.parametrize(
    ("asked", "max_tokens", "sent"), [(500, 8000, 1024), (9000, 8000, 7999), (500, 1025, 1024)]
)
def test_a_budget_is_kept_within_its_bounds(asked: int, max_tokens: int, sent: int) -> None:
    config, notes = _thinking("claude-haiku-4-5", asked, max_tokens)

    assert config == {"type": "enabled", "budget_tokens": sent}
    rule = f"a budget is at least 1024 tokens and less than max_tokens={max_tokens}"
    assert notes == (f"thinking={asked} was sent as {sent}: {rule}.",)


def test_a_budget_without_room_is_not_sent() -> None:
    config, notes = _thinking("claude-haiku-4-5", 2000, 1024)

    assert config is None
    assert notes == (
        "thinking=2000 was not sent: a budget is at least 1024 tokens and less than max_tokens=1024.",
    )


@pytest.mark.parametrize("model", ["claude-opus-5", "claude-haiku-5-5", "claude-sonnet-5-5"])
def test_an_effort_is_lowered_where_the_model_does_not_think(model: str) -> None:
    request = replace(_ask(model, "off"), effort="max")

    effort, _, notes = effort_and_thinking(request, capabilities_of(model))

    assert effort == "high"
    assert notes == (
        f"effort='max' was lowered to 'high': {model} takes no more while it does not think.",
    )


def test_an_effort_stays_where_nothing_stands_against_it() -> None:
    awake = replace(_ask("claude-opus-5", "on"), effort="max")
    asleep = replace(_ask("claude-sonnet-5", "off"), effort="max")

    for request in (awake, asleep):
        effort, _, notes = effort_and_thinking(request, capabilities_of(request.model))
        assert (effort, notes) == ("max", ())


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("claude-opus-5-5", "takes 'high', 'low', 'max', 'medium', 'xhigh'"),
        ("claude-next", "takes 'high', 'low', 'max', 'medium', 'xhigh'"),
        ("claude-haiku-4-5", "has none"),
    ],
)
def test_an_effort_that_a_model_has_not_is_told(model: str, takes: str) -> None:
    request = replace(_ask(model), effort="minimal")

    effort, _, notes = effort_and_thinking(request, capabilities_of(model))

    assert effort is None
    assert notes == (f"effort='minimal' was not sent: {model} {takes}.",)


def test_nothing_that_can_be_asked_breaks_a_rule_of_any_model() -> None:
    asked = 0
    for model in MODELS:
        for thinking in (None, *SWITCHES, 10, 2000, 10**6):
            for effort in (None, *EFFORTS):
                request = replace(
                    _ask(model),
                    model=ModelName(model),
                    thinking=thinking if is_thinking(thinking) else None,
                    effort=effort if is_effort(effort) else None,
                    temperature=0.5,
                    seed=1,
                )
                body = body_of(request, capabilities_of(model), None)
                assert broken_rule(body.fields) is None
                rules = claude(model)
                assert rules is None or why_refused(body.fields, rules, "2026-10-21") is None
                asked += 1
    assert asked == len(MODELS) * 7 * 7
