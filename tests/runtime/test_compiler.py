"""Graph → plan."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

import pytest

from flowdsl.errors import NotRunnableError
from flowdsl.ir.node import Node
from flowdsl.runtime.compiler import plan_of, plan_with
from flowdsl.runtime.ops import Mode, Op
from tests.runtime.building import Draft, double, inc, run


def small() -> Draft:
    draft = Draft()
    draft.step(double, draft.step(inc, draft.input("n")), 7, lane="inline")
    return draft


def test_a_plan_is_made_once_and_goes_with_its_graph() -> None:
    graph = small().graph()

    assert plan_of(graph) is plan_of(graph)
    assert plan_of(small().graph()) is not plan_of(graph)

    gone = weakref.ref(plan_of(small().graph()))
    gc.collect()
    assert gone() is None


def test_slots_are_the_nodes_and_then_the_constants() -> None:
    plan = plan_of(small().graph())

    assert plan.ids == ("n", "inc", "double")
    assert plan.template[-1] == 7
    assert plan.counts == [0, 0, 1]
    assert [op.id for op in plan.first] == ["inc"]
    assert [(op.id, op.mode) for op in plan.ops] == [("inc", Mode.AWAIT), ("double", Mode.CALL)]
    assert plan.ops[1].sources == (("p0", 1), ("p1", 3))


async def test_a_wrapped_plan_is_its_own() -> None:
    graph = small().graph()
    seen: list[str] = []

    def note(op: Op, _graph: object) -> None:
        seen.append(op.id)

    assert plan_with(graph, note) is not plan_of(graph)
    assert seen == ["inc", "double"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange(Node):
    """A kind nobody knows."""


async def test_a_strange_kind_of_node_is_refused() -> None:
    draft = Draft()
    draft.add(Strange(label="strange"))

    with pytest.raises(NotRunnableError, match="FD224"):
        await run(draft.graph())


async def test_a_node_that_reads_another_twice_waits_for_both_edges() -> None:
    draft = Draft()
    more = draft.step(inc, draft.input("n"))

    async def both(a: int, b: int) -> int:
        return a * b

    draft.step(both, more, more)

    assert (await run(draft.graph(), n=4)).value == 25
