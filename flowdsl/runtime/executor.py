"""The workers of one run: they take what is ready, run it, and hand on what became ready.

A worker is a slot: no task and no semaphore per step. All decisions about order are in the ranks of the plan.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Literal

from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.run import CancelledInsideError, ResultTypeError
from flowdsl.events.records import Event, NodeFailed, NodeFinished, NodeSkipped, NodeStarted, Warned
from flowdsl.runtime.billing import NO_BILL, Bill
from flowdsl.runtime.lanes import Lanes
from flowdsl.runtime.ops import UNSET, At, FindsPipelines, Frame, Mode, Op
from flowdsl.runtime.telling import given_to, kind_of, waiting_for
from flowdsl.runtime.workforce import Gang, Worker, Workforce

if TYPE_CHECKING:
    from flowdsl.runtime.context import RunContext

Status = Literal["done", "failed", "cancelled"]

# Twice as quick as calling the classes, and two events are made per step.
_started: Callable[[type[NodeStarted], tuple[float, str]], NodeStarted] = vars(tuple)["__new__"]
_finished: Callable[[type[NodeFinished], tuple[float, str, float]], NodeFinished] = vars(tuple)[
    "__new__"
]
LOOK_S = 0.000_02
"""Seconds after which a step is taken to have called what may have touched its context."""
TURN_S = 0.010
"""Seconds a worker goes on without letting the loop do other things."""


class Execution(Workforce):
    """One run under way."""

    def __init__(self, context: RunContext, pipelines: FindsPipelines) -> None:
        super().__init__(context.crew_limits, context.max_parallel)
        self.context = context
        self.pipelines = pipelines
        self._lanes: Lanes | None = None
        self.clock: Callable[[], float] = context.clock
        self.zero = context.clock()
        self.emit: Callable[[Event], None] | None = context.bus.emit if context.bus else None
        self.tell: Callable[[Event], None] | None = context.bus.tell if context.bus else None
        """For events that hold no text."""
        self.failures: list[StepFailedError] = []
        self.notes: list[Event] = []
        """Events other than a step's start and end, which the frames remember anyway."""
        self.bill: Bill = NO_BILL
        self.status: Status = "done"
        self.is_stopping = False
        self.has_timed_out = False
        self.interrupt: StepFailedError | None = None
        """The step that Ctrl-C met."""
        self.told: set[object] = set()
        self._timers: list[asyncio.TimerHandle] = []
        self._verdicts: deque[Callable[[], None]] = deque()

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
            self.open(group)
            self.begin(root)
            if not self.is_busy:
                return
            self.over = loop.create_future()
            if timeout_s is not None:
                self._timers.append(loop.call_later(timeout_s, self._time_out))
            try:
                await self.over
            except asyncio.CancelledError:
                self.status = "cancelled"
                await self._wind_down()
                raise
            finally:
                for timer in self._timers:
                    timer.cancel()

    async def _wind_down(self) -> None:
        if self.is_stopping:  # whoever interrupts a run that is ending does not want to wait
            self._abort()
        self.stop()
        if self.is_busy:
            self.over = asyncio.get_running_loop().create_future()
            try:
                await self.over
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
        self.take_work_away()
        self.doom(lambda op, frame: not frame.keeps(op))
        self._tell_what_is_waited_for()
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(self.context.grace_s, self._abort))

    def _tell_what_is_waited_for(self) -> None:
        me, grace_s = asyncio.current_task(), self.context.grace_s
        paths = [path for each in self.workers if each.task is not me and (path := _kept(each))]
        if paths and grace_s:
            said = waiting_for(sorted(paths), grace_s)
            self.note(Warned(self.clock() - self.zero, "", "", said))

    def _abort(self) -> None:
        self.doom(lambda _op, _frame: True)

    async def serve(self, gang: Gang, me: Worker) -> None:
        clock, tell, heap = self.clock, self.tell, gang.heap
        zero = self.zero
        now = clock()
        pause_at = now + TURN_S
        may_have_touched = False
        gang.spare -= me.is_spare
        first, me.first = me.first, None
        try:
            while (first or heap) and not (may_have_touched and self.is_spent(me)):
                _, _, frame, op = first or heappop(heap)
                first = None
                me.frame = frame
                me.op = op
                # What was the end of one step is the start of the next.
                began = now
                if tell is not None:
                    tell(_started(NodeStarted, (began - zero, frame.prefix + op.id)))
                try:
                    if op.acall is None:
                        value = await self._do(gang, frame, op)
                    else:
                        if heap:
                            self.hire(gang)
                        value = await op.acall(frame.values)
                except BaseException as error:  # noqa: BLE001 - what is not a step's failure is raised on
                    self._caught(me, error, began)
                    now = clock()
                else:
                    now = clock() if value is UNSET else self.settle(frame, op, value, began)
                    if now > pause_at and heap:
                        await asyncio.sleep(0)
                        now = clock()
                        pause_at = now + TURN_S
                # A look costs a tenth of a short step: only steps that name a context variable, or had the time to
                # call others that do, are looked at.
                may_have_touched = op.names_context or now - began > LOOK_S
        finally:
            self.leave(gang, me)

    async def _do(self, gang: Gang, frame: Frame, op: Op) -> object:
        """Run an op that is no plain `async def`; a region gives `UNSET`, for its frames settle it."""
        if op.mode is Mode.CALL:
            return op.invoke(frame.values)
        if op.mode is Mode.REGION:
            op.enter(At(self, frame, op))
            return UNSET
        if gang.heap:
            self.hire(gang)
        return await op.handle(At(self, frame, op))

    def _caught(self, me: Worker, error: BaseException, began: float) -> None:
        frame, op = me.frame, me.op
        if frame is None or op is None or isinstance(error, GeneratorExit):
            raise error
        if isinstance(error, KeyboardInterrupt):
            self._interrupted(frame, op, error, began)
            return
        if isinstance(error, asyncio.CancelledError):
            # A second Ctrl-C ends the loop itself, which then cancels whoever is still at work.
            if me.is_doomed or me.task is None or self.is_stopping:
                frame.cut = {*(frame.cut or ()), op.index}
                frame.took(op, began, self.clock())
                raise error
            # Nobody of ours cancelled it: the step did, and only the step fails.
            while me.task.uncancel():
                pass
            error = CancelledInsideError(op.id)
        self.fail(frame, op, error, began)

    def _interrupted(self, frame: Frame, op: Op, error: KeyboardInterrupt, began: float) -> None:
        """Ctrl-C met a step, or the step raised it: the run winds down; a second one is not waited for."""
        if self.is_stopping:
            raise error
        self.interrupt = failure_of(frame, op, error)
        self.status = "cancelled"
        self.fail(frame, op, self.interrupt, began)
        self.stop()

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
        times = frame.times
        if times is None:
            times = frame.times = frame.plan.never.copy()
        times[index + index] = began
        times[index + index + 1] = now
        if self.tell is not None:
            told = (now - self.zero, frame.prefix + op.id, now - began)
            self.tell(_finished(NodeFinished, told))
        pending = frame.pending
        for reader in op.successors:
            slot = reader.index
            pending[slot] = waits = pending[slot] - 1
            if not waits:
                crew = reader.crew
                heappush(self.heaps[crew], (frame.base - reader.rank, self.ticket(), frame, reader))
                if crew is not op.crew:
                    self.hire(self.gangs[crew])
        frame.left -= 1
        if not frame.left:
            frame.owner.finished(frame)
        return now

    def complete(self, frame: Frame, op: Op, value: object, began: float) -> None:
        """Settle a region; whoever is at work now may be of another crew than its readers."""
        self._in_turn(partial(self._complete, frame, op, value, began))

    def _complete(self, frame: Frame, op: Op, value: object, began: float) -> None:
        self.settle(frame, op, value, began)
        self.hire_all()

    def fail(self, frame: Frame, op: Op, error: BaseException, began: float) -> None:
        """Take an op's failure: nothing that depends on it starts."""
        self._in_turn(partial(self._fail, frame, op, error, began))

    def _in_turn(self, verdict: Callable[[], None]) -> None:
        """Judge one region after the other: the end of an inner one ends the one around it, a thousand deep."""
        verdicts = self._verdicts
        verdicts.append(verdict)
        if len(verdicts) > 1:
            return
        try:
            while verdicts:
                verdicts[0]()
                verdicts.popleft()
        finally:
            verdicts.clear()

    def _fail(self, frame: Frame, op: Op, error: BaseException, began: float) -> None:
        now = self.clock()
        path = frame.prefix + op.id
        failure = failure_of(frame, op, error)
        code = getattr(failure.__cause__, "code", failure.code)
        self.note(NodeFailed(now - self.zero, path, now - began, code, failure.message))
        if op.node.policy.on_error == "skip":
            self.note(NodeSkipped(now - self.zero, path, "it failed, and on_error is skip"))
            frame.skipped = {**(frame.skipped or {}), op.index: failure}
            self.settle(frame, op, None, began, is_checked=False)
            return
        frame.took(op, began, now)
        frame.failures = {**(frame.failures or {}), op.index: failure}
        if not frame.is_lost:
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


def _kept(worker: Worker) -> str:
    """The address of what a worker is at that is let finish within the grace; else empty."""
    frame, op = worker.frame, worker.op
    if frame is None or op is None or worker.is_doomed or frame.seconds(op) is not None:
        return ""
    return frame.prefix + op.id if frame.keeps(op) else ""


def failure_of(frame: Frame, op: Op, error: BaseException) -> StepFailedError:
    """What an op raised, as the failure of a step; one that comes out of a body stays what it is."""
    if isinstance(error, StepFailedError):
        return error
    path = frame.prefix + op.id
    return StepFailedError(path, error, given=given_to(frame, op), place=op.place)


def _wrong_type(op: Op, value: object) -> ResultTypeError:
    from flowdsl.ir.show import show

    return ResultTypeError(op.id, show(op.node.output), kind_of(value), place=op.place)
