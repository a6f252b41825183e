"""One case of the matrix, tried on some providers at once, against the emulator or against our own fake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

from tests.chaos.calls import DEADLINE_S, SLACK_S, Tally, run_calls
from tests.chaos.emulator import NAMES, Emulator
from tests.chaos.matrix import ECHO, Case, Way
from tests.fakes.faults import Fault
from tests.fakes.server import Served


class Size(NamedTuple):
    """How many calls each way gets."""

    calls: int
    wave: int
    """Of them at once."""


class Trial(NamedTuple):
    """What one case on one provider came to."""

    case: Case
    way: Way
    tally: Tally
    requests: int
    complaints: tuple[str, ...]
    """What is not as declared; empty when all is well."""


async def emulated(case: Case, ways: Sequence[Way], emulator: Emulator, size: Size) -> list[Trial]:
    """Try a case against the emulator; no two ways may ask the same provider."""
    emulator.reset()

    async def one(way: Way) -> Trial:
        def script(count: int | None) -> None:
            emulator.script([{**each, "times": count} for each in case.behaviours], way.prefix)

        tally = await _called(case, way, emulator.base_url(way.prefix), size, script)
        requests = emulator.requests(way.prefix)
        complaints = complaints_of(case, tally, requests)
        if case.judged:
            complaints += emulator.failures(way.prefix)
        return Trial(case, way, tally, requests, tuple(complaints))

    return await _all_of(ways, one)


async def own(case: Case, ways: Sequence[Way], server: Served, size: Size) -> list[Trial]:
    """Try a case against our own fake, bills included; no two ways may ask the same provider."""
    house = server.house
    house.clear()
    house.lines += [*case.lines, ECHO]
    house.context_tokens = case.house.get("context_tokens")
    house.spend_limit_tokens = case.house.get("spend_limit_tokens")
    urls = {"anthropic": server.anthropic, "google": server.gemini, "openai": server.openai}

    async def one(way: Way) -> Trial:
        api = NAMES[way.prefix]

        def script(count: int | None) -> None:
            house.faults.add(*(replace(_dated(f), times=count, api=api) for f in case.faults))

        tally = await _called(case, way, urls[way.prefix], size, script)
        ledger = house.ledger.of_api(api)
        complaints = complaints_of(case, tally, len(ledger.entries))
        billed = ledger.total
        told = (tally.usage.input_tokens, tally.usage.output_tokens)
        due = (billed.input_tokens, billed.output_tokens)
        if case.bills_all and told != due:
            complaints.append(f"tokens (in, out) {told} were counted, and {due} are billed")
        if case.bills_input and way.prefix == "anthropic" and told[0] != due[0]:
            complaints.append(f"{told[0]} tokens of prompts were counted, and {due[0]} are billed")
        if any(one > two for one, two in zip(told, due, strict=True)):
            complaints.append(f"tokens {told} were counted, more than the {due} billed")
        return Trial(case, way, tally, len(ledger.entries), tuple(complaints))

    return await _all_of(ways, one)


async def _all_of(
    ways: Sequence[Way], one: Callable[[Way], Coroutine[None, None, Trial]]
) -> list[Trial]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(way)) for way in ways]
    return [task.result() for task in tasks]


async def _called(
    case: Case, way: Way, base_url: str, size: Size, script: Callable[[int | None], None]
) -> Tally:
    if case.end is not None:
        script(None)
    return await run_calls(
        way.prefix,
        base_url,
        calls=size.calls,
        wave=size.wave,
        streamed=way.streamed,
        before_wave=script if case.end is None else _nothing,
        attempts=case.attempts,
        timeout_s=case.timeout_s,
        max_tokens=case.max_tokens,
    )


def _nothing(_count: int) -> None:
    """What goes wrong for good was scripted before."""


def complaints_of(case: Case, tally: Tally, requests: int) -> list[str]:
    """What is not as the case declares it."""
    found = [f"called a success: {text}" for text in tally.wrong[:3]]
    wanted = case.end or "answered"
    if tally.ends[wanted] != tally.calls:
        found.append(f"all {tally.calls} calls should be {wanted}: {dict(tally.ends)}")
    if tally.longest_s > DEADLINE_S + SLACK_S:
        found.append(f"took {tally.longest_s:.1f} s, and {DEADLINE_S:.0f} s are the deadline")
    if case.requests is not None and requests != case.requests * tally.calls:
        found.append(f"{requests} requests for {tally.calls} calls")
    return found


def _dated(fault: Fault) -> Fault:
    """A wait until a date is told when the fault is scripted."""
    if fault.retry_after != "date":
        return fault
    until = datetime.now(UTC) + timedelta(seconds=2)
    return replace(fault, retry_after=format_datetime(until, usegmt=True))
