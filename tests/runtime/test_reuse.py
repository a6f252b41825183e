"""Results of an earlier run are taken only where nothing has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.ir.effects import MODEL_CALL, PURE, Effects, Resource, reads, writes
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import INT, ListOf
from flowdsl.runtime.reuse import same
from tests.runtime.building import Draft, body_of, run, whole_run

RAN: list[str] = []


def first(n: int) -> int:
    RAN.append("first")
    return n + 1


def second(n: int) -> int:
    RAN.append("second")
    return n * 2


def other(n: int) -> int:
    RAN.append("other")
    return n * 3


async def slow(n: int) -> int:
    RAN.append(f"slow {n}")
    return n


def chain(last: Callable[[int], int], effects: Effects = PURE, label: str = "last") -> Graph:
    draft = Draft()
    draft.step(last, draft.step(first, draft.input("n"), effects=effects), label=label)
    return draft.graph()


async def ran(graph: Graph, options: Options, **inputs: object) -> tuple[object, list[str]]:
    RAN.clear()
    done = await run(graph, options, **inputs)
    return done.value, list(RAN)


async def test_nothing_runs_again_when_nothing_has_changed() -> None:
    before = await run(chain(second), n=1)

    assert await ran(chain(second), Options(reuse=before), n=1) == (4, [])


async def test_what_was_edited_runs_again() -> None:
    before = await run(chain(second), n=1)

    assert await ran(chain(other), Options(reuse=before), n=1) == (6, ["other"])


async def test_other_inputs_run_everything_that_reads_them() -> None:
    before = await run(chain(second), n=1)

    assert await ran(chain(second), Options(reuse=before), n=2) == (6, ["first", "second"])


async def test_another_address_is_another_node() -> None:
    before = await run(chain(second), n=1)

    assert await ran(chain(second, label="renamed"), Options(reuse=before), n=1) == (4, ["second"])


async def test_paid_results_are_taken_and_what_touches_the_world_is_done_anew() -> None:
    disk = Resource("path", "a.txt")

    before = await run(chain(second, MODEL_CALL), n=1)
    assert await ran(chain(second, MODEL_CALL), Options(reuse=before), n=1) == (4, [])
    for effects in (reads(disk), writes(disk)):
        before = await run(chain(second, effects), n=1)
        assert await ran(chain(second, effects), Options(reuse=before), n=1) == (4, ["first"])


def each_graph() -> Graph:
    draft = Draft()
    each = Each(
        label="each",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(INT),
        body=body_of(slow, "item"),
    )
    draft.add(each, items=draft.input("items", ListOf(INT)))
    return draft.graph()


async def test_items_that_stayed_are_taken_and_those_that_changed_run() -> None:
    before = await run(each_graph(), items=[1, 2, 3])

    assert await ran(each_graph(), Options(reuse=before), items=[1, 9, 3]) == (
        [1, 9, 3],
        ["slow 9"],
    )


async def test_a_region_taken_whole_still_knows_its_inside() -> None:
    before = await run(each_graph(), items=[1, 2])

    again = await run(each_graph(), Options(reuse=before), items=[1, 2])

    assert again["slow"] == [1, 2]
    assert again.nodes["each"].state == "done"


def test_values_are_the_same_only_through_and_through() -> None:
    assert same([1, {"a": 2}], [1, {"a": 2}])
    assert not same([1], [True])
    assert not same(object(), object())
    lambda_ = each_graph
    assert same(lambda_, lambda_)


async def test_of_a_failed_run_what_was_done_is_taken_and_the_rest_runs() -> None:
    def breaks(n: int) -> int:
        RAN.append("breaks")
        raise ValueError(n)

    with pytest.raises(StepFailedError) as caught:
        await run(chain(breaks), n=1)

    assert await ran(chain(second), Options(reuse=whole_run(caught)), n=1) == (4, ["second"])
    with pytest.raises(StepFailedError):
        await ran(chain(breaks), Options(reuse=whole_run(caught)), n=1)
    assert RAN == ["breaks"]


async def test_an_each_over_nothing_is_taken_too() -> None:
    graph = each_graph()
    before = await run(graph, items=[])

    again = await run(graph, Options(reuse=before), items=[])

    assert again.value == []
    assert again.nodes["each"].state == "done"
