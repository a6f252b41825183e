"""Where plain functions run beside the loop: the one lane, threads, processes.

Threads are our own, as daemons: one that is stuck in somebody's `sleep` must not keep the program from ending,
which `ThreadPoolExecutor` joins at exit. Processes are the stdlib's pool, spawned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess


class _Job(NamedTuple):
    work: Callable[[], object]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[object]


def _give(future: asyncio.Future[object], value: object, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)


def _serve(jobs: SimpleQueue[_Job | None]) -> None:
    while (job := jobs.get()) is not None:
        value: object = None
        error: BaseException | None = None
        if job.future.cancelled():
            continue
        try:
            value = job.work()
        except StopIteration as stop:
            # A future refuses it; as the step's failure it must not get lost.
            error = RuntimeError("the function raised StopIteration")
            error.__cause__ = stop
        except BaseException as raised:  # noqa: BLE001 - it is the step's failure, told on the loop
            error = raised
        try:
            job.loop.call_soon_threadsafe(_give, job.future, value, error)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return


class Threads:
    """Daemon threads, started as they are needed."""

    def __init__(self, limit: int, name: str) -> None:
        self._limit = limit
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._at_work = 0

    async def run(self, work: Callable[[], object]) -> object:
        """Run something on a thread, in a copy of the caller's context."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()
        context = copy_context()
        self._jobs.put(_Job(lambda: context.run(work), loop, future))
        self._at_work += 1
        if len(self._threads) < min(self._at_work, self._limit):
            name = f"{self._name}-{len(self._threads) + 1}"
            thread = Thread(target=_serve, args=(self._jobs,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        try:
            return await future
        finally:
            self._at_work -= 1

    def close(self, *, wait: bool) -> None:
        """Let the threads end; with `wait`, be there when they do."""
        for _ in self._threads:
            self._jobs.put(None)
        if wait:
            for thread in self._threads:
                thread.join()


class Lanes:
    """The threads and processes of one run, made when the first step needs them."""

    def __init__(self, *, threads: int, processes: int) -> None:
        self._limits = (threads, processes)
        self._lane: Threads | None = None
        self._threads: Threads | None = None
        self._pool: ProcessPoolExecutor | None = None

    @property
    def lane(self) -> Threads:
        """The one worker of plain steps."""
        if self._lane is None:
            self._lane = Threads(1, "flowdsl-lane")
        return self._lane

    @property
    def threads(self) -> Threads:
        """Threads for steps that say they may run side by side."""
        if self._threads is None:
            self._threads = Threads(self._limits[0], "flowdsl-threads")
        return self._threads

    @property
    def processes(self) -> ProcessPoolExecutor:
        """Processes, spawned: nothing of this one is inherited."""
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self._pool = ProcessPoolExecutor(self._limits[1], mp_context=get_context("spawn"))
        return self._pool

    def close(self, *, wait: bool) -> None:
        """Let go of them; without `wait` what still runs is left behind or ended."""
        for threads in (self._lane, self._threads):
            if threads is not None:
                threads.close(wait=wait)
        pool = self._pool
        if pool is not None:
            # The pool has no public way to end a process that is busy before Python 3.14.
            busy: dict[int, BaseProcess] = getattr(pool, "_processes", None) or {}
            children = list(busy.values())
            pool.shutdown(wait=wait, cancel_futures=True)
            if not wait:
                for child in children:
                    child.terminate()


def call_by_name(
    module: str, qualname: str, args: tuple[object, ...], kwargs: dict[str, object]
) -> object:
    """In the other process: find the function by name and call it."""
    from importlib import import_module

    found: object = import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    function = getattr(found, "fn", found)
    if not callable(function):
        raise TypeError(f"{module}:{qualname} is not a function")
    return function(*args, **kwargs)
