"""Values of a graph are handed out so that nobody's change reaches the graph."""

from __future__ import annotations

from collections import OrderedDict

import pytest

from flowdsl.ir.data_nodes import Compute, Transform
from flowdsl.ir.expr import Name
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Subflow
from flowdsl.ir.types import INT, ListOf, Plain
from flowdsl.runtime.fresh import fresh
from tests.runtime.building import Draft, ref, run

INTS = ListOf(INT)
EMPTY: dict[str, int] = {}
COLLECTIONS: tuple[object, ...] = ([1, [2]], {"a": {1}}, {1, 2}, ([1], 2), (1, ("x", EMPTY)))
OTHERS: tuple[object, ...] = (
    1,
    "text",
    (1, ("x", None)),
    frozenset({1}),
    OrderedDict({"a": 1}),
    object(),
)


def append(items: list[int]) -> list[int]:
    items.append(9)
    return items


def appending(**constants: object) -> Transform:
    return Transform(
        label="append",
        inputs=(Port("items", INTS),),
        output=INTS,
        constants=tuple(constants.items()),
        function=ref(append),
        lane="inline",
    )


async def test_a_step_that_changes_its_constant_changes_no_later_run() -> None:
    draft = Draft()
    draft.add(appending(items=[1]))
    graph = draft.graph()

    assert [(await run(graph)).value for _ in range(2)] == [[1, 9], [1, 9]]


async def test_a_step_that_changes_an_inputs_default_changes_no_later_run() -> None:
    draft = Draft()
    items = draft.input("items", INTS, required=False, default=[1])
    draft.add(appending(), items=items)
    inner = draft.graph()
    outer = Draft()
    outer.add(Subflow(label="inner", output=INTS, graph=inner))

    for graph in (inner, outer.graph()):
        assert [(await run(graph)).value for _ in range(2)] == [[1, 9], [1, 9]]


async def test_a_caller_that_changes_a_constant_result_changes_no_later_run() -> None:
    value = {"a": [1]}
    node = Compute(
        label="value",
        inputs=(Port("it", Plain("str"), kind="keyword"),),
        constants=(("it", value),),
        expr=Name("it"),
    )
    draft = Draft()
    draft.add(node)
    graph: Graph = draft.graph()

    first = (await run(graph)).value
    assert isinstance(first, dict)
    first["a"] = "changed"

    assert (await run(graph)).value == {"a": [1]}
    assert value == {"a": [1]}


@pytest.mark.parametrize("value", COLLECTIONS)
def test_collections_are_made_anew_down_to_the_inmost(value: object) -> None:
    made = fresh(value)

    assert made == value
    assert made is not value


@pytest.mark.parametrize("value", OTHERS)
def test_all_else_is_handed_on_as_it_is(value: object) -> None:
    assert fresh(value) is value
