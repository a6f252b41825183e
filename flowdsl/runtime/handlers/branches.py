"""`switch`, sub-pipelines and calls by name: one frame, whose value is the region's."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.run import CallDepthError, NoCaseError, UnknownPipelineError
from flowdsl.ir.region_nodes import Call, Subflow
from flowdsl.runtime.handlers.feeding import Body, Compile, body_of, open_frame
from flowdsl.runtime.ops import At, Frame, Mode, Op, Plan
from flowdsl.runtime.telling import brief

if TYPE_CHECKING:
    from flowdsl.ir.expr import Scalar
    from flowdsl.ir.region_nodes import Switch


class _Branch(NamedTuple):
    name: str
    body: Body


class _One:
    """The owner of a single frame: its value is the region's."""

    def __init__(self, at: At) -> None:
        self._at = at
        self._began = at.execution.clock()
        self._failure: StepFailedError | None = None

    def finished(self, frame: Frame, /) -> None:
        """The frame's value is the op's."""
        execution, outer, op = self._at
        execution.complete(outer, op, frame.value(), self._began)

    def failed(self, _frame: Frame, failure: StepFailedError, /) -> None:
        """The frame's first failure is the op's; later ones stand beside it."""
        if self._failure is not None:
            self._failure.add(failure)
            return
        self._failure = failure
        execution, outer, op = self._at
        execution.fail(outer, op, failure, self._began)


def _enter(branch: _Branch, at: At) -> None:
    at.execution.begin(open_frame(at, branch.body, _One(at), key=branch.name))


def make_switch(op: Op, node: Switch, slots: dict[str, int], compile_body: Compile) -> None:
    """Make a switch's op."""
    branches = {
        name: _Branch(name, body_of(compile_body(graph), slots)) for name, graph in node.bodies
    }
    op.mode = Mode.REGION
    op.bodies = tuple((name, branch.body.plan) for name, branch in branches.items())
    op.enter = partial(_enter_switch, node, list(branches.values()), slots["on"])


def _enter_switch(node: Switch, branches: list[_Branch], on: int, at: At) -> None:
    subject = at.frame.values[on]
    cases = tuple(case.when for case in node.cases)
    chosen = choose(subject, cases)
    if chosen is None and node.default is None:
        raise NoCaseError(at.op.id, brief(subject), [repr(when) for when in cases])
    _enter(branches[-1 if chosen is None else chosen], at)


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
    op.enter = partial(_enter, _Branch("graph", body_of(plan, slots)))


def make_call(op: Op, node: Call, slots: dict[str, int]) -> None:
    """Make the op of a call by name."""
    op.mode = Mode.REGION
    op.enter = partial(_enter_call, node, slots)


def _enter_call(node: Call, slots: dict[str, int], at: At) -> None:
    pipelines = at.execution.pipelines
    plan = _around(at.frame, node.pipeline) or pipelines.find(node.pipeline)
    if plan is None:
        raise UnknownPipelineError(node.pipeline, pipelines.names)
    if _depth(at.frame, node) >= node.max_depth:
        raise CallDepthError(node.pipeline, node.max_depth)
    _enter(_Branch("graph", body_of(plan, slots)), at)


def _around(frame: Frame, name: str) -> Plan | None:
    """The innermost pipeline of a name that a frame stands in: two pipelines of one run may be called alike."""
    at: Frame | None = frame
    while at is not None:
        is_pipeline = at.op is None or isinstance(at.op.node, Subflow | Call)
        if is_pipeline and at.plan.name == name:
            return at.plan
        at = at.parent
    return None


def _depth(frame: Frame, node: Call) -> int:
    """How many calls of the same pipeline a frame stands in."""
    depth = 0
    at: Frame | None = frame
    while at is not None:
        called = None if at.op is None else at.op.node
        depth += isinstance(called, Call) and called.pipeline == node.pipeline
        at = at.parent
    return depth
