"""A provider that replies from a script and remembers what it was asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from flowdsl.errors import UnscriptedCallError
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Capabilities, Delta, Reply, Request
from flowdsl.providers.canned import (
    EVERYTHING,
    Raw,
    Rule,
    answer_text,
    cut_if_long,
    in_pieces,
    prompt_text,
    usage_of,
    wait,
)

__all__ = ["Raw", "Rule", "Script", "ScriptedProvider", "in_turn"]

Script: TypeAlias = Sequence[object] | Mapping[str, object] | Callable[[Request], object]
"""Replies one after another; or by the step's name; or worked out from the request."""

_END = object()


class in_turn:  # noqa: N801 - it reads as a word of the script
    """Several replies for one step of a script by step, given one after another."""

    def __init__(self, *replies: object) -> None:
        self._replies: Iterator[object] = iter(replies)

    def take(self) -> object:
        """The next reply.

        Raises:
            LookupError: There is none left.
        """
        reply = next(self._replies, _END)
        if reply is _END:
            raise LookupError
        return reply


class ScriptedProvider:
    """Replies as a test wrote it, in place of a model.

    A reply of the script is

    - a text, or any value of the step's return type: a pydantic model, a list, a number … (it is
      written as the JSON that the step asked for);
    - `Raw("…")`: exactly this text, for instance a malformed answer;
    - a `Reply`, given as it is;
    - an exception, raised in place of an answer: `ProviderError("overloaded", "…")`.

    Args:
        script: A sequence is used up in the order of the calls. A mapping goes by the name of the
            step that asks: its reply is given each time, or one after another with `in_turn(…)`.
            A function gets the `Request` and gives the reply; a `LookupError` from it means that
            there is none.
        rules: Replies by the prompt's text or the step; tried before the script.
        usage: Tokens of every reply; `None` counts roughly from the texts.
        latency_s: Seconds each reply takes.
        capabilities: What the model claims to take.

    Attributes:
        requests: Every request, in the order of the calls.
    """

    def __init__(
        self,
        script: Script = (),
        *,
        rules: Sequence[Rule] = (),
        usage: Usage | None = None,
        latency_s: float = 0.0,
        capabilities: Capabilities | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self._next = _reader(script)
        self._rules = tuple(rules)
        self._usage = usage
        self._latency_s = latency_s
        self._capabilities = capabilities or EVERYTHING

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(self.requests)

    def models(self) -> tuple[ModelName, ...]:
        """None: it answers to any name."""
        return ()

    def capabilities(self, _model: ModelName, /) -> Capabilities | None:
        """As the test declared."""
        return self._capabilities

    def unready(self, _model: ModelName, /) -> str | None:
        """Always ready."""
        return None

    async def complete(self, request: Request, /) -> Reply:
        """Give the script's reply to this call.

        Raises:
            UnscriptedCallError: The script has none.
        """
        self.requests.append(request)
        reply = self._scripted(request)
        await wait(self._latency_s, request)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Reply):
            return reply
        text = answer_text(reply, request.schema)
        usage = self._usage or usage_of(request, text)
        cut_if_long(request, usage)
        model = ModelName(f"scripted:{request.model}")
        return Reply(text=text, usage=usage, model=model, cost_usd=Decimal(0))

    async def stream(self, request: Request, /) -> AsyncGenerator[Delta | Reply, None]:
        """Give the script's reply word by word."""
        async for item in in_pieces(await self.complete(request)):
            yield item

    def _scripted(self, request: Request) -> object:
        for rule in self._rules:
            if rule.fits(request):
                return rule.answer
        try:
            return self._next(request)
        except LookupError as problem:
            wanted = str(problem).strip("'") or "the script is used up"
            known = problem.known if isinstance(problem, _NoSuchStepError) else ()
            raise UnscriptedCallError(
                request.step, prompt_text(request), self.calls, wanted, known=known
            ) from None


class _NoSuchStepError(LookupError):
    """A script by step does not name the one that asks."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__(f"it knows: {', '.join(known) or 'no step'}")
        self.known = known


def _reader(script: Script) -> Callable[[Request], object]:
    if callable(script):
        return script
    if isinstance(script, Mapping):
        return _by_step(script)
    turns = in_turn(*script)
    return lambda _request: turns.take()


def _by_step(script: Mapping[str, object]) -> Callable[[Request], object]:
    def read(request: Request) -> object:
        if request.step not in script:
            raise _NoSuchStepError(tuple(sorted(script)))
        reply = script[request.step]
        return reply.take() if isinstance(reply, in_turn) else reply

    return read
