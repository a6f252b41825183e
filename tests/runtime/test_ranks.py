"""What is urgent: the longest path that lies behind."""

from __future__ import annotations

from flowdsl.ir.ids import NodeId, PipelineName
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Call, Each, Subflow
from flowdsl.ir.types import INT, ListOf
from flowdsl.runtime.compiler import plan_of
from flowdsl.runtime.ranks import BESIDE_LOOP, IN_PLACE, ITEMS, ON_LOOP, weight
from tests.runtime.building import Draft, body_of, double, inc


def test_a_rank_is_the_weight_of_the_longest_path_to_the_end() -> None:
    draft = Draft()
    n = draft.input("n")
    a = draft.step(inc, n, label="a")
    b = draft.step(inc, a, label="b")
    draft.step(double, a, label="c")
    draft.step(double, b, label="d", lane="inline")
    plan = plan_of(draft.graph())

    ranks = {str(op.id): op.rank for op in plan.ops}

    assert ranks == {
        "a": ON_LOOP + BESIDE_LOOP,
        "b": ON_LOOP + IN_PLACE,
        "c": BESIDE_LOOP,
        "d": IN_PLACE,
    }
    assert plan.span == ON_LOOP + BESIDE_LOOP


def test_regions_weigh_what_their_bodies_do() -> None:
    draft = Draft()
    items = draft.input("items", ListOf(INT))
    each = Each(
        label="each",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(INT),
        body=body_of(inc, "item"),
    )
    draft.add(each, items=items)
    sub = Subflow(label="sub", inputs=(Port("n", INT),), output=INT, graph=body_of(inc, "n"))
    draft.add(sub, n=NodeId("items"))
    draft.add(Call(label="call", pipeline=PipelineName("x")))

    weights = {op.id: weight(op) for op in plan_of(draft.graph()).ops}

    assert weights == {"each": ON_LOOP * ITEMS, "sub": ON_LOOP, "call": ON_LOOP}


def test_a_plan_without_steps_weighs_nothing() -> None:
    draft = Draft()

    assert plan_of(draft.graph(draft.input("n"))).span == 0
