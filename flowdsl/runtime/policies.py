"""Timeouts, retries and late type checks, wrapped around an op only where they are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.base import FlowError
from flowdsl.errors.run import ArgumentTypeError, StepTimeoutError
from flowdsl.events.records import Retried
from flowdsl.ir.model_nodes import Generate
from flowdsl.ir.policy import Retry
from flowdsl.runtime.ops import At, Check, Mode, Op, Values
from flowdsl.runtime.telling import brief, kind_of

if TYPE_CHECKING:
    from random import Random

    from flowdsl.ir.node import Port

Handle = Callable[[At], Awaitable[object]]
MODEL_RETRY = Retry(attempts=5)
"""How a model is asked again after a fault that may pass, when nothing is said."""


class LateCheck(NamedTuple):
    """A port whose value's type is not known before it is there."""

    port: Port
    slot: int
    check: Check


def with_checks(op: Op, checks: tuple[LateCheck, ...]) -> None:
    """Let an op refuse what does not fit its ports."""
    guard = partial(_guard, op, checks)
    invoke, acall, handle, enter = op.invoke, op.acall, op.handle, op.enter

    def guarded_invoke(values: Values) -> object:
        guard(values)
        return invoke(values)

    def guarded_handle(at: At) -> Awaitable[object]:
        guard(at.frame.values)
        return handle(at)

    def guarded_enter(at: At) -> None:
        guard(at.frame.values)
        enter(at)

    op.invoke, op.handle, op.enter = guarded_invoke, guarded_handle, guarded_enter
    if acall is not None:
        op.acall = partial(_guarded_acall, guard, acall)


def _guarded_acall(
    guard: Callable[[Values], None], acall: Callable[[Values], Awaitable[object]], values: Values
) -> Awaitable[object]:
    guard(values)
    return acall(values)


def _guard(op: Op, checks: tuple[LateCheck, ...], values: Values) -> None:
    for port, slot, check in checks:
        if not check(values[slot]):
            from flowdsl.ir.show import show

            raise ArgumentTypeError(
                op.id, port.name, show(port.type), kind_of(values[slot]), place=op.place
            )


def with_policy(op: Op) -> None:
    """Arm what the node's policy asks for; an op without one stays as it is."""
    policy = op.node.policy
    retry = policy.retry
    # A model call sees to its own attempts: a repair is not a retry, and faults say whether they may pass.
    if op.mode is Mode.REGION or isinstance(op.node, Generate):
        return
    if policy.timeout_s is None and retry is None:
        return
    attempt = _as_handle(op)
    if policy.timeout_s is not None:
        attempt = partial(_timed, attempt, policy.timeout_s)
    if retry is not None and retry.attempts > 1:
        attempt = partial(_retried, attempt, retry)
    op.mode, op.acall, op.handle = Mode.HANDLE, None, attempt


def _as_handle(op: Op) -> Handle:
    acall, invoke = op.acall, op.invoke
    if op.mode is Mode.HANDLE:
        return op.handle
    if acall is not None:
        return partial(_from_acall, acall)
    return partial(_from_invoke, invoke)


async def _from_acall(acall: Callable[[Values], Awaitable[object]], at: At) -> object:
    return await acall(at.frame.values)


async def _from_invoke(invoke: Callable[[Values], object], at: At) -> object:
    return invoke(at.frame.values)


async def _timed(attempt: Handle, timeout_s: float, at: At) -> object:
    scope = asyncio.timeout(timeout_s)
    try:
        async with scope:
            return await attempt(at)
    except TimeoutError as error:
        if scope.expired():
            raise StepTimeoutError(at.op.id, timeout_s) from error
        raise


async def _retried(attempt: Handle, retry: Retry, at: At) -> object:
    for number in range(1, retry.attempts):
        try:
            return await attempt(at)
        except Exception as error:
            if at.execution.is_stopping:
                raise
            await _wait_before_retry(retry, number, error, at)
    return await attempt(at)


async def _wait_before_retry(retry: Retry, number: int, error: Exception, at: At) -> None:
    context = at.execution.context
    asked = getattr(error, "retry_after_s", None)
    asked_s = float(asked) if isinstance(asked, int | float) else None
    wait = wait_s(retry, number, asked_s, context.rng)
    at.execution.note(Retried(at.now, at.path, number, wait, brief_error(error)))
    await context.sleep(wait)


def wait_s(retry: Retry, number: int, asked_s: float | None, rng: Random) -> float:
    """Seconds to wait after attempt `number`, counted from 1: full jitter, never less than was asked for."""
    ceiling = min(retry.max_delay_s, retry.base_delay_s * 2 ** (number - 1))
    return max(rng.uniform(0.0, ceiling), asked_s or 0.0)


def brief_error(error: BaseException) -> str:
    """An error's kind and words, on one line."""
    # The cure of an error is for whoever it reaches in the end.
    said = f"{error.code}: {error.message}" if isinstance(error, FlowError) else str(error)
    words = " ".join(said.split())
    return f"{type(error).__name__}: {words[:200]}" if words else brief(error)
