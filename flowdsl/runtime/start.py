"""One run from its inputs to its `Run`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowdsl.errors.budget import BudgetExceededError
from flowdsl.errors.failed import StepFailedError, gathered
from flowdsl.errors.interrupt import RunInterruptedError
from flowdsl.errors.run import RunTimeoutError
from flowdsl.events.records import Event, RunFinished, RunStarted
from flowdsl.pricing import own_names
from flowdsl.runtime.compiler import Wrap, plan_of, plan_with
from flowdsl.runtime.executor import Execution
from flowdsl.runtime.inputs import fill_inputs
from flowdsl.runtime.ops import Frame, Plan
from flowdsl.runtime.outcome import utc
from flowdsl.runtime.run import Run
from flowdsl.runtime.states import state_of
from flowdsl.runtime.watchdog import WATCHDOG

if TYPE_CHECKING:
    from flowdsl.ir.graph import Graph
    from flowdsl.runtime.context import RunContext


class Pipelines:
    """The pipelines in sight of a run: its own, and all that it calls as steps."""

    def __init__(self, graph: Graph) -> None:
        self._root = graph
        self._graphs: dict[str, Graph] | None = None

    def _all(self) -> dict[str, Graph]:
        if self._graphs is None:
            self._graphs = _in_sight(self._root)
        return self._graphs

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, sorted."""
        return tuple(sorted(self._all()))

    def find(self, name: str, /) -> Plan | None:
        """The plan of one, or `None`."""
        graph = self._all().get(name)
        return None if graph is None else plan_of(graph)


def _in_sight(root: Graph) -> dict[str, Graph]:
    from flowdsl.ir.region_nodes import Region, Subflow

    found: dict[str, Graph] = {root.name: root}
    todo = [root]
    while todo:
        for _, node in todo.pop().nodes:
            if isinstance(node, Subflow):
                found.setdefault(node.graph.name, node.graph)
            if isinstance(node, Region):
                todo.extend(body for _, body in node.bodies)
    return found


class _Root:
    """The owner of the run's own frame: nobody is above it."""

    def __init__(self) -> None:
        self.execution: Execution | None = None

    def finished(self, _frame: Frame, /) -> None:
        """The workers find nothing more to do and leave."""

    def failed(self, _frame: Frame, failure: StepFailedError, /) -> None:
        """Nothing has caught it."""
        if self.execution is not None:
            self.execution.failed_for_good(failure)


async def run_graph(
    graph: Graph,
    inputs: Mapping[str, object],
    context: RunContext,
    *,
    timeout_s: float | None = None,
    kept: list[Event] | None = None,
    over: list[Run[object]],
    reuse: Wrap | None = None,
) -> Run[object]:
    """Run a graph to its end.

    Args:
        graph: What to run.
        inputs: By name.
        context: Everything from outside.
        timeout_s: Seconds for the whole run.
        kept: Where all events were collected, for `Run.events`.
        over: Receives the run however it ends, cancelled too.
        reuse: Lets each op look for an earlier result.

    Raises:
        StepFailedError: A step failed; it carries the partial run, and what else failed.
        RunTimeoutError: The time was over; it carries the partial run.
        RunInterruptedError: A step raised `KeyboardInterrupt`; it carries the partial run.
        FlowError: The inputs do not fit.
    """
    owner = _Root()
    plan = plan_of(graph) if reuse is None else plan_with(graph, reuse)
    root = Frame(plan, owner)
    fill_inputs(root, inputs)
    execution = owner.execution = Execution(context, Pipelines(graph))
    started_at_s = context.now()
    run_id = context.run_id
    if execution.emit is not None:
        execution.emit(RunStarted(0.0, run_id, graph.name, len(graph), utc(started_at_s)))
    WATCHDOG.watch(execution)
    try:
        await execution.run(root, timeout_s)
    finally:
        WATCHDOG.leave(execution)
        execution.close()
        if execution.status == "done" and (execution.failures or execution.has_timed_out):
            execution.status = "failed"
        run = _over(graph, root, execution, started_at_s, kept)
        over.append(run)
    if execution.interrupt is not None:
        raise RunInterruptedError(run, execution.interrupt) from execution.interrupt.__cause__
    if execution.status != "done":
        raise _failure(run, execution, timeout_s)
    return run


def _over(
    graph: Graph, root: Frame, execution: Execution, started_at_s: float, kept: list[Event] | None
) -> Run[object]:
    seconds = execution.clock() - execution.zero
    bill = execution.bill
    if execution.emit is not None:
        execution.emit(RunFinished(seconds, execution.status, bill.usage, bill.cost_usd))
    return Run(
        graph,
        root,
        run_id=execution.context.run_id,
        status=execution.status,
        started_at_s=started_at_s,
        seconds=seconds,
        zero=execution.zero,
        bill=bill,
        notes=execution.notes,
        failures=gathered(execution.failures),
        kept=kept,
        own_prices=own_names(),
    )


def _failure(
    run: Run[object], execution: Execution, timeout_s: float | None
) -> StepFailedError | RunTimeoutError:
    if not execution.failures:
        late = RunTimeoutError(run.graph.name, timeout_s or 0.0, model_step=_asking(run))
        late.run = run
        return late
    first = execution.failures[0]
    first.run = run
    if any(isinstance(each.__cause__, BudgetExceededError) for each in run.failures):
        first.undone = run.undone
    return first


def _asking(run: Run[object]) -> str | None:
    """The first model call that was cut short."""
    from flowdsl.ir.model_nodes import Generate

    for path, frame, op in run.steps():
        if isinstance(op.node, Generate) and state_of(frame, op) == "cancelled":
            return path
    return None
