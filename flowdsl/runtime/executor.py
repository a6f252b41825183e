"""The workers of one run: they take what is ready, run it, and hand on what became ready.

A worker is a slot: no task and no semaphore per step. All decisions about order are in the ranks of the plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Literal

from flowdsl.errors.run import CancelledInsideError, ResultTypeError, StepFailedError
from flowdsl.events.records import Event, NodeFailed, NodeFinished, NodeSkipped, NodeStarted
from flowdsl.runtime.billing import NO_BILL, Bill
from flowdsl.runtime.lanes import Lanes
from flowdsl.runtime.ops import UNSET, At, FindsPipelines, Frame, Mode, Op
from flowdsl.runtime.telling import given_to, kind_of

if TYPE_CHECKING:
    from flowdsl.runtime.context import RunContext

Ready = tuple[float, int, Frame, Op]
Status = Literal["done", "failed", "cancelled"]

# Twice as quick as calling the classes, and two events are made per step.
_started: Callable[[type[NodeStarted], tuple[float, str]], NodeStarted] = vars(tuple)["__new__"]
_finished: Callable[[type[NodeFinished], tuple[float, str, float]], NodeFinished] = vars(tuple)[
    "__new__"
]
HANDFUL = 16
"""So much ready work and more is handed out at once."""
TURN_S = 0.010
"""Seconds a worker goes on without letting the loop do other things."""


class Gang:
    """The workers of one crew, and what waits for them."""

    __slots__ = ("heap", "limit", "spare", "workers")

    def __init__(self, limit: int) -> None:
        self.heap: list[Ready] = []
        self.limit = limit
        self.workers = 0
        self.spare = 0
        """Workers hired that have not begun."""


class Worker:
    """One coroutine that runs ops; it remembers which, so that it can be named and cancelled."""

    __slots__ = ("frame", "is_doomed", "mine", "op", "task")

    def __init__(self, mine: list[Ready]) -> None:
        self.mine = mine
        """What it takes first: its crew's heap, or work of its own."""
        self.task: asyncio.Task[None] | None = None
        self.frame: Frame | None = None
        self.op: Op | None = None
        self.is_doomed = False


