"""What a run left behind: its value, each node's value and time, events, tokens and dollars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, cast

from flowdsl.errors.run import NoValueError
from flowdsl.events.records import Event, RunFinished, RunStarted, Warned
from flowdsl.ir.ids import RunId
from flowdsl.ir.usage import Usage, dollars
from flowdsl.pricing import PriceSource, price_source
from flowdsl.runtime.billing import NO_BILL, Bill
from flowdsl.runtime.lookup import look_up, steps_of
from flowdsl.runtime.ops import UNSET, Frame, Op
from flowdsl.runtime.states import State, state_of
from flowdsl.runtime.telling import counted
from flowdsl.runtime.undone import undone

if TYPE_CHECKING:
    from flowdsl.errors.failed import StepFailedError
    from flowdsl.ir.graph import Graph

R_co = TypeVar("R_co", covariant=True)
Status = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """What one node did."""

    state: State
    seconds: float | None
    """`None` when it was not run."""
    usage: Usage
    cost_usd: Decimal | None
    """Dollars; `None` when unknown."""
    value: object = None
    """What it gave; `None` too where it gave nothing."""
    error: StepFailedError | None = None


class Outcome(Generic[R_co]):
    """What one run left behind."""

    def __init__(
        self,
        graph: Graph,
        root: Frame,
        *,
        run_id: RunId,
        status: Status,
        started_at_s: float,
        seconds: float,
        zero: float,
        bill: Bill,
        notes: list[Event],
        failures: tuple[StepFailedError, ...] = (),
        kept: list[Event] | None = None,
        own_prices: tuple[str, ...] = (),
    ) -> None:
        self.graph = graph
        """The graph that was run."""
        self.run_id = run_id
        self.status: Status = status
        self.started_at_s = started_at_s
        """Seconds since 1970, UTC."""
        self.seconds = seconds
        self.failures = failures
        """What failed, first things first."""
        self._root = root
        self._zero = zero
        self._bill = bill
        self._notes = notes
        self._kept = kept
        self._own_prices = own_prices

    @property
    def value(self) -> R_co:
        """What the pipeline gave.

        Raises:
            NoValueError: It gave nothing: the run failed, was cancelled, or has no output.
        """
        value = self._root.value()
        if value is UNSET:
            raise NoValueError(f"the run of '{self.graph.name}'", f"it is {self.status}")
        return cast("R_co", value)

    @property
    def outputs(self) -> dict[str, object]:
        """Every output that has a value, by name."""
        values, found = self._root.values, self._root.plan.outputs
        return {name: values[slot] for name, slot in found.items() if values[slot] is not UNSET}

    @property
    def usage(self) -> Usage:
        """Tokens of all model calls, failed attempts included."""
        return self._bill.usage

    @property
    def cost_usd(self) -> Decimal | None:
        """Dollars of all model calls; `None` when a price is unknown, never a guess."""
        return self._bill.cost_usd

    @property
    def price_source(self) -> PriceSource | None:
        """The table of prices behind `cost_usd`; `None` when nothing was paid."""
        return price_source(self._own_prices) if self.usage.calls and self.cost_usd != 0 else None

    def __getitem__(self, name: str) -> object:
        """A node's value: by id or label, or by address (`reviews[3]/review`).

        A node inside an `each` or a loop gives the list of its values, in order.

        Raises:
            NoSuchNodeError: There is no node of that name.
            NoValueError: It has no value, or there were more items than are remembered.
        """
        return look_up(self._root, name)

    @property
    def nodes(self) -> Mapping[str, NodeRecord]:
        """Every node's record, by address; those of bodies after the region they belong to."""
        return self._records

    @cached_property
    def _records(self) -> Mapping[str, NodeRecord]:
        return {path: self._record(frame, op) for path, frame, op in steps_of(self._root)}

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What happened, in order; pieces of streamed text only with `keep_events=True`."""
        if self._kept is not None:
            return tuple(self._kept)
        from flowdsl.runtime.history import steps_told

        first = RunStarted(0.0, self.run_id, self.graph.name, len(self.graph), self.started_at)
        last = RunFinished(self.seconds, self.status, self.usage, self.cost_usd)
        told = [*self._notes, *steps_told(self._root, self._zero)]
        return (first, *sorted(told, key=lambda event: event.at_s), last)

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What a user would want to know, in order: settings that were not sent, steps that block, and the like."""
        return tuple(event for event in self._notes if isinstance(event, Warned))

    @cached_property
    def undone(self) -> tuple[str, ...]:
        """Addresses of model calls that gave no answer; what was not begun of an `each` as one range, `each[64…99]`."""
        return tuple(undone(self._root))

    @property
    def started_at(self) -> str:
        """UTC, RFC 3339."""
        return utc(self.started_at_s)

    def steps(self) -> Iterator[tuple[str, Frame, Op]]:
        """Address, frame and op of everything that could have run; for those who look inside."""
        return steps_of(self._root)

    @property
    def root(self) -> Frame:
        """The frame of the whole run; for those who look inside."""
        return self._root

    def _record(self, frame: Frame, op: Op) -> NodeRecord:
        value = frame.values[op.index]
        bill = bill_of(frame, op) if self.usage.calls else NO_BILL
        return NodeRecord(
            state_of(frame, op),
            frame.seconds(op),
            bill.usage,
            bill.cost_usd,
            None if value is UNSET else value,
            (frame.failures or frame.skipped or {}).get(op.index),
        )

    def __repr__(self) -> str:
        cost = "" if not self.usage.calls else f", {dollars(self.cost_usd)}"
        calls = f", {counted(self.usage.calls, 'model call')}" if self.usage.calls else ""
        return f"<Run of '{self.graph.name}': {self.status} in {self.seconds:.3f} s{calls}{cost}>"


def bill_of(frame: Frame, op: Op) -> Bill:
    """What an op spent, bodies included."""
    bill = (frame.bills or {}).get(op.index, NO_BILL)
    todo = list((frame.children or {}).get(op.index, ()))
    while todo:
        child = todo.pop()
        for spent in (child.bills or {}).values():
            bill = bill.plus(spent)
        for inner in (child.children or {}).values():
            todo += inner
    return bill


def utc(seconds: float) -> str:
    """A moment in RFC 3339, UTC."""
    from datetime import UTC, datetime

    return (
        datetime.fromtimestamp(seconds, tz=UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
