"""What goes wrong, and how every call has to end: the emulator's faults, and our own fake's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from flowdsl.providers.base import FaultKind
from tests.chaos.calls import PREFIXES
from tests.fakes.faults import Fault
from tests.fakes.wire import Json
from tests.fakes.words import Line

WAIT = {"retry_after": 0.2}
_OVERFLOW = {
    "code": "context_length_exceeded",
    "message": "This model's maximum context length was exceeded.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way in which calls go wrong."""

    name: str
    end: FaultKind | None = None
    """What every call ends in; `None` where every call recovers."""
    behaviours: tuple[Json, ...] = ()
    """The emulator's; each meets as many requests as there are calls, or all of them where every call fails."""
    faults: tuple[Fault, ...] = ()
    """Our own fake's; likewise."""
    lines: tuple[Line, ...] = ()
    """What our own fake says."""
    streamed: tuple[bool, ...] = (False, True)
    prefixes: tuple[str, ...] = PREFIXES
    attempts: int = 5
    timeout_s: float = 10.0
    max_tokens: int = 300
    requests: int | None = None
    """Requests that each call makes, where that is known."""
    house: Mapping[str, int] = field(default_factory=dict[str, int])
    """Settings of our own fake."""
    bills_all: bool = True
    """Whether all that is billed can be known from what was sent."""
    bills_input: bool = False
    """Whether Anthropic, which tells the tokens of the prompt first, lets us know those of broken streams."""
    is_like_others: bool = False
    """Tried only when there is time."""
    judged: bool = True
    """Whether the emulator's verdict counts; it calls the last of too many truncated streams accepted."""


class Way(NamedTuple):
    """Whom the calls ask, and how."""

    prefix: str
    streamed: bool = False

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.prefix}-{'stream' if self.streamed else 'whole'}"


def ways_of(case: Case, *, streamed: bool) -> list[Way]:
    """Every way in which a case is tried, streamed or not."""
    return [Way(prefix, streamed) for prefix in case.prefixes if streamed in case.streamed]


def quick_trials(cases: Iterable[Case]) -> list[tuple[Case, list[Way]]]:
    """What is tried whenever all tests run: of faults that are treated alike, one."""
    return [
        (case, ways)
        for case in cases
        for streamed in case.streamed
        if not case.is_like_others and (ways := ways_of(case, streamed=streamed))
    ]


STREAM = (True,)
ALIKE = frozenset({408, 409, 502, 504, 529})


def _fail(status: int, **more: object) -> Json:
    return {"type": "fail", "status": status, **more}


def _break(kind: str, **more: object) -> Json:
    return {"type": "stream_fault", "kind": kind, "after_chunks": 3, **more}


EMULATED: tuple[Case, ...] = (
    *(
        Case(
            name=f"{status} once",
            behaviours=(_fail(status, **WAIT),),
            is_like_others=status in ALIKE,
        )
        for status in (408, 409, 429, 500, 502, 503, 504, 529)
    ),
    Case(name="429 with a whole second", behaviours=(_fail(429, retry_after=1.0),)),
    Case(name="late", behaviours=({"type": "delay", "seconds": 0.3},), requests=1),
    Case(name="too late", behaviours=({"type": "delay", "seconds": 1.5},), timeout_s=0.7),
    Case(
        name="slow first token",
        behaviours=({"type": "slow_first_token", "seconds": 0.3},),
        streamed=STREAM,
        requests=1,
    ),
    Case(
        name="first token too late",
        behaviours=({"type": "slow_first_token", "seconds": 1.5},),
        streamed=STREAM,
        timeout_s=0.7,
    ),
    *(
        Case(name=f"stream: {kind}", behaviours=(_break(kind),), streamed=STREAM)
        for kind in ("disconnect", "truncate", "malformed")
    ),
    Case(
        name="stream: stall",
        behaviours=(_break("stall", stall_seconds=1.5),),
        streamed=STREAM,
        timeout_s=0.7,
    ),
    Case(name="400", behaviours=(_fail(400),), end="bad_request", requests=1),
    Case(name="401", behaviours=(_fail(401),), end="authentication", requests=1),
    Case(
        name="402",
        behaviours=(_fail(402),),
        end="spend_limit",
        requests=1,
    ),
    Case(name="403", behaviours=(_fail(403),), end="permission", requests=1),
    Case(name="404", behaviours=(_fail(404),), end="unknown_model", requests=1),
    Case(
        name="413",
        behaviours=(_fail(413),),
        end="context_overflow",
        requests=1,
    ),
    Case(
        name="422",
        behaviours=(_fail(422),),
        end="bad_request",
        requests=1,
        is_like_others=True,
    ),
    Case(
        name="prompt too long",
        behaviours=(_fail(400, **_OVERFLOW),),
        end="context_overflow",
        prefixes=("openai",),  # the emulator says it in OpenAI's words to all of them
        requests=1,
    ),
    Case(name="429 for good", behaviours=(_fail(429, **WAIT),), end="rate_limit", attempts=2),
    Case(name="429 for an hour", behaviours=(_fail(429, retry_after=3600),), end="rate_limit"),
    Case(name="500 for good", behaviours=(_fail(500, **WAIT),), end="server", attempts=2),
    Case(
        name="503 for good",
        behaviours=(_fail(503, **WAIT),),
        end="overloaded",
        attempts=2,
        is_like_others=True,
    ),
    Case(name="529 for good", behaviours=(_fail(529, **WAIT),), end="overloaded", attempts=2),
    Case(
        name="stream: disconnect for good",
        behaviours=(_break("disconnect"),),
        streamed=STREAM,
        end="unreachable",
        attempts=2,
    ),
    Case(
        name="stream: truncate for good",
        behaviours=(_break("truncate"),),
        streamed=STREAM,
        end="truncated",
        attempts=2,
        judged=False,
    ),
    Case(
        name="stream: malformed for good",
        behaviours=(_break("malformed"),),
        streamed=STREAM,
        end="malformed",
        attempts=2,
    ),
)


