"""What is executed: ops of a plan, and frames, which are activations of a plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from flowdsl.errors.base import Place
from flowdsl.events.records import Event
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Node
from flowdsl.ir.types import Type
from flowdsl.runtime.fresh import fresh

if TYPE_CHECKING:
    from flowdsl.errors.failed import StepFailedError
    from flowdsl.ir.model_nodes import Generate
    from flowdsl.runtime.billing import Bill
    from flowdsl.runtime.context import RunContext
    from flowdsl.runtime.lanes import Lanes

Values = list[object]
_NEVER_READY = 1 << 60
NEVER = -1.0
"""A time that has not come."""
Check = Callable[[object], bool]


class Unset:
    """The type of the one marker for "no value yet"."""

    def __repr__(self) -> str:
        return "<not there yet>"


UNSET: Final = Unset()


class Mode(IntEnum):
    """How a worker runs an op."""

    AWAIT = 0
    """`await op.invoke(values)`."""
    CALL = 1
    """`op.invoke(values)`, in place."""
    HANDLE = 2
    """`await op.handle(at)`."""
    REGION = 3
    """`op.enter(at)`: frames are opened, and no worker waits for them."""


class Crew(IntEnum):
    """Which workers take an op; each crew has a limit of its own besides the run's."""

    LOOP = 0
    LANE = 1
    THREADS = 2
    PROCESS = 3


def no_invoke(values: Values) -> object:
    """What an op without a plain call has in its place."""
    raise AssertionError(values)


async def no_handle(at: At) -> object:
    """What an op without a handler has in its place."""
    raise AssertionError(at)


def no_enter(at: At) -> None:
    """What an op that is no region has in its place."""
    raise AssertionError(at)


@dataclass(slots=True, eq=False)
class Op:
    """One node, ready to be run many times."""

    index: int
    """Its slot in a frame's values."""
    id: NodeId
    node: Node
    place: Place | None = None
    mode: Mode = Mode.CALL
    crew: Crew = Crew.LOOP
    invoke: Callable[[Values], object] = no_invoke
    acall: Callable[[Values], Awaitable[object]] | None = None
    """`invoke` of an `async def`, as the type checker is to see it."""
    handle: Callable[[At], Awaitable[object]] = no_handle
    enter: Callable[[At], None] = no_enter
    check: Check | None = None
    """Whether a result is of the declared type; `None` where nothing can be wrong."""
    successors: tuple[Op, ...] = ()
    rank: float = 0.0
    """Weight of the longest path from here to the end of the plan, this op included."""
    names_context: bool = False
    """Its code names a context variable, so a look at the context follows even the shortest call."""
    is_kept: bool = False
    """Once begun it is not cancelled within the grace: it spends or changes something."""
    sources: tuple[tuple[str, int], ...] = ()
    """Port and slot of each value it reads."""
    bodies: tuple[tuple[str, Plan], ...] = ()
    """Plans of a region's bodies."""


class PlanInput(NamedTuple):
    """An input of a plan."""

    name: str
    slot: int
    default: object
    """`UNSET` when it is required."""
    type: Type
    check: Check | None
    """Whether a value is of the type as it is; `None` when more than a look is needed, or nothing."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Plan:
    """A graph, compiled once."""

    name: str
    ops: tuple[Op, ...]
    """Nodes that are run; inputs are slots only."""
    ids: tuple[NodeId, ...]
    """The node of each slot, in the graph's order; constants follow after them without one."""
    index: Mapping[NodeId, int]
    template: Values
    """The values a frame starts with: unset, and the constants."""
    counts: list[int]
    """How many edges each slot waits for."""
    first: tuple[Op, ...]
    """Ops that wait for nothing but inputs, the most urgent first."""
    inputs: tuple[PlanInput, ...]
    outputs: Mapping[str, int]
    span: float
    """Weight of the longest path through it."""
    asks: tuple[tuple[Generate, Place | None], ...]
    """Every model call in it and its bodies, and where it is written."""
    never: list[float]
    """Times of a frame in which nothing was begun: by slot, when it began and when it ended."""
    has_readers: bool
    """Whether any op waits for another."""
    shared: tuple[int, ...] = ()
    """Slots of constants that a step could change: each frame gets its own."""


class Owner(Protocol):
    """Who opened a frame."""

    def finished(self, frame: Frame, /) -> None:
        """Every op of the frame is done."""
        ...

    def failed(self, frame: Frame, failure: StepFailedError, /) -> None:
        """An op of the frame failed for good."""
        ...


