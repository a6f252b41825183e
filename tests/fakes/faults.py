"""Our own fake's faults: what goes wrong with which request, by a script or by chance.

The kinds are those of PROVIDERS A.3 and B.4 that a server can cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal

FaultKind = Literal[
    "status",  # an error of the API, in its own words
    "delay",  # the answer comes late
    "html",  # 200 with a page of a proxy (PROVIDERS A.3)
    "empty",  # 200 with `{}` (PROVIDERS A.3)
    "broken_json",  # 200 with half a JSON text (PROVIDERS A.3)
    "truncate",  # a stream that ends early, without a reason why (PROVIDERS B.4)
    "drop",  # the connection breaks (PROVIDERS B.4)
    "stall",  # nothing more comes for a while (PROVIDERS B.4)
    "broken_chunk",  # an event of the stream is no JSON (PROVIDERS B.4)
    "error_event",  # an error inside a stream that began with 200 (PROVIDERS A.3)
    "no_start",  # a stream without its first event (PROVIDERS A.3)
]
STREAM_ONLY: frozenset[FaultKind] = frozenset(
    {"truncate", "broken_chunk", "error_event", "no_start"}
)
"""Faults that an answer in one piece cannot have: such a request has to wait for another fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong."""

    kind: FaultKind
    status: int = 500
    """Of `status`, and of the error of `error_event`."""
    retry_after: str = ""
    """The header's text, as seconds or as a date; empty for no header."""
    retry_after_ms: str = ""
    message: str = "an error made by a test"
    error_type: str = ""
    """Overrides the API's own word for the status."""
    error_code: str = ""
    """Goes to `error.details.error_code` (PROVIDERS A.1)."""
    after_events: int = 2
    """Events of a stream that are sent before it goes wrong."""
    seconds: float = 30.0
    """Of `delay` and `stall`."""
    times: int | None = 1
    """Requests that meet it; `None` for all of them."""
    api: str = ""
    """The only API that has it, such as `anthropic`; empty for all."""
    share: float = 1.0
    """Share of the requests that meet it, drawn by the script's seed."""

    def fits(self, api: str, *, is_stream: bool) -> bool:
        """Whether a request can meet it."""
        return (not self.api or self.api == api) and (is_stream or self.kind not in STREAM_ONLY)


@dataclass(slots=True)
class Script:
    """Faults that requests to come will meet, the first that fits each."""

    seed: int = 1
    _waiting: list[tuple[Fault, int | None]] = field(default_factory=list[tuple[Fault, int | None]])
    _chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)

    def add(self, *faults: Fault) -> None:
        """Put faults at the end of the script."""
        self._waiting += [(fault, fault.times) for fault in faults]

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._waiting.clear()
        self._chance = Random(self.seed)

    @property
    def is_done(self) -> bool:
        """Whether all faults that end have been met."""
        return all(left is None for _, left in self._waiting)

    def next_for(self, api: str, *, is_stream: bool) -> Fault | None:
        """The fault that a request meets now; `None` when all goes well."""
        for place, (fault, left) in enumerate(self._waiting):
            if not fault.fits(api, is_stream=is_stream):
                continue
            if fault.share < 1 and self._chance.random() >= fault.share:
                continue
            if left is not None:
                self._waiting[place] = (fault, left - 1)
                if left == 1:
                    del self._waiting[place]
            return fault
        return None


def retry_headers(fault: Fault | None) -> Mapping[str, str]:
    """The headers by which a fault asks to be left alone (PROVIDERS A.1)."""
    if fault is None:
        return {}
    wanted = {"retry-after": fault.retry_after, "retry-after-ms": fault.retry_after_ms}
    return {name: text for name, text in wanted.items() if text}
