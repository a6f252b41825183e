"""`switch`, sub-pipelines and calls by name: one frame, whose value is the region's."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from flowdsl.errors.run import CallDepthError, NoCaseError, StepFailedError, UnknownPipelineError
from flowdsl.runtime.handlers.feeding import Compile, Feed, feeds_of, open_frame
from flowdsl.runtime.ops import Frame, Mode, Op, Plan
from flowdsl.runtime.telling import brief

if TYPE_CHECKING:
    from flowdsl.ir.expr import Scalar
    from flowdsl.ir.region_nodes import Call, Subflow, Switch
    from flowdsl.runtime.executor import Execution

Branch = tuple[Plan, tuple[Feed, ...], str]


class _One:
    """The owner of a single frame: its value is the region's."""

    def __init__(self, execution: Execution, frame: Frame, op: Op) -> None:
        self._execution = execution
        self._frame = frame
        self._op = op
        self._began = execution.clock()

    def finished(self, frame: Frame) -> None:
        """The frame's value is the op's."""
        self._execution.complete(self._frame, self._op, frame.value(), self._began)

    def failed(self, frame: Frame, failure: StepFailedError) -> None:
        """The frame's first failure is the op's."""
        if not self._frame.failures or self._op.index not in self._frame.failures:
            self._execution.fail(self._frame, self._op, failure, self._began)


def _enter(branch: Branch, execution: Execution, frame: Frame, op: Op) -> None:
    plan, feeds, name = branch
    owner = _One(execution, frame, op)
    execution.begin(open_frame(plan, feeds, owner, frame, op, {}, key=name))


def make_switch(op: Op, node: Switch, slots: dict[str, int], compile_body: Compile) -> None:
    """Make a switch's op."""
    branches: list[tuple[Scalar, Branch]] = []
    named: list[tuple[str, Plan]] = []
    for case in node.cases:
        plan = compile_body(case.body)
        branches.append((case.when, (plan, feeds_of(plan, slots), f"case {case.when!r}")))
        named.append((f"case {case.when!r}", plan))
    default: Branch | None = None
    if node.default is not None:
        plan = compile_body(node.default)
        default = (plan, feeds_of(plan, slots), "default")
        named.append(("default", plan))
    op.mode, op.bodies = Mode.REGION, tuple(named)
    op.enter = partial(_enter_switch, tuple(branches), default, slots["on"])


def _enter_switch(
    branches: tuple[tuple[Scalar, Branch], ...],
    default: Branch | None,
    on: int,
    execution: Execution,
    frame: Frame,
    op: Op,
) -> None:
    subject = frame.values[on]
    chosen = choose(subject, tuple(when for when, _ in branches))
    branch = default if chosen is None else branches[chosen][1]
    if branch is None:
        raise NoCaseError(op.id, brief(subject), [repr(when) for when, _ in branches])
    _enter(branch, execution, frame, op)


def choose(subject: object, cases: tuple[Scalar, ...]) -> int | None:
    """Which case a value selects; `True` and `1` are different, `1` and `1.0` are not."""
    plain = subject.value if isinstance(subject, Enum) else subject
    if cases and all(isinstance(when, bool) for when in cases):
        plain = bool(plain)
    for number, when in enumerate(cases):
        if isinstance(plain, bool) is isinstance(when, bool) and plain == when:
            return number
    return None


def make_subflow(op: Op, node: Subflow, slots: dict[str, int], compile_body: Compile) -> None:
    """Make a sub-pipeline's op."""
    plan = compile_body(node.graph)
    op.mode, op.bodies = Mode.REGION, (("graph", plan),)
    op.enter = partial(_enter, (plan, feeds_of(plan, slots), "graph"))


def make_call(op: Op, node: Call, slots: dict[str, int]) -> None:
    """Make the op of a call by name."""
    op.mode = Mode.REGION
    op.enter = partial(_enter_call, node, slots)


def _enter_call(
    node: Call, slots: dict[str, int], execution: Execution, frame: Frame, op: Op
) -> None:
    plan = execution.pipelines.find(node.pipeline)
    if plan is None:
        raise UnknownPipelineError(node.pipeline, execution.pipelines.names)
    if _depth(frame, node) >= node.max_depth:
        raise CallDepthError(node.pipeline, node.max_depth)
    _enter((plan, feeds_of(plan, slots), "graph"), execution, frame, op)


def _depth(frame: Frame, node: Call) -> int:
    depth = 0
    at: Frame | None = frame
    while at is not None:
        called = at.op.node if at.op is not None else None
        depth += type(called) is type(node) and getattr(called, "pipeline", None) == node.pipeline
        at = at.parent
    return depth
