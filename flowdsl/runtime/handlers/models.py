"""Asking a model: render, call, read, and ask again with what was wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.asking import MediaUnsupportedError, RepliesRejectedError
from flowdsl.errors.prompts import ReplyMismatchError
from flowdsl.errors.providers import ProviderError
from flowdsl.errors.run import StepTimeoutError
from flowdsl.events.records import ModelCalled, TextArrived
from flowdsl.ir.message import MediaPart, Message, TextPart
from flowdsl.ir.usage import Usage
from flowdsl.prompts.render import render
from flowdsl.prompts.structured import read_reply, repair_message, request_schema
from flowdsl.providers import (
    PASSING,
    KnowsModels,
    KnowsPrices,
    Reply,
    Request,
    StreamsText,
)
from flowdsl.runtime.billing import Bill
from flowdsl.runtime.context import Model
from flowdsl.runtime.handlers.data import named
from flowdsl.runtime.ops import At, Mode, Op
from flowdsl.runtime.policies import MODEL_RETRY, wait_before_retry
from flowdsl.runtime.shown_media import port_showing
from flowdsl.runtime.workspace import reader_of

if TYPE_CHECKING:
    from flowdsl.ir.ids import ModelName
    from flowdsl.ir.model_nodes import Generate


def make_generate(op: Op, node: Generate, slots: dict[str, int]) -> None:
    """Make a model call's op."""
    op.mode = Mode.HANDLE
    op.handle = _Asking(node, slots).ask


class _Call(NamedTuple):
    """One op on one frame, about to ask a model."""

    at: At
    model: Model


class _Asking:
    """What is settled about a model call before it runs."""

    def __init__(self, node: Generate, slots: dict[str, int]) -> None:
        self.node = node
        self.slots = slots

    @cached_property
    def schema(self) -> dict[str, object] | None:
        return request_schema(self.node.output)

    async def ask(self, at: At) -> object:
        """Ask until an answer is of the declared type, or the repairs are used up."""
        node, context, op = self.node, at.execution.context, at.op
        call = _Call(at, context.models(node.model))
        if _costs_nothing(call.model):
            at.frame.free = {*(at.frame.free or ()), op.index}
        values = named(at.frame.values, self.slots)
        rendered = render(node.prompt, values, read_file=reader_of(context.workspace))
        messages = rendered.messages
        _refuse_unseen(call, messages, values)
        tries, number = node.policy.repairs + 1, 0
        while True:
            number += 1
            request = self._request(call, rendered.system, messages)
            reply, seconds = await self._reply(call, request)
            try:
                value = read_reply(node.output, reply.text)
            except ReplyMismatchError as error:
                _told(call, reply, seconds, accepted=False)
                if number == tries:
                    raise RepliesRejectedError(
                        op.id, call.model.full_name, tries, error.message, place=op.place
                    ) from error
                messages = (
                    *messages,
                    _turn("assistant", reply.text),
                    _turn("user", repair_message(error)),
                )
            else:
                _told(call, reply, seconds, accepted=True)
                return value

    def _request(self, call: _Call, system: str, messages: tuple[Message, ...]) -> Request:
        node = self.node
        return Request(
            model=call.model.name,
            messages=messages,
            system=system,
            schema=self.schema,
            max_tokens=node.max_tokens,
            temperature=node.temperature,
            effort=node.effort,
            thinking=node.thinking,
            cache=node.cache,
            seed=call.at.execution.context.seed,
            timeout_s=node.policy.timeout_s,
            step=node.label,
            path=call.at.path,
        )

    async def _reply(self, call: _Call, request: Request) -> tuple[Reply, float]:
        """One complete answer; faults that may pass are tried again."""
        retry = self.node.policy.retry or MODEL_RETRY
        clock, number = call.at.execution.clock, 0
        while True:
            number += 1
            began = clock()
            try:
                reply = await _answer(call, request)
            except ProviderError as error:
                _charge_fault(call, error, clock() - began)
                if (
                    error.kind not in PASSING
                    or number == retry.attempts
                    or call.at.execution.is_stopping
                ):
                    raise
                await wait_before_retry(retry, number, error, call.at)
            else:
                _refuse_half(call, reply, clock() - began)
                return reply, clock() - began


