"""Graphs and prompts as text that a person can read and a diff can compare."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import assert_never

from flowdsl.dsl.steps import BaseStep
from flowdsl.ir.graph import Graph
from flowdsl.ir.printer import to_text
from flowdsl.pipeline import Pipeline
from flowdsl.providers.base import MediaPart, Message, MessagePart, Request, TextPart
from flowdsl.testing.everywhere import EveryModel
from flowdsl.testing.harness import ScriptedRun
from flowdsl.testing.scripted import ScriptedProvider

_NUMBERS = re.compile(r"\[(\d+)\]")
_INDENT = "  "


def graph_text(subject: object) -> str:
    """The graph of a pipeline, a step or a run, a line a node.

    Raises:
        TypeError: The subject has no graph.
    """
    match subject:
        case Graph():
            return to_text(subject)
        case Pipeline() | ScriptedRun():
            return to_text(subject.graph)
        case BaseStep():
            return to_text(subject.graph_of())
        case _:
            raise TypeError(f"graph_snapshot takes a pipeline, not {type(subject).__name__}")


def prompts_text(subject: object) -> str:
    """Every prompt that models were sent, as it was rendered.

    Prompts stand in an order that does not hang on which call came first: by step, as the pipeline has them, then by
    item and round.

    Args:
        subject: A run of `run_pipeline` or `run_step`; or a `ScriptedProvider`, whose requests are in order already.

    Raises:
        TypeError: The subject holds no requests.
    """
    requests, steps = _requests(subject)
    places = {path: number for number, path in enumerate(steps)}

    def position(request: Request) -> tuple[int, str, list[int]]:
        plain = _NUMBERS.sub("", request.path)
        numbers = [int(number) for number in _NUMBERS.findall(request.path)]
        return places.get(plain, len(places)), plain or request.step, numbers

    return (
        "\n".join(_prompt(request) for request in sorted(requests, key=position)) or "no prompts\n"
    )


def _requests(subject: object) -> tuple[Iterable[Request], Iterable[str]]:
    match subject:
        case ScriptedRun():
            return subject.requests, dict.fromkeys(_NUMBERS.sub("", path) for path in subject.nodes)
        case ScriptedProvider() | EveryModel():
            return subject.requests, ()
        case _:
            raise TypeError(
                "prompt_snapshot takes a run of run_pipeline() or run_step(), or a ScriptedProvider, "
                f"not {type(subject).__name__}"
            )


def _prompt(request: Request) -> str:
    return "\n".join(_lines(request)) + "\n"


def _lines(request: Request) -> Iterator[str]:
    at = f" at {request.path}" if request.path not in ("", request.step) else ""
    warm = "" if request.temperature is None else f", temperature {request.temperature:g}"
    yield f"## {request.step}{at} (model {request.model}{warm})"
    if request.system:
        yield "system:"
        yield from _indented(request.system)
    for message in request.messages:
        yield f"{message.role}:"
        yield from _message(message)
    if request.schema is not None:
        yield "schema:"
        yield from _indented(json.dumps(request.schema, indent=2, ensure_ascii=False))


def _message(message: Message) -> Iterator[str]:
    for part in message.parts:
        yield from _indented(_part(part))


def _part(part: MessagePart) -> str:
    match part:
        case TextPart():
            return part.text
        case MediaPart():
            name = f" {part.name}" if part.name else ""
            digest = sha256(part.content).hexdigest()[:12]
            size = f"{len(part.content):,} bytes"
            return f"<{part.kind}{name}, {part.media_type}, {size}, sha256 {digest}>"
        case _:
            assert_never(part)


def _indented(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"{_INDENT}{line}" if line else ""
