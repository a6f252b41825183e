"""One thread of the process that names a step which blocks the loop."""

from __future__ import annotations

import asyncio
import logging
import time
from threading import Event as Flag
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.run import LoopBlockedError
from flowdsl.events.records import Warned
from flowdsl.ir.data_nodes import Transform

if TYPE_CHECKING:
    from flowdsl.ir.node import Node
    from flowdsl.runtime.executor import Execution
    from flowdsl.runtime.ops import Frame, Op

BLOCKED_S = 0.100
"""From here on a busy step is named."""
LOOK_S = 0.050
QUIET_LOOKS = 20


class _Watched:
    """A run, its loop, and when the loop last answered."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.loop = asyncio.get_running_loop()
        self.asked_at: float | None = None

    def answer(self) -> None:
        self.asked_at = None


class _Seen(NamedTuple):
    frame: Frame
    op: Op


class Watchdog:
    """Asks each loop to answer; where none comes, it looks which step stands in the way.

    Steps pay nothing for it: which one runs is known from the loop's current task.
    """

    def __init__(self) -> None:
        self._watched: dict[int, _Watched] = {}
        self._wake = Flag()
        self._lock = Lock()
        self._thread: Thread | None = None

    def watch(self, execution: Execution) -> None:
        """Look after a run on the loop of this thread."""
        self._watched[id(execution)] = _Watched(execution)
        if self._thread is None or not self._thread.is_alive():
            self._begin()
        elif not self._wake.is_set():
            self._wake.set()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._wake.set()
                self._thread = Thread(target=self._look, name="flowdsl-watchdog", daemon=True)
                self._thread.start()

    def leave(self, execution: Execution) -> None:
        """The run is over."""
        self._watched.pop(id(execution), None)

    def _look(self) -> None:
        quiet = 0
        while True:
            # Short runs follow each other: sleeping only after a quiet second spares them the waking.
            quiet = 0 if self._watched else quiet + 1
            if quiet > QUIET_LOOKS:
                self._wake.clear()
                if not self._watched:
                    self._wake.wait()
            time.sleep(LOOK_S)
            for watched in tuple(self._watched.values()):
                self._look_at(watched)

    def _look_at(self, watched: _Watched) -> None:
        now = time.monotonic()
        if watched.asked_at is None:
            watched.asked_at = now
            try:
                watched.loop.call_soon_threadsafe(watched.answer)
            except RuntimeError:  # the loop is closed
                self._watched.pop(id(watched.execution), None)
            return
        blocked_s = now - watched.asked_at
        if blocked_s < BLOCKED_S:
            return
        seen = step_at_work(watched)
        if seen is None or not may_be_blamed(seen.op.node):
            # Its time must not be put down to the step that comes next.
            watched.asked_at = now
        elif seen.op not in watched.execution.told:
            watched.execution.told.add(seen.op)
            _tell(watched, seen, blocked_s)


def _tell(watched: _Watched, seen: _Seen, blocked_s: float) -> None:
    execution = watched.execution
    told = LoopBlockedError(
        seen.op.id, blocked_s, is_async=is_async(seen.op.node), place=seen.op.place
    )
    at = execution.clock() - execution.zero
    event = Warned(at, seen.frame.prefix + seen.op.id, told.code, told.as_sentences)
    # On the loop, as every other event: it is heard as soon as the loop is free again.
    watched.loop.call_soon_threadsafe(execution.note, event)
    if execution.emit is None:
        # Nobody listens, and who started the run waits for it: a script would hang without a word.
        logging.getLogger("flowdsl").warning("%s: %s", event.code, event.message)


def may_be_blamed(node: Node) -> bool:
    """Whether it is the user's own code on the loop; what a model call loads at its first use is not."""
    return isinstance(node, Transform) and (is_async(node) or node.lane in {"inline", "loop"})


def is_async(node: Node) -> bool:
    """Whether it is an `async def` step."""
    return isinstance(node, Transform) and node.function.is_async


def step_at_work(watched: _Watched) -> _Seen | None:
    """The step that the loop's current task is in the middle of."""
    task = asyncio.current_task(watched.loop)
    for worker in tuple(watched.execution.workers):
        if worker.task is task and task is not None and worker.frame and worker.op:
            return _Seen(worker.frame, worker.op)
    return None


WATCHDOG = Watchdog()
