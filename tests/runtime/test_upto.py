"""Part of a graph: one node and what it needs."""

from __future__ import annotations

import pytest

from flowdsl.engine import Options
from flowdsl.errors import NoSuchNodeError
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.runtime.upto import graph_upto
from tests.runtime.building import Draft, double, inc, run, total


def diamond() -> Graph:
    draft = Draft()
    n = draft.input("n")
    left, right = draft.step(inc, n), draft.step(double, n)
    draft.step(total, left, right)
    return draft.graph()


async def test_only_what_a_node_needs_is_run() -> None:
    done = await run(diamond(), Options(upto="double"), n=4)

    assert done.value == 8
    assert set(done.nodes) == {"double"}


async def test_everything_is_needed_by_the_last_node() -> None:
    done = await run(diamond(), Options(upto="total"), n=4)

    assert set(done.nodes) == {"inc", "double", "total"}


def test_a_node_is_found_by_its_label() -> None:
    draft = Draft()
    n = draft.input("n")
    draft.step(inc, n, label="x")
    draft.step(inc, n, label="x")
    graph = draft.graph().without([NodeId("x")])

    assert [str(node_id) for node_id in graph_upto(graph, "x")] == ["n", "x#2"]


def test_an_unknown_node_offers_near_names() -> None:
    with pytest.raises(NoSuchNodeError, match="did you mean 'double'"):
        graph_upto(diamond(), "duble")