def _status(status: int, **more: str) -> Fault:
    return replace(Fault(kind="status", status=status, retry_after_ms="200"), **more)


ECHO = Line(echo=True, thought="Hm.")
NOTHING_STREAMED: tuple[tuple[FaultKind, tuple[str, ...]], ...] = (
    ("malformed", ("anthropic",)),
    ("truncated", ("google", "openai")),
)
"""What an answer that is no stream is called where a stream was asked for."""
SPENT = Fault(kind="status", status=429, error_code="enforced_spend_limit_reached")

OWN: tuple[Case, ...] = (
    *(
        Case(name=f"{status} once", faults=(_status(status),), is_like_others=status in ALIKE)
        for status in (408, 409, 429, 500, 502, 503, 504, 529)
    ),
    Case(name="429 until a date", faults=(_status(429, retry_after_ms="", retry_after="date"),)),
    Case(name="late", faults=(Fault(kind="delay", seconds=0.3),), requests=1),
    Case(
        name="too late", faults=(Fault(kind="delay", seconds=1.5),), timeout_s=0.7, bills_all=False
    ),
    Case(name="a page of a proxy", faults=(Fault(kind="html"),)),
    Case(name="an empty object", faults=(Fault(kind="empty"),), bills_all=False),
    Case(name="half a JSON text", faults=(Fault(kind="broken_json"),), bills_all=False),
    Case(name="dropped", faults=(Fault(kind="drop"),), bills_all=False),
    Case(name="stall", faults=(Fault(kind="stall", seconds=1.5),), timeout_s=0.7, bills_all=False),
    *(
        Case(
            name=f"stream: {kind} after {after}",
            faults=(Fault(kind=kind, after_events=after, status=529),),
            streamed=STREAM,
            bills_all=False,
            bills_input=after > 0,
            is_like_others=after == 1,
        )
        for kind in ("truncate", "drop", "broken_chunk", "error_event")
        for after in (0, 1, 4)
    ),
    Case(
        name="stream: no start",
        faults=(Fault(kind="no_start"),),
        streamed=STREAM,
        prefixes=("anthropic",),
        bills_all=False,
    ),
    Case(
        name="stream: truncate for good",
        faults=(Fault(kind="truncate", after_events=4),),
        streamed=STREAM,
        end="truncated",
        attempts=2,
        bills_all=False,
    ),
    Case(name="a page for good", faults=(Fault(kind="html"),), end="malformed", attempts=2),
    Case(
        name="nothing for good",
        faults=(Fault(kind="empty"),),
        end="malformed",
        streamed=(False,),
        attempts=2,
        bills_all=False,
    ),
    *(
        Case(
            name=f"nothing for good, {end}",
            faults=(Fault(kind="empty"),),
            end=end,
            streamed=STREAM,
            prefixes=prefixes,
            attempts=2,
            bills_all=False,
        )
        for end, prefixes in NOTHING_STREAMED
    ),
    Case(name="400", faults=(Fault(kind="status", status=400),), end="bad_request", requests=1),
    Case(name="401", faults=(Fault(kind="status", status=401),), end="authentication", requests=1),
    Case(name="403", faults=(Fault(kind="status", status=403),), end="permission", requests=1),
    Case(name="404", faults=(Fault(kind="status", status=404),), end="unknown_model", requests=1),
    Case(
        name="429 for an hour",
        faults=(Fault(kind="status", status=429, retry_after="3600"),),
        end="rate_limit",
    ),
    Case(
        name="spending limit, as a fault",
        faults=(SPENT,),
        end="spend_limit",
        prefixes=("anthropic",),
        requests=1,
    ),
    Case(name="spent", house={"spend_limit_tokens": 0}, end="spend_limit", requests=1),
    Case(name="prompt too long", house={"context_tokens": 5}, end="context_overflow", requests=1),
    Case(
        name="refusal",
        lines=(Line(refusal="cyber"),),
        end="refusal",
        prefixes=("anthropic",),
        requests=1,
    ),
    Case(
        name="refusal by a filter",
        lines=(Line(refusal="SAFETY"),),
        end="refusal",
        prefixes=("google", "openai"),
        requests=1,
    ),
    Case(
        name="blocked", lines=(Line(blocked=True),), end="refusal", prefixes=("google",), requests=1
    ),
    Case(name="cut at max_tokens", max_tokens=4, end="max_tokens", requests=1),
    Case(
        name="context full on the way",
        lines=(Line(echo=True, finish="model_context_window_exceeded"),),
        end="context_overflow",
        prefixes=("anthropic",),
        requests=1,
    ),
    Case(
        name="a block of a kind nobody knows",
        lines=(Line(echo=True, strange_block=True),),
        end="malformed",
        prefixes=("anthropic",),
        attempts=2,
        requests=2,
    ),
)
