"""One policy over all providers: attempts, waits, deadlines, shared pauses, and what each attempt is billed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.budget import UnpricedCallError
from flowdsl.errors.providers import ProviderError
from flowdsl.errors.run import StepTimeoutError
from flowdsl.events.records import (
    ModelAnswered,
    ModelAsked,
    ModelCalled,
    Retried,
    TextArrived,
)
from flowdsl.ir.usage import Usage
from flowdsl.pricing import dearest
from flowdsl.providers import PASSING, KnowsPrices, Reply, Request, StreamsText
from flowdsl.runtime.billing import Bill
from flowdsl.runtime.budget import FREE, Reservation
from flowdsl.runtime.context import Model
from flowdsl.runtime.ops import At
from flowdsl.runtime.policies import MODEL_RETRY, brief_error, wait_s

if TYPE_CHECKING:
    from flowdsl.ir.policy import Policy, Retry

ATTEMPT_S = 600.0
"""Seconds for one attempt where nothing is said: no provider is ever waited for without end."""
DEADLINE_S = 1800.0
"""Seconds for all attempts of one model call together, repairs and waits included, where nothing is said."""
LONGEST_ASKED_S = 120.0
"""A provider that asks to be left alone for longer is not waited for."""
_MAYBE_BILLED = frozenset({"timeout", "truncated", "malformed"})
"""Faults after which the provider may have worked all the same, and sends a bill for it."""
_CUT_SHORT = frozenset({"timeout", "truncated", "unreachable"})
"""Faults after which what it told of tokens may not be all of them: what they cost is not known."""
_NO_CONNECTION = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
"""Exceptions of HTTP clients, by name: nothing was sent."""


class Call(NamedTuple):
    """One op on one frame, about to ask a model."""

    at: At
    model: Model
    policy: Policy
    until: float
    """When all attempts have to be over, by the run's clock."""


def call_of(at: At, model: Model) -> Call:
    """A call that begins now."""
    policy = at.op.node.policy
    deadline_s = DEADLINE_S if policy.deadline_s is None else policy.deadline_s
    return Call(at, model, policy, at.execution.clock() + deadline_s)


class Answered(NamedTuple):
    """One complete reply."""

    reply: Reply
    seconds: float
    attempt: int
    """Which one gave it, from 1."""


async def whole_reply(call: Call, request: Request) -> Answered:
    """One complete reply; faults that may pass are tried again.

    Raises:
        ProviderError: A fault that does not pass, the last of too many, or one whose cure would take too long.
    """
    execution = call.at.execution
    retry = call.policy.retry or MODEL_RETRY
    number = 0
    while True:
        number += 1
        _let_be_cut(call, is_free=True)
        await _wait_for_pause(call)
        reserved = await _reserve(call, request)
        _let_be_cut(call, is_free=call.model.is_free)
        began = execution.clock()
        timed = _timed(call, request, reserved, began)
        try:
            reply = await _answer(call, timed)
        except ProviderError as error:
            _let_be_cut(call, is_free=True)
            reserved.settle(_charge_fault(call, error, execution.clock() - began, number))
            if error.kind not in PASSING or number >= retry.attempts or execution.is_stopping:
                raise
            await _wait_for_next(call, retry, number, error)
        else:
            reserved.settle(reply.cost_usd)
            answered = Answered(reply, execution.clock() - began, number)
            _refuse_half(call, answered)
            return answered
        finally:
            # However else it ended: what it cost is not known.
            reserved.settle(None)


def _let_be_cut(call: Call, *, is_free: bool) -> None:
    """Whether a run that ends early may cut the call short: nothing is paid for what is not under way."""
    frame, index = call.at.frame, call.at.op.index
    others = {*(frame.free or ())} - {index}
    frame.free = {*others, index} if is_free else others


