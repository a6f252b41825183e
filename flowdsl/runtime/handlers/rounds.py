"""`while`: a test and a body in turn, over one carried value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.run import TooManyRoundsError
from flowdsl.runtime.handlers.feeding import Compile, body_of, open_frame
from flowdsl.runtime.ops import UNSET, At, Frame, Mode, Op, Plan

if TYPE_CHECKING:
    from flowdsl.ir.region_nodes import While

_OWN = ("carry",)


class WhileOp:
    """What is settled about a loop before it runs."""

    def __init__(self, node: While, slots: dict[str, int], body: Plan, test: Plan | None) -> None:
        captured = {name: slot for name, slot in slots.items() if name not in _OWN}
        self.node = node
        self.carry = slots["carry"]
        self.body = body_of(body, captured, _OWN)
        self.test = None if test is None else body_of(test, captured, _OWN)

    def enter(self, at: At) -> None:
        """Begin it on one frame."""
        _WhileRun(self, at).go_on()


def make_while(op: Op, node: While, slots: dict[str, int], compile_body: Compile) -> None:
    """Make a loop's op."""
    body = compile_body(node.body)
    test = None if node.test is None else compile_body(node.test)
    op.mode = Mode.REGION
    op.bodies = (("body", body),) if test is None else (("test", test), ("body", body))
    op.enter = WhileOp(node, slots, body, test).enter


class _WhileRun:
    """One loop under way: a test frame or a body frame is open, never both."""

    def __init__(self, made: WhileOp, at: At) -> None:
        self._made = made
        self._at = at
        self._execution, self._frame, self._op = at
        self._value = at.frame.values[made.carry]
        self._round = 0
        self._is_testing = False
        self._is_going = False
        self._is_waiting = False
        self._is_over = False
        self._failure: StepFailedError | None = None
        self._began = at.execution.clock()

    def go_on(self) -> None:
        """Open frames one after the other; those that are done at once do not nest."""
        if self._is_going:
            return
        self._is_going = True
        try:
            while not self._is_over and not self._is_waiting:
                self._open()
        finally:
            self._is_going = False

    def _open(self) -> None:
        made = self._made
        self._is_testing = made.test is not None and not self._is_testing
        if self._round >= made.node.max_rounds and not self._is_testing:
            self._hit_limit()
            return
        body = made.test if self._is_testing and made.test is not None else made.body
        key = f"test {self._round}" if self._is_testing else self._round
        suffix = f"[{self._round}]" + (".test" if self._is_testing else "")
        self._is_waiting = True
        frame = open_frame(self._at, body, self, {"carry": self._value}, key=key, suffix=suffix)
        self._execution.begin(frame)

    def finished(self, frame: Frame, /) -> None:
        """A test or a round is done."""
        self._is_waiting = False
        if self._is_testing:
            if not frame.value():
                self._finish()
        else:
            self._value = frame.value()
            self._round += 1
            stop = frame.value("stop")
            if stop is not UNSET and stop:
                self._finish()
        self.go_on()

    def failed(self, _frame: Frame, failure: StepFailedError, /) -> None:
        """A test or a round failed, and the loop with it; what fails beside it is kept."""
        if self._failure is not None:
            self._failure.add(failure)
        else:
            self._is_over = True
            self._failure = failure
            self._execution.fail(self._frame, self._op, failure, self._began)

    def _finish(self) -> None:
        self._is_over = True
        self._execution.complete(self._frame, self._op, self._value, self._began)

    def _hit_limit(self) -> None:
        node = self._made.node
        if node.on_limit == "keep":
            self._finish()
            return
        self._is_over = True
        error = TooManyRoundsError(self._op.id, node.max_rounds)
        self._execution.fail(self._frame, self._op, error, self._began)
