"""`each`: a frame per item, as many at once as allowed, results in the items' order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TYPE_CHECKING, TypeGuard

from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.run import SerialEachError
from flowdsl.events.records import EachProgressed, NodeSkipped, Warned
from flowdsl.ir.effects import Effect
from flowdsl.runtime.handlers.feeding import Compile, Opener, body_of
from flowdsl.runtime.ops import UNSET, At, Crew, Frame, Mode, Op, Plan
from flowdsl.runtime.telling import kind_of

if TYPE_CHECKING:
    from flowdsl.ir.region_nodes import Each


class EachOp:
    """What is settled about an `each` before it runs."""

    def __init__(self, node: Each, slots: dict[str, int], plan: Plan) -> None:
        self.node = node
        self.items = slots["items"]
        self.carry = slots.get("carry")
        self.body = body_of(plan, {k: v for k, v in slots.items() if k not in _OWN}, _OWN)
        self.serial = _serial_step(plan)
        self.value = plan.outputs["value"]
        self.skip = plan.outputs.get("skip")
        self.stop = plan.outputs.get("stop")
        # Results after a `stop` are thrown away: what spends or writes may not be tried on speculation.
        risky = Effect.SPENDS | Effect.WRITES
        one_by_one = node.carry or ("stop" in plan.outputs and bool(node.effects & risky))
        self.width = 1 if one_by_one else node.limits.max_parallel

    def enter(self, at: At) -> None:
        """Begin it on one frame."""
        value = at.frame.values[self.items]
        if not is_many(value):
            raise TypeError(f"each goes over a list, not over {kind_of(value)}")
        each = _EachRun(self, at, value)
        if self.serial is not None and not self.node.carry and each.total != 1:
            _warn_serial(at, self.serial)
        each.fill()


_OWN = ("item", "carry")
# Twice as quick as calling the class, and one is made per item.
_progressed: Callable[[type[EachProgressed], tuple[float, str, int, int | None]], EachProgressed]
_progressed = vars(tuple)["__new__"]
BATCH = 64
"""So many frames are opened before the loop has its turn."""


def is_many(value: object) -> TypeGuard[Iterable[object]]:
    """Whether an `each` may go over it; a text is one thing, not its letters."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)


def make_each(op: Op, node: Each, slots: dict[str, int], compile_body: Compile) -> None:
    """Make an `each`'s op."""
    plan = compile_body(node.body)
    op.mode = Mode.REGION
    op.bodies = (("body", plan),)
    op.enter = EachOp(node, slots, plan).enter


def _serial_step(plan: Plan) -> str | None:
    return next((op.id for op in plan.ops if op.crew is Crew.LANE), None)


def _warn_serial(at: At, step: str) -> None:
    execution = at.execution
    if at.op not in execution.told:
        execution.told.add(at.op)
        told = SerialEachError(at.op.id, step, place=at.op.place)
        execution.note(Warned(at.now, at.path, told.code, told.as_sentences))