async def _reserve(call: Call, request: Request) -> Reservation:
    """Set aside what the attempt may cost, where the run has a budget.

    Raises:
        BudgetExceededError: It does not fit.
        UnpricedCallError: What it may cost is not known.
    """
    budget, model, op = call.at.execution.context.budget, call.model, call.at.op
    if budget is None or model.is_free:
        return FREE
    provider = model.provider
    most = provider.worst_case(request) if isinstance(provider, KnowsPrices) else None
    most_usd = None if most is None else dearest(partial(_price, model), most)
    if most_usd is None:
        raise UnpricedCallError(op.id, model.full_name, place=op.place)
    return await budget.reserve(most_usd, model.full_name)


def _tell_question(call: Call, request: Request) -> None:
    """What is sent, for listeners that want to know it word for word."""
    bus = call.at.execution.context.bus
    if not bus.wants_content:
        return
    from flowdsl.events.content import spoken
    from flowdsl.ir.show import show

    bus.emit_content(
        ModelAsked(
            call.at.now,
            call.at.path,
            call.model.full_name,
            request.system,
            spoken(request.messages),
            request.max_tokens,
            request.temperature,
            None if request.schema is None else show(call.at.op.node.output),
            request.seed,
            request.stop,
        )
    )


def _timed(call: Call, request: Request, reserved: Reservation, now: float) -> Request:
    """The request with the time it may take; those who want to know are told what is sent."""
    left = call.until - now
    if left <= 0:
        reserved.settle(Decimal(0))
        raise _out_of_time(call)
    _tell_question(call, request)
    most_s = ATTEMPT_S if request.timeout_s is None else request.timeout_s
    return replace(request, timeout_s=min(left, most_s))


def _out_of_time(call: Call, why: str = "") -> ProviderError:
    deadline_s = DEADLINE_S if call.policy.deadline_s is None else call.policy.deadline_s
    return ProviderError(
        "timeout",
        f"'{call.model.full_name}' gave no whole answer within {deadline_s:g} s, all attempts together.{why}",
        help="allow more with deadline_s, or ask for a shorter answer.",
    )


async def _wait_for_pause(call: Call) -> None:
    """Leave a provider alone that has asked for it; a spread keeps its callers from coming back all at once."""
    context, clock = call.at.execution.context, call.at.execution.clock
    waited_for = float("-inf")
    while (end := context.pauses.end(call.model.provider)) > max(waited_for, clock()):
        waited_for = end
        left = end - clock()
        if end >= call.until:
            raise _out_of_time(call, f" It asks to be left alone for another {left:.0f} s.")
        await context.sleep(left + context.rng.uniform(0.0, min(left, 1.0)))


async def _wait_for_next(call: Call, retry: Retry, number: int, error: ProviderError) -> None:
    execution, asked = call.at.execution, error.retry_after_s
    context, now = execution.context, execution.clock()
    wait = wait_s(retry, number, asked, context.rng)
    if (asked or 0.0) > LONGEST_ASKED_S or now + wait >= call.until:
        left = max(0.0, call.until - now)
        error.message += (
            f" It was not tried again: the wait of {wait:.0f} s is longer than"
            f" {min(LONGEST_ASKED_S, left):.0f} s."
        )
        raise error
    if error.kind == "rate_limit" or asked is not None:
        context.pauses.pause(call.model.provider, now + wait)
    execution.note(Retried(call.at.now, call.at.path, number, wait, brief_error(error)))
    await context.sleep(wait)
    if execution.is_stopping:
        raise error


async def _answer(call: Call, request: Request) -> Reply:
    scope = asyncio.timeout(request.timeout_s)
    try:
        async with scope:
            return await _streamed(call, request)
    except TimeoutError as error:
        if scope.expired():
            late = StepTimeoutError(call.at.op.id, request.timeout_s or ATTEMPT_S)
            raise ProviderError("timeout", late.message, help=late.help) from error
        raise


