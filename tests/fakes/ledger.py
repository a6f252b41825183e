"""Our own fake's bills: what every request would cost in tokens, also those that failed or were cut."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from flowdsl.ir.usage import Usage

Outcome = Literal[
    "answered",  # a whole answer was sent
    "refused",  # the model refused, or the prompt was blocked; it is billed all the same
    "rejected",  # 4xx: nothing was worked on
    "failed",  # 5xx, or a page of somebody in between
    "cut",  # a stream that ended before it was complete
    "unread",  # worked on, and what was sent tells nothing of it
    "counted",  # tokens were counted, which is free
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request as it is billed."""

    api: str
    model: str
    key: str
    status: int
    outcome: Outcome
    billed: Usage
    """Cached tokens are part of the input tokens, thinking tokens of the output tokens."""
    body: object = field(repr=False)
    """What was asked, as JSON."""
    fault: str = ""
    """The scripted fault that it met."""


@dataclass(slots=True)
class Ledger:
    """Every request so far, in the order in which they were answered."""

    entries: list[Entry] = field(default_factory=list[Entry])

    def add(self, entry: Entry) -> None:
        """Write one down; the number of calls is of those that cost something."""
        calls = int(bool(entry.billed.input_tokens or entry.billed.output_tokens))
        self.entries.append(replace(entry, billed=replace(entry.billed, calls=calls)))

    def of(self, *outcomes: Outcome) -> list[Entry]:
        """Those that ended so."""
        return [entry for entry in self.entries if entry.outcome in outcomes]

    def of_api(self, api: str) -> Ledger:
        """What came to one API."""
        return Ledger([entry for entry in self.entries if entry.api == api])

    @property
    def total(self) -> Usage:
        """All that is billed."""
        total = Usage()
        for entry in self.entries:
            total += entry.billed
        return total

    @property
    def tokens(self) -> int:
        """Input and output of all that is billed."""
        return self.total.input_tokens + self.total.output_tokens

    def clear(self) -> None:
        """Forget all."""
        self.entries.clear()