class _EachRun:
    """One `each` under way."""

    def __init__(self, made: EachOp, at: At, items: Iterable[object]) -> None:
        self.made = made
        self.at = at
        self.execution, self.frame, self.op = at
        self.total = len(items) if isinstance(items, Sized) else None
        self._items: Iterator[object] = iter(items)
        self._path = at.path
        self._opener = Opener(at, made.body, self, _OWN[: 1 if made.carry is None else 2])
        self._width = made.width or self.execution.limit
        self._carried = UNSET if made.carry is None else self.frame.values[made.carry]
        self._began = self.execution.clock()
        self._results: dict[int, object] = {}
        self._active: dict[int, Frame] = {}
        self._next = 0
        self._done = 0
        self._end: int | None = None
        self._failure: StepFailedError | None = None
        self._is_filling = False
        self._is_postponed = False
        self._is_over = False

    # -- opening frames

    def fill(self) -> None:
        """Open frames while there are items and room; finish when nothing is left."""
        if self._is_filling or self._is_over or self.frame.is_lost:
            return
        self._is_filling = True
        try:
            opened = self._open_some()
        except BaseException as error:
            # An iterator of the user's: its error is the step's.
            if isinstance(error, KeyboardInterrupt):
                raise
            self._give_up()
            self._is_over = True
            self.execution.fail(self.frame, self.op, error, self._began)
            return
        finally:
            self._is_filling = False
        self.execution.hire_all()
        if opened == BATCH and len(self._active) < self._width:
            self._fill_later()
        elif not self._active:
            self._finish()

    def _fill_later(self) -> None:
        if not self._is_postponed:
            self._is_postponed = True
            self.execution.later(self._fill_again)

    def _fill_again(self) -> None:
        self._is_postponed = False
        if not self.execution.is_stopping:
            self.fill()

    def _open_some(self) -> int:
        items, active, width = self._items, self._active, self._width
        make, ready = self._opener.open, self.execution.ready
        opened = 0
        while opened < BATCH and len(active) < width:
            number = self._next
            if self._end is not None and number >= self._end:
                break
            item = next(items, UNSET)
            if item is UNSET:
                self._end = number
                break
            self._next = number + 1
            active[number] = frame = make((item, self._carried), number, f"[{number}]")
            opened += 1
            if frame.left:
                ready(frame)
            else:
                self.finished(frame)
        return opened

    # -- what frames tell

    def finished(self, frame: Frame) -> None:
        """An item is done."""
        number = self._number(frame)
        if self._active.pop(number, None) is None:
            return
        self._done += 1
        made, values = self.made, frame.values
        if made.skip is None or not values[made.skip]:
            self._take(number, values[made.value])
        self._progress()
        if made.stop is not None and values[made.stop]:
            self._cut(number + 1)
        # Most items end when all have been opened: then there is nothing to look for.
        if not self._active or self._end is None or self._next < self._end:
            self.fill()

    def _take(self, number: int, value: object) -> None:
        if self.made.node.carry:
            self._carried = value
        else:
            self._results[number] = value

    def failed(self, frame: Frame, failure: StepFailedError) -> None:
        """An item failed: it is left out, or the whole `each` fails with it."""
        number = self._number(frame)
        if self._active.pop(number, None) is None:
            # Another step of an item that has failed already.
            self._add(failure)
            return
        execution = self.execution
        if self.made.node.on_item_error == "skip":
            execution.drop(frame)
            execution.note(NodeSkipped(self.at.now, frame.prefix.rstrip("/"), failure.message))
        else:
            self._add(failure)
            if execution.context.on_failure == "stop" or self.made.node.carry:
                self._give_up()
        self._done += 1
        self.fill()

    def _add(self, failure: StepFailedError) -> None:
        if self._failure is None:
            self._failure = failure
        else:
            self._failure.add(failure)

    def _number(self, frame: Frame) -> int:
        return frame.key if isinstance(frame.key, int) else -1

    # -- ending

    def _cut(self, end: int) -> None:
        """Take nothing from an item on: a `stop` before it was met."""
        self._end = end if self._end is None else min(self._end, end)
        for number in [each for each in self._active if each >= end]:
            self.execution.drop(self._active.pop(number))
        for number in [each for each in self._results if each >= end]:
            del self._results[number]

    def _give_up(self) -> None:
        self._end = 0
        for frame in self._active.values():
            self.execution.drop(frame)
        self._active.clear()

    def _finish(self) -> None:
        self._is_over = True
        if self._failure is not None:
            self.execution.fail(self.frame, self.op, self._failure, self._began)
            return
        results = self._results
        value = (
            self._carried if self.made.node.carry else [results[each] for each in sorted(results)]
        )
        self.execution.complete(self.frame, self.op, value, self._began)

    def _progress(self) -> None:
        execution = self.execution
        if execution.tell is not None:
            at_s = execution.clock() - execution.zero
            execution.tell(_progressed(EachProgressed, (at_s, self._path, self._done, self.total)))
