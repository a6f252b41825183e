"""Who runs what is ready: workers, hired while work waits and limits allow, in one task group."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import copy_context
from heapq import heapify, heappush
from itertools import count

from flowdsl.runtime.ops import Frame, Op

Ready = tuple[float, int, Frame, Op]
"""Urgency (the smallest first), ticket, frame and op."""
HANDFUL = 16
"""So much ready work and more is handed out at once."""
BATCH = 64
"""So many workers are hired before the loop has its turn."""


class Gang:
    """The workers of one crew, and what waits for them."""

    __slots__ = ("dealt", "heap", "limit", "spare", "workers")

    def __init__(self, limit: int) -> None:
        self.heap: list[Ready] = []
        self.dealt: list[Ready] = []
        """Given away already, the most urgent last, to workers that are counted but still to be engaged."""
        self.limit = limit
        self.workers = 0
        self.spare = 0
        """Workers hired that have not begun."""


class Worker:
    """One coroutine that runs ops; it remembers which, so that it can be named and cancelled."""

    __slots__ = ("first", "frame", "is_doomed", "is_spare", "is_spent", "op", "task")

    def __init__(self, first: Ready | None) -> None:
        self.first = first
        """Work it was given when it was engaged; `None` once it has begun."""
        self.is_spare = first is None
        """It was engaged for whatever lies on the heap."""
        self.task: asyncio.Task[None] | None = None
        self.frame: Frame | None = None
        self.op: Op | None = None
        self.is_doomed = False
        self.is_spent = False
        """A step has set context variables in it, which the next one must not see."""


class Workforce(ABC):
    """Workers, and the heaps they take from."""

    def __init__(self, crew_limits: tuple[int, ...], limit: int) -> None:
        self.limit = limit
        """Workers in all."""
        self.gangs = tuple(Gang(each) for each in crew_limits)
        self.heaps = [gang.heap for gang in self.gangs]
        """Where ready work is put, by crew."""
        self.ticket = count().__next__
        self.workers: set[Worker] = set()
        self.over: asyncio.Future[None] | None = None
        """Set when nobody is at work and nothing is postponed."""
        self._group: asyncio.TaskGroup | None = None
        self.untouched = copy_context()
        """The context of whoever began the run; each worker has a copy of its own."""
        self._total = 0
        self._postponed = 0
        self._is_hiring = False

    @abstractmethod
    async def serve(self, gang: Gang, me: Worker) -> None:
        """Take work until there is none; `leave` at the end."""

    def open(self, group: asyncio.TaskGroup) -> None:
        """Hire into this group from now on."""
        self._group = group

    @property
    def is_busy(self) -> bool:
        """Whether anybody is at work, or anything is postponed."""
        return bool(self._total or self._postponed)

    def take_work_away(self) -> None:
        """Let nothing more begin."""
        for gang in self.gangs:
            gang.heap.clear()
            self._keep_of_dealt(gang, [])
        for worker in self.workers:
            worker.first = None
        # Workers hold on to the old heaps: what becomes ready from now on is never seen by them.
        self.heaps = [list[Ready]() for _ in self.gangs]

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
        for op in frame.plan.first:
            heappush(self.heaps[op.crew], (frame.base - op.rank, self.ticket(), frame, op))

    def drop(self, frame: Frame) -> None:
        """Give a frame up: nothing more of it starts, and what is pure in it is cancelled."""
        frame.is_dead = True
        for gang in self.gangs:
            kept = [ready for ready in gang.heap if not ready[2].is_within(frame)]
            if len(kept) < len(gang.heap):
                gang.heap[:] = kept
                heapify(gang.heap)
            self._keep_of_dealt(gang, [each for each in gang.dealt if not each[2].is_within(frame)])
        for worker in self.workers:
            if worker.first is not None and worker.first[2].is_within(frame):
                worker.first = None
            if worker.frame is not None and worker.frame.is_within(frame):
                worker.frame.seal()
        self.doom(lambda op, where: where.is_within(frame) and not where.keeps(op))

    # -- workers

    def hire_all(self) -> None:
        """See that every crew has the workers its ready work can use."""
        for gang in self.gangs:
            if gang.heap:
                self.hire(gang)

    def hire(self, gang: Gang) -> None:
        """See that one crew has."""
        heap = gang.heap
        need = min(len(heap) - gang.spare, gang.limit - gang.workers, self.limit - self._total)
        if need <= 0:
            return
        self._total += need
        gang.workers += need
        if need > HANDFUL:
            # Put into workers' hands at once, and nobody has to search the heap.
            heap.sort()
            gang.dealt += heap[:need]
            gang.dealt.sort(reverse=True)
            del heap[:need]
            if not self._is_hiring:
                self._engage_dealt()
            return
        gang.spare += need
        for _ in range(need):
            self._engage(gang, None)

    def _engage_dealt(self) -> None:
        self._is_hiring = False
        for gang in self.gangs:
            dealt = gang.dealt
            for _ in range(min(BATCH, len(dealt))):
                self._engage(gang, dealt.pop())
            if dealt and not self._is_hiring:
                # The first of many are under way while the others are still being engaged.
                self._is_hiring = True
                self.later(self._engage_dealt)

    def _keep_of_dealt(self, gang: Gang, kept: list[Ready]) -> None:
        gone = len(gang.dealt) - len(kept)
        gang.workers -= gone
        self._total -= gone
        gang.dealt = kept

    def later(self, work: Callable[[], None]) -> None:
        """Do something as soon as the loop has had its turn; the run is not over before it is done."""
        self._postponed += 1
        asyncio.get_running_loop().call_soon(self._do_now, work)

    def _do_now(self, work: Callable[[], None]) -> None:
        self._postponed -= 1
        work()
        self._look_whether_over()

    def _engage(self, gang: Gang, first: Ready | None) -> None:
        group = self._group
        assert group is not None  # noqa: S101 - nobody hires before the run has begun
        worker = Worker(first)
        self.workers.add(worker)
        # Of its own: whoever hires may be a worker in whose context a step has set something.
        worker.task = group.create_task(self.serve(gang, worker), context=self.untouched.copy())

    def is_spent(self, me: Worker) -> bool:
        """Whether a step has set context variables in the worker that is speaking."""
        me.is_spent = copy_context() != self.untouched
        return me.is_spent

    def leave(self, gang: Gang, me: Worker) -> None:
        """A worker is done."""
        gang.workers -= 1
        self._total -= 1
        self.workers.discard(me)
        if me.is_doomed or me.is_spent or self._total + 1 >= self.limit:
            # Its place may be wanted by another crew, or by what it leaves behind.
            self.hire_all()
        self._look_whether_over()

    def _look_whether_over(self) -> None:
        over = self.over
        if not self._total and not self._postponed and over is not None and not over.done():
            over.set_result(None)

    def doom(self, condemned: Callable[[Op, Frame], bool]) -> None:
        """Cancel the workers that are at such an op on such a frame; never the one that is speaking."""
        me = asyncio.current_task()
        for worker in tuple(self.workers):
            # One that has not begun finds nothing and leaves; cancelled now, it would never come to its `finally`.
            if (
                worker.op is None
                or worker.frame is None
                or worker.task is None
                or worker.task is me
            ):
                continue
            if condemned(worker.op, worker.frame):
                worker.is_doomed = True
                worker.task.cancel()