async def _streamed(call: Call, request: Request) -> Reply:
    provider, emit = call.model.provider, call.at.execution.emit
    if emit is None or not isinstance(provider, StreamsText):
        return await provider.complete(request)
    arriving = provider.stream(request)
    try:
        async for piece in arriving:
            if isinstance(piece, Reply):
                return piece
            if (
                piece.text
            ):  # to those who listen, an empty one would say that the answer begins anew
                emit(TextArrived(call.at.now, call.at.path, piece.text))
    finally:
        # Left in its middle, a generator would hold its connection until somebody collects it.
        if isinstance(arriving, AsyncGenerator):
            await arriving.aclose()
    raise ProviderError("truncated", "the answer ended before it was complete")


def _refuse_half(call: Call, answered: Answered) -> None:
    """A refusal or a cut answer is no success, whatever its text parses as."""
    reply = answered.reply
    if reply.finish == "refusal":
        told(call, answered, accepted=False)
        raise ProviderError("refusal", f"'{reply.model}' refused: {reply.text[:200]}")
    if reply.finish == "tool_use":
        told(call, answered, accepted=False)
        raise ProviderError(
            "malformed",
            f"the answer of '{reply.model}' ends in the call of a tool, and nobody offered one.",
        )
    if reply.finish == "max_tokens":
        told(call, answered, accepted=False)
        raise ProviderError(
            "max_tokens",
            f"the answer of '{reply.model}' was cut at max_tokens.",
            help="raise max_tokens of the prompt, or ask for shorter fields: Field(max_length=…).",
        )


# -- bills


def told(call: Call, answered: Answered, *, accepted: bool) -> None:
    """Put a reply on the bill, used or not, and tell of it."""
    reply = answered.reply
    bill = Bill(reply.usage, reply.cost_usd)
    bus = call.at.execution.context.bus
    if bus.wants_content:
        bus.emit_content(ModelAnswered(call.at.now, call.at.path, reply.text))
    call.at.execution.charge(call.at.frame, call.at.op, bill)
    call.at.execution.note(
        ModelCalled(
            call.at.now,
            call.at.path,
            reply.model,
            answered.seconds,
            *bill,
            accepted,
            reply.finish,
            reply.request_id,
            reply.tier,
            answered.attempt,
        )
    )


def _charge_fault(call: Call, error: ProviderError, seconds: float, number: int) -> Decimal | None:
    """Tokens of a failed attempt that are billed all the same are on the bill; what may be billed is not called free.

    Returns:
        Dollars, for the budget; `None` when the bill may still turn out to be higher.
    """
    usage = Usage(calls=1, **error.billed)
    is_told = any(error.billed.values())
    if call.model.is_free and (is_told or error.kind in _MAYBE_BILLED):
        bill = Bill(usage, Decimal(0))
    elif is_told or error.kind in _MAYBE_BILLED:
        is_whole = is_told and error.kind not in _CUT_SHORT
        bill = Bill(usage, _price(call.model, usage) if is_whole else None)
    else:
        # A connection that broke after the request was sent may be billed; that is too rare to call the whole cost unknown.
        return None if error.kind == "unreachable" and not _is_unsent(error) else Decimal(0)
    at = call.at
    at.execution.charge(at.frame, at.op, bill)
    at.execution.note(
        ModelCalled(
            at.now,
            at.path,
            call.model.full_name,
            seconds,
            *bill,
            accepted=False,
            finish=error.kind,
            attempt=number,
        )
    )
    return bill.cost_usd


def _is_unsent(error: ProviderError) -> bool:
    cause: BaseException | None = error
    while cause is not None and type(cause).__name__ not in _NO_CONNECTION:
        cause = cause.__cause__
    return cause is not None


def _price(model: Model, usage: Usage) -> Decimal | None:
    if model.is_free:
        return Decimal(0)
    provider = model.provider
    return provider.cost_usd(model.name, usage) if isinstance(provider, KnowsPrices) else None
