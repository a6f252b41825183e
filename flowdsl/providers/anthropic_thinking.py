"""How hard a Claude model tries and whether it thinks, in the words that its API takes from it."""

from __future__ import annotations

from flowdsl.ir.asking import Thinking
from flowdsl.providers.anthropic_models import is_calm_when_off, thinks_untold
from flowdsl.providers.base import Capabilities, Request

LEAST_BUDGET = 1024
"""Tokens of the smallest budget that models with one take (PROVIDERS.md A.2)."""

_LEVELS = frozenset({"low", "medium", "high", "xhigh", "max"})
_ABOVE_HIGH = frozenset({"xhigh", "max"})
_SWITCHES = {"on": "adaptive", "off": "disabled", "between_tools": "between_tools"}

_Config = dict[str, object]


def effort_and_thinking(
    request: Request, can: Capabilities | None
) -> tuple[str | None, _Config | None, tuple[str, ...]]:
    """The level, the `thinking` field (both `None` when not sent), and what was not sent as it was asked.

    The rules per model are PROVIDERS.md A.5: the newest models can't stop thinking, sonnet-5-5 only between
    tools (without tools: never), those before 4.6 need a budget, those after 4.6 refuse one, and some take
    no effort above `high` while they don't think.

    Args:
        request: What is asked.
        can: What the model can do; `None` when unknown, then all goes out as it was asked.
    """
    notes: list[str] = []
    effort = request.effort
    levels = can.efforts if can else _LEVELS
    if effort is not None and effort not in levels:
        notes.append(_unsent(request, "effort", effort, levels))
        effort = None
    mode = _mode(request.thinking)
    if can and mode and mode not in can.thinking:
        notes.append(_unsent(request, "thinking", request.thinking, can.thinking))
        return effort, None, tuple(notes)
    if mode == "budget" and isinstance(request.thinking, int):
        config, said = _budget(request.thinking, request.max_tokens)
        return effort, config, (*notes, *said)
    is_off = mode in {"off", "between_tools"}
    if is_off and effort in _ABOVE_HIGH and is_calm_when_off(request.model):
        notes.append(
            f"effort={effort!r} was lowered to 'high': {request.model} takes no more while it does not think."
        )
        effort = "high"
    return effort, _switch(mode, request.model, can), tuple(notes)


def _mode(thinking: Thinking | None) -> str | None:
    return "budget" if isinstance(thinking, int) else thinking


def _switch(mode: str | None, model: str, can: Capabilities | None) -> _Config | None:
    if mode is None:
        return None
    if can and mode == "off":
        if not thinks_untold(model):
            return None
        if "between_tools" in can.thinking:
            mode = "between_tools"
    return {"type": _SWITCHES[mode]}


def _budget(asked: int, max_tokens: int) -> tuple[_Config | None, tuple[str, ...]]:
    why = f"a budget is at least {LEAST_BUDGET} tokens and less than max_tokens={max_tokens}"
    tokens = min(max(asked, LEAST_BUDGET), max_tokens - 1)
    if tokens < LEAST_BUDGET:
        return None, (f"thinking={asked} was not sent: {why}.",)
    told = (f"thinking={asked} was sent as {tokens}: {why}.",) if tokens != asked else ()
    return {"type": "enabled", "budget_tokens": tokens}, told


def _unsent(request: Request, name: str, value: object, taken: frozenset[str]) -> str:
    words = sorted("a number of tokens" if each == "budget" else repr(each) for each in taken)
    takes = f"takes {', '.join(words)}" if words else "has none"
    return f"{name}={value!r} was not sent: {request.model} {takes}."
