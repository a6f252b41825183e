"""What was asked and answered, as attributes of a model call's span: only for sinks that were told to take content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeGuard

from flowdsl.events import otel_names as n
from flowdsl.events.records import ModelAsked

CONTENT_CHARS = 32_768
"""Longest text of a prompt, of one part of a message, or of an answer; what is longer is cut and ends in `…`."""


def asked_attributes(asked: ModelAsked) -> dict[str, str | int | float | tuple[str, ...]]:
    """What a model was sent, and how."""
    found: dict[str, str | int | float | tuple[str, ...]] = {
        n.MAX_TOKENS: asked.max_tokens,
        n.OUTPUT_TYPE: "text" if asked.schema is None else "json",
        n.INPUT: _json([*map(_turn, asked.messages)]),
    }
    if asked.system:
        found[n.SYSTEM] = _json([_text(asked.system)])
    if asked.temperature is not None:
        found[n.TEMPERATURE] = asked.temperature
    if asked.schema:
        found[n.SCHEMA] = asked.schema
    if asked.seed is not None:
        found[n.SEED] = asked.seed
    if asked.stop:
        found[n.STOP] = asked.stop
    return found


def answered_text(text: str, finish: str) -> str:
    """The value of `gen_ai.output.messages` for an answer and how it ended."""
    reason = n.FINISHES.get(finish, "error")
    return _json([{"role": "assistant", "parts": [_text(text)], "finish_reason": reason}])


def _turn(turn: Mapping[str, object]) -> Mapping[str, object]:
    return {**turn, "parts": [*_parts(turn.get("parts"))]}


def _parts(parts: object) -> Iterator[object]:
    for part in parts if _is_list(parts) else ():
        content = part.get("content") if _is_mapping(part) else None
        if _is_mapping(part) and isinstance(content, str):
            yield {**part, "content": _cut(content)}
        else:
            yield part


def _text(text: str) -> Mapping[str, str]:
    return {"type": "text", "content": _cut(text)}


def _cut(text: str) -> str:
    return text if len(text) <= CONTENT_CHARS else text[:CONTENT_CHARS] + "…"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)
