"""One case of the matrix, tried on one provider, against the emulator or against our own fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

from tests.chaos.calls import DEADLINE_S, SLACK_S, Tally, run_calls
from tests.chaos.emulator import Emulator
from tests.chaos.matrix import ECHO, Case, Way
from tests.fakes.faults import Fault
from tests.fakes.server import Served


class Trial(NamedTuple):
    """What one case on one provider came to."""

    case: Case
    way: Way
    tally: Tally
    requests: int
    complaints: tuple[str, ...]
    """What is not as declared; empty when all is well."""


async def emulated(case: Case, way: Way, emulator: Emulator, *, calls: int, wave: int) -> Trial:
    """Try a case against the emulator."""
    prefix = way.prefix
    emulator.reset()
    if case.end is not None:
        emulator.script([{**each, "times": None} for each in case.behaviours], prefix)

    def before(count: int) -> None:
        if case.end is None:
            emulator.script([{**each, "times": count} for each in case.behaviours], prefix)

    tally = await run_calls(
        prefix,
        emulator.base_url(prefix),
        calls=calls,
        wave=wave,
        streamed=way.streamed,
        before_wave=before,
        attempts=case.attempts,
        timeout_s=case.timeout_s,
        max_tokens=case.max_tokens,
    )
    complaints = complaints_of(case, tally, emulator.requests())
    if case.judged:
        complaints += emulator.failures()
    return Trial(case, way, tally, emulator.requests(), tuple(complaints))


async def own(case: Case, way: Way, server: Served, *, calls: int, wave: int) -> Trial:
    """Try a case against our own fake; bills are compared, too."""
    house = server.house
    house.clear()
    house.lines += [*case.lines, ECHO]
    house.context_tokens = case.house.get("context_tokens")
    house.spend_limit_tokens = case.house.get("spend_limit_tokens")

    def before(count: int) -> None:
        if case.end is None or count:
            house.faults.clear()
            times = count if case.end is None else None
            house.faults.add(*(replace(_dated(each), times=times) for each in case.faults))

    urls = {"anthropic": server.anthropic, "google": server.gemini, "openai": server.openai}
    tally = await run_calls(
        way.prefix,
        urls[way.prefix],
        calls=calls,
        wave=wave,
        streamed=way.streamed,
        before_wave=before,
        attempts=case.attempts,
        timeout_s=case.timeout_s,
        max_tokens=case.max_tokens,
    )
    billed = house.ledger.total
    complaints = complaints_of(case, tally, len(house.ledger.entries))
    told = (tally.usage.input_tokens, tally.usage.output_tokens)
    due = (billed.input_tokens, billed.output_tokens)
    if case.bills_all and told != due:
        complaints.append(f"tokens (in, out) {told} were counted, and {due} are billed")
    if any(one > two for one, two in zip(told, due, strict=True)):
        complaints.append(f"tokens {told} were counted, which is more than the {due} billed")
    return Trial(case, way, tally, len(house.ledger.entries), tuple(complaints))


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
