"""FD201: a step failed; with it what else failed, and what was done until then."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.budget import left_undone
from flowdsl.errors.redaction import redact
from flowdsl.errors.sources import raised_in

if TYPE_CHECKING:
    from flowdsl.errors.partial import PartialRun


def told(cause: BaseException) -> str:
    """An error's kind and words."""
    text = str(cause).strip()
    return f"{type(cause).__name__}: {text}" if text else type(cause).__name__


class StepFailedError(FlowError):
    """A step raised an error, or gave something it does not declare.

    The error the step raised is the `__cause__`; `run` is the part of the run that was done.

    ```python
    try:
        audit.run(files=files)
    except StepFailedError as failed:
        failed.path            # "reviews[3]/review"
        failed.run["grade"]    # what other steps gave
    ```

    Attributes:
        path: Address of the step that failed.
        raised_at: Where in the step's own code the error arose; `None` when that is not known, or is `place`.
        others: Failures of other steps and items in the same run, up to 100.
        more: How many further failures there were.
        run: The partial run; `None` until the run is over.
        undone: Where a budget was used up: addresses of model calls that gave no answer, as in `run.undone`.
    """

    code: ClassVar[str] = "FD201"

    def __init__(
        self, path: str, cause: BaseException, *, given: str = "", place: Place | None = None
    ) -> None:
        inner = cause if isinstance(cause, FlowError) else None
        said = f"{inner.code}: {inner.message}" if inner else told(cause)
        super().__init__(
            f"step '{_short(path)}' failed: {said}",
            place=(inner.place if inner else None) or place,
            help=(inner.help if inner else "") or (f"it was given {given}." if given else ""),
        )
        self.path = path
        self.given = redact(given)
        raised = None if inner else raised_in(cause.__traceback__)
        at = Place(raised[0], raised[1], function=raised[2]) if raised else None
        self.raised_at = None if at and place and at[:2] == place[:2] else at
        self.others: tuple[StepFailedError, ...] = ()
        self.more = 0
        self.run: PartialRun | None = None
        self.undone: tuple[str, ...] = ()
        self.__cause__ = cause

    def __str__(self) -> str:
        parts = [super().__str__(), *map(str, self.others[:_SHOWN])]
        rest = len(self.others) - _SHOWN + self.more if len(self.others) > _SHOWN else self.more
        if rest:
            parts.append(f"… and {rest} further failures")
        if self.undone:
            parts.append(left_undone(self.undone))
        return "\n\n".join(parts)

    def _further_places(self) -> tuple[str, ...]:
        return () if self.raised_at is None else (f"  raised at {self.raised_at}",)

    def to_document(self) -> dict[str, object]:
        """Facts for `--json`, with the step's own line under `raised_at` (`file:line, in function`, or null)."""
        at = None if self.raised_at is None else str(self.raised_at)
        return {**super().to_document(), "raised_at": at}

    def add(self, other: StepFailedError) -> None:
        """Keep a failure beside this one; of very many only the number."""
        if len(self.others) < _KEPT:
            self.others += (other,)
        else:
            self.more += 1 + len(other.others) + other.more

    @property
    def problems(self) -> tuple[FlowError, ...]:
        """Every failure of the run, this one first."""
        return (self, *self.others)


_KEPT = 100
"""Failures kept beside the first."""
_SHOWN = 10
"""Failures beside the first that its text tells."""
_PARTS = 12
"""Parts of an address that a message shows; of a longer one the first and the last."""


def _short(path: str) -> str:
    parts = path.split("/")
    if len(parts) <= _PARTS:
        return path
    half = _PARTS // 2
    return "/".join((*parts[:half], f"… {len(parts) - _PARTS} more …", *parts[-half:]))


def gathered(failures: list[StepFailedError]) -> tuple[StepFailedError, ...]:
    """All failures of a run on one level: the first stands for the others, and knows how many were left out."""
    found: list[StepFailedError] = []
    todo = failures[::-1]
    while todo:
        failure = todo.pop()
        found.append(failure)
        todo += failure.others[::-1]
        failure.others = ()
    if not found:
        return ()
    first, *others = found
    more = sum(each.more for each in found)
    for each in others:
        each.more = 0
    first.others, first.more = tuple(others[:_KEPT]), more + len(others[_KEPT:])
    return (first, *first.others)