class Frame:
    """One activation of a plan: the whole run, one item of an `each`, one round of a loop."""

    # Defaults of the class, so that opening a frame sets only what differs: an `each` opens thousands.
    children: dict[int, list[Frame]] | None = None
    """Frames of its regions, by the region's slot."""
    failures: dict[int, StepFailedError] | None = None
    skipped: dict[int, StepFailedError] | None = None
    """Failures in whose place `None` stands."""
    cut: set[int] | None = None
    """Ops that were cancelled under way."""
    forgot: set[int] | None = None
    """Regions of which more frames were opened than are remembered."""
    bills: dict[int, Bill] | None = None
    free: set[int] | None = None
    """Model calls that cost nothing, whatever their kind of node may."""
    is_dead = False
    times: list[float] | None = None
    """By op, when it began and when it ended; made when the first one is over.

    One list of floats, not pairs: nothing for the garbage collector to visit.
    """

    def __init__(
        self,
        plan: Plan,
        owner: Owner,
        parent: Frame | None = None,
        op: Op | None = None,
        key: int | str | None = None,
        *,
        prefix: str = "",
        values: Values | None = None,
    ) -> None:
        self.plan = plan
        self.owner = owner
        self.parent = parent
        self.op = op
        self.key = key
        self.prefix = prefix
        self.values: Values = (values or plan.template).copy()
        for slot in plan.shared:
            self.values[slot] = fresh(self.values[slot])
        # Counted down only by ops that have readers.
        self.pending = plan.counts.copy() if plan.has_readers else plan.counts
        self.left = len(plan.ops)
        # Ready work is taken by the smallest number: what lies after the region counts too.
        self.base: float = 0.0 if parent is None or op is None else parent.base - op.rank

    def seconds(self, op: Op) -> float | None:
        """How long an op took; `None` when it was not begun or is not over."""
        began, ended = self.span(op)
        return None if ended == NEVER else ended - began

    def span(self, op: Op) -> tuple[float, float]:
        """When an op began and when it ended, by the run's clock; `NEVER` where it did not."""
        at = 2 * op.index
        times = self.times or self.plan.never
        return times[at], times[at + 1]

    def took(self, op: Op, began: float, ended: float) -> None:
        """Note when an op began and when it ended."""
        if self.times is None:
            self.times = self.plan.never.copy()
        at = 2 * op.index
        self.times[at : at + 2] = began, ended

    def keeps(self, op: Op) -> bool:
        """Whether an op that has begun is let finish within the grace."""
        return op.is_kept and op.index not in (self.free or ())

    def is_within(self, other: Frame) -> bool:
        """Whether it is that frame or was opened somewhere below it."""
        at: Frame | None = self
        while at is not None:
            if at is other:
                return True
            at = at.parent
        return False

    @property
    def is_lost(self) -> bool:
        """Whether it or a frame it was opened from was given up."""
        at: Frame | None = self
        while at is not None:
            if at.is_dead:
                return True
            at = at.parent
        return False

    def seal(self) -> None:
        """Let nothing follow from what is still under way in it."""
        self.pending = [_NEVER_READY] * len(self.pending)
        self.left = _NEVER_READY

    def value(self, output: str = "value") -> object:
        """What the frame gives on an output; `UNSET` without it."""
        slot = self.plan.outputs.get(output)
        return UNSET if slot is None else self.values[slot]


class FindsPipelines(Protocol):
    """The pipelines that calls by name may mean."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        ...

    def find(self, name: str, /) -> Plan | None:
        """The plan of one, or `None`."""
        ...


class Host(Protocol):
    """The run under way, as handlers see it; `executor.Execution` is it."""

    context: RunContext
    clock: Callable[[], float]
    zero: float
    emit: Callable[[Event], None] | None
    tell: Callable[[Event], None] | None
    limit: int
    pipelines: FindsPipelines
    told: set[object]
    is_stopping: bool

    @property
    def lanes(self) -> Lanes:
        """Threads and processes of the run."""
        ...

    def begin(self, frame: Frame) -> None:
        """Make a frame's first ops ready."""
        ...

    def ready(self, frame: Frame) -> None:
        """Likewise, and leave hiring workers to the caller."""
        ...

    def hire_all(self) -> None:
        """See that ready work has workers."""
        ...

    def drop(self, frame: Frame) -> None:
        """Give a frame up."""
        ...

    def later(self, work: Callable[[], None]) -> None:
        """Do something after the loop has had its turn."""
        ...

    def complete(self, frame: Frame, op: Op, value: object, began: float) -> None:
        """Settle a region."""
        ...

    def fail(self, frame: Frame, op: Op, error: BaseException, began: float) -> None:
        """Take an op's failure."""
        ...

    def note(self, event: Event) -> None:
        """Tell an event that is remembered."""
        ...

    def charge(self, frame: Frame, op: Op, bill: Bill) -> None:
        """Put a model's answer on the bill."""
        ...


class At(NamedTuple):
    """One op on one frame of one run: what a handler is told."""

    execution: Host
    frame: Frame
    op: Op

    @property
    def path(self) -> str:
        """The op's address."""
        return self.frame.prefix + self.op.id

    @property
    def now(self) -> float:
        """Seconds since the run began, as events tell them."""
        return self.execution.clock() - self.execution.zero