def _costs_nothing(model: Model) -> bool:
    if not isinstance(model.provider, KnowsModels):
        return False
    can = model.provider.capabilities(model.name)
    return can is not None and can.is_free


def _refuse_unseen(
    call: _Call, messages: tuple[Message, ...], values: Mapping[str, object]
) -> None:
    """A document may be plain text or not; only now it is known, and still nothing was sent."""
    provider = call.model.provider
    shown = {part.kind for each in messages for part in each.parts if isinstance(part, MediaPart)}
    if not shown or not isinstance(provider, KnowsModels):
        return
    can = provider.capabilities(call.model.name)
    if can is None:
        return
    for kind, is_seen in (("image", can.images), ("document", can.documents)):
        if kind in shown and not is_seen:
            op = call.at.op
            port = port_showing(values, kind) or "prompt"
            raise MediaUnsupportedError(op.id, port, kind, call.model.full_name, place=op.place)


def _turn(role: str, text: str) -> Message:
    return Message("assistant" if role == "assistant" else "user", (TextPart(text),))


async def _answer(call: _Call, request: Request) -> Reply:
    if request.timeout_s is None:
        return await _streamed(call, request)
    scope = asyncio.timeout(request.timeout_s)
    try:
        async with scope:
            return await _streamed(call, request)
    except TimeoutError as error:
        if scope.expired():
            late = StepTimeoutError(call.at.op.id, request.timeout_s)
            raise ProviderError("timeout", late.message, help=late.help) from error
        raise


async def _streamed(call: _Call, request: Request) -> Reply:
    provider, emit = call.model.provider, call.at.execution.emit
    if emit is None or not isinstance(provider, StreamsText):
        return await provider.complete(request)
    async for piece in provider.stream(request):
        if isinstance(piece, Reply):
            return piece
        if piece.text:  # to those who listen, an empty one would say that the answer begins anew
            emit(TextArrived(call.at.now, call.at.path, piece.text))
    raise ProviderError("truncated", "the answer ended before it was complete")


def _refuse_half(call: _Call, reply: Reply, seconds: float) -> None:
    """A refusal or a cut answer is no success, whatever its text parses as."""
    if reply.finish == "refusal":
        _told(call, reply, seconds, accepted=False)
        raise ProviderError("refusal", f"'{reply.model}' refused: {reply.text[:200]}")
    if reply.finish == "max_tokens":
        _told(call, reply, seconds, accepted=False)
        raise ProviderError(
            "max_tokens",
            f"the answer of '{reply.model}' was cut at max_tokens.",
            help="raise max_tokens of the prompt, or ask for shorter fields: Field(max_length=…).",
        )


def _told(call: _Call, reply: Reply, seconds: float, *, accepted: bool) -> None:
    _note_call(call.at, reply.model, seconds, Bill(reply.usage, reply.cost_usd), accepted=accepted)


def _charge_fault(call: _Call, error: ProviderError, seconds: float) -> None:
    """Tokens of a failed attempt that are billed all the same are on the bill."""
    if not any(error.billed.values()):
        return
    usage = Usage(calls=1, **error.billed)
    cost = _price(call.model, usage)
    _note_call(call.at, call.model.full_name, seconds, Bill(usage, cost), accepted=False)


def _price(model: Model, usage: Usage) -> Decimal | None:
    """What tokens of a failed attempt cost."""
    if _costs_nothing(model):
        return Decimal(0)
    provider = model.provider
    return provider.cost_usd(model.name, usage) if isinstance(provider, KnowsPrices) else None


def _note_call(at: At, model: ModelName, seconds: float, bill: Bill, *, accepted: bool) -> None:
    at.execution.charge(at.frame, at.op, bill)
    at.execution.note(ModelCalled(at.now, at.path, model, seconds, *bill, accepted))
