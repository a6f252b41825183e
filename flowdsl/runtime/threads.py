"""Waiting for a coroutine in plain code: in a script, in a thread, or inside somebody's running loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from threading import Event as Flag
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")
LOOK_S = 0.2
"""How often a waiting thread looks up, where a wait cannot be interrupted."""


def run_waiting(start: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run a coroutine to its end from plain code.

    Without a running loop it runs in this thread, and Ctrl-C cancels it. Inside one (a notebook) it runs in a
    thread of its own while this one waits; an interrupt, or a cancellation of the task that called, cancels it there,
    lets it wind down, and is raised here.

    Raises:
        KeyboardInterrupt: The user interrupted it.
    """
    if _is_inside_loop():
        return _Elsewhere(start).result()
    with asyncio.Runner() as runner:
        return runner.run(start())


def _is_inside_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Elsewhere(Generic[T]):
    """A coroutine on a loop of its own in another thread."""

    def __init__(self, start: Callable[[], Coroutine[object, object, T]]) -> None:
        self._start = start
        self._done = Flag()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._values: list[T] = []
        self._error: BaseException | None = None
        self._is_unwanted = False
        context = copy_context()
        self._thread = Thread(
            target=context.run, args=(self._work,), name="flowdsl-run", daemon=True
        )

    def _work(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._values.append(runner.run(self._main()))
        except BaseException as error:  # noqa: BLE001 - it is raised in the waiting thread
            self._error = error
        finally:
            self._done.set()

    async def _main(self) -> T:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._is_unwanted and self._task is not None:
            self._task.cancel()
        return await self._start()

    def result(self) -> T:
        """Start it and wait."""
        interrupt: KeyboardInterrupt | None = None
        caller = asyncio.current_task()
        cancels = 0 if caller is None else caller.cancelling()
        while not self._done.is_set():
            try:
                # An interrupt may come while the thread is being started, too.
                if self._thread.ident is None:
                    self._thread.start()
                self._done.wait(LOOK_S)
                # Under `asyncio.run`, Ctrl-C cancels the task that waits here and raises nothing in it.
                if caller is not None and caller.cancelling() > cancels and not self._is_unwanted:
                    self._cancel()
            except KeyboardInterrupt as error:
                if interrupt is not None or self._thread.ident is None:
                    raise
                interrupt = error
                self._cancel()
        self._thread.join()
        if interrupt is not None:
            raise interrupt
        if self._error is not None:
            raise self._error
        return self._values[0]

    def _cancel(self) -> None:
        self._is_unwanted = True
        if self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
