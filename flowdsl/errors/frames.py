"""Tracebacks in scripts and under pytest: the user's own frames, without the engine's between them."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Final

from flowdsl.errors.base import FlowError
from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.interrupt import RunInterruptedError
from flowdsl.errors.sources import is_foreign, is_ours
from flowdsl.errors.veiled import veil_causes

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = "FLOWDSL_FULL_TRACEBACK"
"""Environment variable; `1` leaves tracebacks as they are, for those who look for a fault in flowdsl itself."""


class _UserFrames:
    """Where an error leaves flowdsl: it goes on with the user's frames alone."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing is to be prepared."""

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: TracebackType | None, /
    ) -> None:
        if isinstance(error, FlowError):
            for problem in {error, *error.problems}:
                veil_causes(problem)
        # Raised on as it is, it takes the changed traceback along and the frame of the `with` is not added.
        if error is not None and os.environ.get(FULL, "0") in {"", "0"}:
            _trim(error)


user_frames: Final = _UserFrames()
"""`with user_frames:` around what a user calls."""


def _trim(error: BaseException) -> None:
    frames = list(_frames(error.__traceback__))
    if isinstance(error, (FlowError, RunInterruptedError)):
        problems = error.problems if isinstance(error, FlowError) else (error,)
        seen = set(map(id, problems))
        for problem in problems:
            _trim_causes(problem, seen)
        error.__traceback__ = _users(frames)
    elif isinstance(error, Exception) and _is_users(frames):
        error.__traceback__ = _users(frames)


def _trim_causes(error: BaseException, seen: set[int]) -> None:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is None or id(cause) in seen:
        return
    seen.add(id(cause))
    cause.__traceback__ = _users(list(_frames(cause.__traceback__)))
    if cause.__traceback__ is None and isinstance(error, FlowError):
        # The engine's own affair: what it says is in the error already.
        if error.__cause__ is None:
            error.__suppress_context__ = True
        elif isinstance(cause, FlowError) and cause.message in error.message:
            _drop(error)
    _trim_causes(cause, seen)


def _drop(error: FlowError) -> None:
    # A step's failure keeps its cause, which programs look at.
    if not isinstance(error, StepFailedError):
        error.__cause__ = None


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _file(frame: TracebackType) -> str:
    return frame.tb_frame.f_code.co_filename


def _is_users(frames: list[TracebackType]) -> bool:
    """Whether the user's code, not ours, raised it or called the library that did."""
    known = [frame for frame in frames if not is_foreign(_file(frame)) or is_ours(_file(frame))]
    return bool(known) and not is_ours(_file(known[-1]))


def _users(frames: list[TracebackType]) -> TracebackType | None:
    """The user's frames, and those of libraries that they called and that did not come back to us."""
    kept: TracebackType | None = None
    is_inmost = True
    for frame in reversed(frames):
        if is_ours(_file(frame)):
            is_inmost = False
        elif is_inmost or not is_foreign(_file(frame)):
            kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept
