"""Part of a graph: one node and what it needs."""

from __future__ import annotations

import pytest

from flowdsl import contains, each, pipeline, step, when
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


@step
def halve(n: int) -> float:
    return n / 2


@step
def whole(x: float) -> int:
    return int(x)


@step
async def never(x: int) -> int:
    raise AssertionError(x)


def half_of(n: int) -> int:
    return never(whole(halve(n)))


@pipeline
def inner(n: int) -> int:
    return never(whole(n / 2))


@pipeline
def outer(n: int) -> int:
    return inner(n)


@pipeline
def halves(numbers: list[int]) -> list[int]:
    return each(numbers, half_of)


@pipeline
def chosen(numbers: list[int]) -> int:
    return when(contains(numbers, 3), lambda: whole(0.5), otherwise=lambda: whole(1.5))


@pipeline
def recursive(n: int) -> int:
    return when(n > 0, lambda: never(recursive(n - 1)), otherwise=n)


@pipeline
def calls_recursive(n: int) -> int:
    return recursive(n)


@pytest.mark.parametrize("name", ["halve", "each_half_of/halve", "each_half_of[1]/halve"])
def test_of_a_node_in_an_each_the_values_are_given_and_nothing_after_it_is_run(name: str) -> None:
    done = halves.using(upto=name).run([4, 6])

    assert done.value == [2.0, 3.0]
    assert done["halve"] == [2.0, 3.0]


@pytest.mark.parametrize("name", ["whole", "inner/whole"])
def test_a_node_of_a_called_pipeline_gives_its_value(name: str) -> None:
    assert outer.using(upto=name).run(9).value == 4


def test_of_a_branch_the_whole_choice_is_run() -> None:
    done = chosen.using(upto="whole").run([3])

    assert done.value == 0
    assert done["whole"] == 0


def test_a_pipeline_that_calls_itself_is_run_whole() -> None:
    graph = graph_upto(calls_recursive.graph, "never")

    assert graph == graph_upto(calls_recursive.graph, "recursive")


@pytest.mark.parametrize("name", ["half", "each_half_of/half", "each_half/halve", "whole/halve"])
def test_an_unknown_node_of_a_body_offers_near_names(name: str) -> None:
    with pytest.raises(NoSuchNodeError):
        graph_upto(halves.graph, name)