class Execution:
    """One run under way."""

    def __init__(self, context: RunContext, pipelines: FindsPipelines) -> None:
        self.context = context
        self.pipelines = pipelines
        self._lanes: Lanes | None = None
        self.clock: Callable[[], float] = context.clock
        self.zero = context.clock()
        self.emit: Callable[[Event], None] | None = context.bus.emit if context.bus else None
        self.limit = context.max_parallel
        self.gangs = tuple(Gang(limit) for limit in context.crew_limits)
        self._heaps = [gang.heap for gang in self.gangs]
        self._ticket = count().__next__
        self._total = 0
        self.workers: set[Worker] = set()
        self.failures: list[StepFailedError] = []
        self.notes: list[Event] = []
        """Events other than a step's start and end, which the frames remember anyway."""
        self.bill: Bill = NO_BILL
        self.status: Status = "done"
        self.is_stopping = False
        self.has_timed_out = False
        self.told: set[object] = set()
        self._group: asyncio.TaskGroup | None = None
        self._over: asyncio.Future[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []

    @property
    def lanes(self) -> Lanes:
        """Threads and processes, made when the first step needs them."""
        if self._lanes is None:
            self._lanes = Lanes(threads=self.context.threads, processes=self.context.processes)
        return self._lanes

    # -- the run as a whole

    async def run(self, root: Frame, timeout_s: float | None = None) -> None:
        """Run a frame to its end; what failed is in `failures`.

        Raises:
            asyncio.CancelledError: The caller was cancelled; what may not be cut short has been let finish.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            self._group = group
            self.begin(root)
            if not self._total:
                return
            self._over = loop.create_future()
            if timeout_s is not None:
                self._timers.append(loop.call_later(timeout_s, self._time_out))
            try:
                await self._over
            except asyncio.CancelledError:
                self.status = "cancelled"
                await self._wind_down()
                raise
            finally:
                for timer in self._timers:
                    timer.cancel()

    async def _wind_down(self) -> None:
        self.stop()
        if self._total:
            self._over = asyncio.get_running_loop().create_future()
            try:
                await self._over
            finally:
                self._abort()

    def close(self) -> None:
        """Let go of threads and processes; a run that was stopped does not wait for the ones that are stuck."""
        if self._lanes is not None:
            self._lanes.close(wait=not self.is_stopping)

    def _time_out(self) -> None:
        self.has_timed_out = True
        self.stop()

    def stop(self) -> None:
        """Start nothing more; cancel what is pure, give the rest its grace."""
        if self.is_stopping:
            return
        self.is_stopping = True
        for gang in self.gangs:
            gang.heap.clear()
        for worker in self.workers:
            worker.mine.clear()
        # Workers hold on to the old heaps: what becomes ready from now on is never seen by them.
        self._heaps = [list[Ready]() for _ in self.gangs]
        self._doom(lambda worker: worker.op is not None and not worker.op.is_kept)
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(self.context.grace_s, self._abort))

    def _abort(self) -> None:
        self._doom(lambda _: True)

    def _doom(self, condemned: Callable[[Worker], bool]) -> None:
        me = asyncio.current_task()
        for worker in tuple(self.workers):
            # One that has not begun finds nothing and leaves; cancelled now, it would never come to its `finally`.
            if worker.op is None or worker.task is None or worker.task is me:
                continue
            if condemned(worker):
                worker.is_doomed = True
                worker.task.cancel()

    # -- frames

    def begin(self, frame: Frame) -> None:
        """Make a frame's first ops ready."""
        if not frame.left:
            frame.owner.finished(frame)
            return
        self.ready(frame)
        self.hire_all()

    def ready(self, frame: Frame) -> None:
        """Put a frame's first ops where workers find them; `hire_all` is left to the caller."""
        base, heaps = frame.base, self._heaps
        for op in frame.plan.first:
            heappush(heaps[op.crew], (base - op.rank, self._ticket(), frame, op))

    def drop(self, frame: Frame) -> None:
        """Give a frame up: nothing more of it starts, and what is pure in it is cancelled."""
        frame.is_dead = True
        for waiting in [gang.heap for gang in self.gangs] + [each.mine for each in self.workers]:
            kept = [ready for ready in waiting if not ready[2].is_within(frame)]
            if len(kept) < len(waiting):
                waiting[:] = kept
                heapify(waiting)
        self._doom(
            lambda worker: (
                worker.frame is not None
                and worker.op is not None
                and worker.frame.is_within(frame)
                and not worker.op.is_kept
            )
        )

    # -- workers

    def hire_all(self) -> None:
        """See that every crew has the workers its ready work can use."""
        for gang in self.gangs:
            if gang.heap:
                self._hire(gang)

    def _hire(self, gang: Gang) -> None:
        heap = gang.heap
        need = min(len(heap) - gang.spare, gang.limit - gang.workers, self.limit - self._total)
        if need <= 0:
            return
        self._total += need
        gang.workers += need
        if need == len(heap) > HANDFUL:
            # All of it can begin: each is put into a worker's hands, and nobody has to search the heap.
            heap.sort()
            for ready in heap:
                self._engage(gang, [ready])
            heap.clear()
            return
        gang.spare += need
        for _ in range(need):
            self._engage(gang, heap)

    def _engage(self, gang: Gang, mine: list[Ready]) -> None:
        group = self._group
        assert group is not None  # noqa: S101 - nobody hires before the run has begun
        worker = Worker(mine)
        self.workers.add(worker)
        worker.task = group.create_task(self._serve(gang, worker))

    def _leave(self, gang: Gang, me: Worker) -> None:
        gang.workers -= 1
        self._total -= 1
        self.workers.discard(me)
        if me.is_doomed or self._total + 1 >= self.limit:
            # Its place may be wanted by another crew, or by what it leaves behind.
            self.hire_all()
        if not self._total and self._over is not None and not self._over.done():
            self._over.set_result(None)

    async def _serve(self, gang: Gang, me: Worker) -> None:
        mine, clock, emit, settle = me.mine, self.clock, self.emit, self.settle
        now = clock()
        pause_at = now + TURN_S
        gang.spare -= me.mine is gang.heap
        try:
            while heap := mine or gang.heap:
                _, _, frame, op = heappop(heap)
                me.frame = frame
                me.op = op
                # What was the end of one step is the start of the next.
                began = now
                if emit is not None:
                    emit(_started(NodeStarted, (began - self.zero, frame.prefix + op.id)))
                try:
                    if op.acall is None:
                        value = await self._do(gang, frame, op)
                    else:
                        if heap:
                            self._hire(gang)
                        value = await op.acall(frame.values)
                except BaseException as error:  # noqa: BLE001 - what is not a step's failure is raised on
                    self._caught(me, error, began)
                    now = clock()
                else:
                    now = clock() if value is UNSET else settle(frame, op, value, began)
                    if now > pause_at and heap:
                        await asyncio.sleep(0)
                        now = clock()
                        pause_at = now + TURN_S
        finally:
            self._leave(gang, me)

    async def _do(self, gang: Gang, frame: Frame, op: Op) -> object:
        """Run an op that is no plain `async def`; a region gives `UNSET`, for its frames settle it."""
        if op.mode is Mode.CALL:
            return op.invoke(frame.values)
        if op.mode is Mode.REGION:
            op.enter(At(self, frame, op))
            return UNSET
        if gang.heap:
            self._hire(gang)
        return await op.handle(At(self, frame, op))

    def _caught(self, me: Worker, error: BaseException, began: float) -> None:
        frame, op = me.frame, me.op
        if (
            frame is None
            or op is None
            or not isinstance(error, (Exception, asyncio.CancelledError))
        ):
            raise error
        if isinstance(error, asyncio.CancelledError):
            if me.is_doomed or me.task is None:
                frame.cut = {*(frame.cut or ()), op.index}
                frame.began[op.index], frame.ended[op.index] = began, self.clock()
                raise error
            # Nobody of ours cancelled it: the step did, and only the step fails.
            while me.task.uncancel():
                pass
            error = CancelledInsideError(op.id)
        self.fail(frame, op, error, began)

    # -- results

    def settle(
        self, frame: Frame, op: Op, value: object, began: float, *, is_checked: bool = True
    ) -> float:
        """Take an op's value, make its readers ready; gives the time now."""
        now = self.clock()
        check = op.check
        if check is not None and is_checked and not check(value):
            self.fail(frame, op, _wrong_type(op, value), began)
            return now
        index = op.index
        frame.values[index] = value
        frame.began[index] = began
        frame.ended[index] = now
        if self.emit is not None:
            told = (now - self.zero, frame.prefix + op.id, now - began)
            self.emit(_finished(NodeFinished, told))
        pending = frame.pending
        for reader in op.successors:
            slot = reader.index
            pending[slot] = waits = pending[slot] - 1
            if not waits:
                crew = reader.crew
                heappush(
                    self._heaps[crew], (frame.base - reader.rank, self._ticket(), frame, reader)
                )
                if crew is not op.crew:
                    self._hire(self.gangs[crew])
        frame.left -= 1
        if not frame.left:
            frame.owner.finished(frame)
        return now

    def complete(self, frame: Frame, op: Op, value: object, began: float) -> None:
        """Settle a region; whoever is at work now may be of another crew than its readers."""
        if frame.is_dead:
            return
        self.settle(frame, op, value, began)
        self.hire_all()

    def fail(self, frame: Frame, op: Op, error: BaseException, began: float) -> None:
        """Take an op's failure: nothing that depends on it starts."""
        now = self.clock()
        path = frame.prefix + op.id
        failure = (
            error
            if isinstance(error, StepFailedError)
            else StepFailedError(path, error, given=given_to(frame, op), place=op.place)
        )
        code = getattr(failure.__cause__, "code", failure.code)
        self.note(NodeFailed(now - self.zero, path, now - began, code, failure.message))
        if op.node.policy.on_error == "skip":
            self.note(NodeSkipped(now - self.zero, path, "it failed, and on_error is skip"))
            frame.skipped = {**(frame.skipped or {}), op.index: failure}
            self.settle(frame, op, None, began, is_checked=False)
            return
        frame.began[op.index], frame.ended[op.index] = began, now
        frame.failures = {**(frame.failures or {}), op.index: failure}
        if not frame.is_dead:
            frame.owner.failed(frame, failure)

    def failed_for_good(self, failure: StepFailedError) -> None:
        """Take a failure that nothing has caught."""
        self.failures.append(failure)
        if self.context.on_failure == "stop":
            self.stop()

    # -- what is told

    def note(self, event: Event) -> None:
        """Tell an event that is seldom enough to be remembered."""
        self.notes.append(event)
        if self.emit is not None:
            self.emit(event)

    def charge(self, frame: Frame, op: Op, bill: Bill) -> None:
        """Put a model's answer, used or not, on the bill of its node and of the run."""
        self.bill = self.bill.plus(bill)
        if frame.bills is None:
            frame.bills = {}
        frame.bills[op.index] = frame.bills.get(op.index, NO_BILL).plus(bill)


def _wrong_type(op: Op, value: object) -> ResultTypeError:
    from flowdsl.ir.show import show

    return ResultTypeError(op.id, show(op.node.output), kind_of(value), place=op.place)
