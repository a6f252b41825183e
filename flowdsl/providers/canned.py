"""What providers without a model share: prepared answers, plausible token counts, pieces of a text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flowdsl.errors import ProviderError
from flowdsl.ir.asking import ALL_EFFORTS, SWITCHES
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Capabilities, Delta, MediaPart, Reply, Request, TextPart
from flowdsl.providers.json_schema import Schema, is_schema

_BYTES_A_TOKEN = 4
_TOKENS_A_MEDIA = 1000
_WRAPPER = "value"

Arriving: TypeAlias = AsyncGenerator[Delta | Reply, None]
EVERYTHING = Capabilities(
    images=True,
    documents=True,
    efforts=ALL_EFFORTS,
    thinking=frozenset({*SWITCHES, "budget"}),
)
"""What doubles claim to take: whatever a prompt sets."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Text to be sent exactly as it is, for instance a malformed structured answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A prepared answer for the requests it fits; without a condition it fits all."""

    answer: object
    """A text, a value of the step's return type, a `Raw`, or an exception to raise."""
    contains: str | None = None
    """Text that stands in the system text or in a message."""
    step: str | None = None
    """Label of the step that asks."""

    def fits(self, request: Request) -> bool:
        """Whether this is the answer to the request."""
        return (self.step is None or self.step == request.step) and (
            self.contains is None or self.contains in prompt_text(request)
        )


def prompt_text(request: Request) -> str:
    """Everything the model is told, system text first."""
    return "\n\n".join([request.system, *(message.text for message in request.messages)]).strip()


def answer_text(answer: object, schema: Schema | None) -> str:
    """A prepared answer as a model would send it.

    Args:
        answer: A `Raw` is sent as it is. Under a schema any other value (text, pydantic model,
            dataclass, list …) is written as JSON, inside the `value` object that stands around
            answers that are no objects; a text that is a JSON object already is sent as it is.
        schema: The schema of the request; `None` when text was asked for.
    """
    if isinstance(answer, Raw):
        return answer.text
    if isinstance(answer, str) and (schema is None or _is_object(answer)):
        return answer
    plain = _jsonable(answer)
    if schema is None:
        return _dumped(plain)
    if _is_wrapper(schema) and not (is_schema(plain) and list(plain) == [_WRAPPER]):
        plain = {_WRAPPER: plain}
    return _dumped(plain)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _is_wrapper(schema: Schema) -> bool:
    fields = schema.get("properties")
    return is_schema(fields) and list(fields) == [_WRAPPER]


def _jsonable(answer: object) -> object:
    from pydantic_core import to_jsonable_python

    plain: object = to_jsonable_python(answer)
    return plain


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def tokens_of(text: str) -> int:
    """About as many tokens as a model would count; never 0."""
    return max(1, -(-len(text.encode()) // _BYTES_A_TOKEN))


def prompt_tokens(request: Request) -> int:
    """About as many tokens as the request's prompt has."""
    parts: Sequence[TextPart | MediaPart] = [
        part for turn in request.messages for part in turn.parts
    ]
    media = sum(_TOKENS_A_MEDIA for part in parts if isinstance(part, MediaPart))
    return tokens_of(prompt_text(request)) + media


def usage_of(request: Request, text: str) -> Usage:
    """Plausible usage of one call; the same request and answer give the same."""
    return Usage(calls=1, input_tokens=prompt_tokens(request), output_tokens=tokens_of(text))


def cut_if_long(request: Request, usage: Usage) -> None:
    """Behave like a model whose answer reaches `max_tokens`.

    Raises:
        ProviderError: The answer is longer than was allowed.
    """
    if usage.output_tokens > request.max_tokens:
        raise ProviderError(
            "max_tokens",
            f"The answer was cut at max_tokens = {request.max_tokens}.",
            help="raise max_tokens, or ask for shorter fields: Field(max_length=…).",
            billed={"input_tokens": usage.input_tokens, "output_tokens": request.max_tokens},
        )


async def wait(latency_s: float, request: Request) -> None:
    """Take as long as a model would.

    Raises:
        ProviderError: That is longer than the request's time.
    """
    try:
        async with asyncio.timeout(request.timeout_s):
            await asyncio.sleep(latency_s)
    except TimeoutError:
        raise ProviderError(
            "timeout", f"No whole answer came within {request.timeout_s} s."
        ) from None


def pieces(text: str) -> Iterator[str]:
    """The text word by word; joined again it is the same."""
    start = 0
    for end in range(1, len(text)):
        if text[end].isspace() and not text[end - 1].isspace():
            yield text[start:end]
            start = end
    if text[start:]:
        yield text[start:]


async def in_pieces(reply: Reply) -> Arriving:
    """A finished reply as if it had just arrived."""
    for piece in pieces(reply.text):
        yield Delta(piece)
        await asyncio.sleep(0)
    yield reply
