"""Requests as Gemini takes them: turns, media, the type of the answer, how hard to think."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors import ProviderError
from flowdsl.ir.asking import Effort
from flowdsl.ir.message import Message, MessagePart, TextPart
from flowdsl.providers.base import Capabilities, Request
from flowdsl.providers.google_models import MODELS, bare_name
from flowdsl.providers.google_schema import endless, gemini_schema

if TYPE_CHECKING:
    from google.genai import types

_LEVELS: Mapping[Effort, str] = {
    "minimal": "MINIMAL",
    "low": "LOW",
    "medium": "MEDIUM",
    "high": "HIGH",
    "xhigh": "XHIGH",
    "max": "XHIGH",
}
_OFF, _BY_ITSELF = 0, -1
"""Budgets with a meaning of their own: no thoughts, and as many as the model likes."""


class Asked(NamedTuple):
    """A request in the SDK's words."""

    contents: list[types.ContentDict] | str
    config: types.GenerateContentConfigDict
    notes: tuple[str, ...]
    """A sentence on each thing that was asked and is not sent."""


def asked(request: Request) -> Asked:
    """A request as the SDK takes it.

    Raises:
        ProviderError: It holds what Gemini can't be asked.
    """
    return Asked(_plain(request) or contents_of(request), *_config(request))


def _plain(request: Request) -> str:
    """The text of a request that has no more than one; else empty. The SDK is quicker with it than with a turn."""
    match request.messages:
        case (Message("user", (TextPart(text),)),):
            return text
        case _:
            return ""


def contents_of(request: Request) -> list[types.ContentDict]:
    """The turns of a conversation, media inside them.

    Raises:
        ProviderError: There is no turn.
    """
    if not request.messages:
        raise ProviderError("bad_request", "there is no message to answer.")
    return [_turn(each) for each in request.messages]


def _config(request: Request) -> tuple[types.GenerateContentConfigDict, tuple[str, ...]]:
    can = MODELS.get(bare_name(request.model))
    # A dict, since the SDK makes a deep copy of anything else at every call.
    config: types.GenerateContentConfigDict = {
        "max_output_tokens": request.max_tokens,
        # What the SDK would do by itself are further calls, and each of them is billed.
        "automatic_continuation": False,
        "automatic_function_calling": {"disable": True},
    }
    if request.system:
        config["system_instruction"] = request.system
    if request.temperature is not None and (can is None or can.temperature):
        config["temperature"] = request.temperature
    if request.seed is not None:
        config["seed"] = request.seed
    if request.stop:
        config["stop_sequences"] = [*request.stop]
    if (thinking := _thinking(request, can)) is not None:
        config["thinking_config"] = thinking
    if request.schema is not None:
        if why := endless(request.schema):
            raise ProviderError("bad_request", f"Gemini can't answer in this type: {why}.")
        config["response_mime_type"] = "application/json"
        config["response_json_schema"] = gemini_schema(request.schema)
    is_warm = "temperature" in config
    return config, tuple(_unsent(request, thinking or {}, is_warm=is_warm))


def _turn(message: Message) -> types.ContentDict:
    # Dicts again: the SDK reads them in half the time of its own objects.
    role = "model" if message.role == "assistant" else "user"
    return {"role": role, "parts": [_part(each) for each in message.parts]}


def _part(part: MessagePart) -> types.PartDict:
    if isinstance(part, TextPart):
        return {"text": part.text}
    if part.media_type.startswith("text/"):
        return {"text": part.content.decode("utf-8", errors="replace")}
    return {"inline_data": {"data": part.content, "mime_type": part.media_type}}


def _thinking(request: Request, can: Capabilities | None) -> types.ThinkingConfigDict | None:
    """A level or a budget, never both: Gemini refuses that. Of an unknown model both are tried as told."""
    if request.effort is not None and (can is None or request.effort in can.efforts):
        from google.genai import types

        return {"thinking_level": types.ThinkingLevel(_LEVELS[request.effort])}
    budget = _budget(request, can)
    return None if budget is None else {"thinking_budget": budget}


def _budget(request: Request, can: Capabilities | None) -> int | None:
    wanted = request.thinking
    if can is not None and ("budget" if isinstance(wanted, int) else wanted) not in can.thinking:
        return None
    if isinstance(wanted, int):
        return wanted
    if wanted == "off":
        return _OFF
    # Models with levels think without being told, and know no budget.
    return _BY_ITSELF if wanted == "on" and can is not None and not can.efforts else None


def _unsent(
    request: Request, thinking: types.ThinkingConfigDict, *, is_warm: bool
) -> Iterator[str]:
    name = request.model
    if request.temperature is not None and not is_warm:
        yield f"temperature was not sent: '{name}' takes no notice of it."
    if request.effort is not None and "thinking_level" not in thinking:
        yield f"effort '{request.effort}' was not sent: '{name}' has no such level."
    if request.thinking in {None, "on"}:
        return
    if "thinking_level" in thinking:
        yield f"thinking '{request.thinking}' was not sent: a level of effort was, and both together are refused."
    elif not thinking:
        yield f"thinking '{request.thinking}' was not sent: '{name}' can't be told so."
