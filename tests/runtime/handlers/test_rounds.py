"""`while`: tests before rounds, stops after them, and a bound."""

from __future__ import annotations

from typing import Literal

import pytest

from flowdsl.errors import StepFailedError
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import While
from flowdsl.ir.types import BOOL, INT
from tests.runtime.building import Draft, body_of, inc, run, value_of


def below(limit: int) -> Graph:
    """The test `carry < limit`."""
    draft = Draft("test")
    carry = draft.input("carry")
    draft.compute(Apply("lt", (Name("carry"), Const(limit))), BOOL, carry=carry)
    return draft.graph()


def loop_graph(
    body: Graph,
    test: Graph | None,
    *,
    rounds: int = 100,
    on_limit: Literal["fail", "keep"] = "fail",
) -> Graph:
    """A loop from the input `start`."""
    draft = Draft()
    start = draft.input("start")
    loop = While(
        label="loop",
        inputs=(Port("carry", INT),),
        output=INT,
        body=body,
        test=test,
        max_rounds=rounds,
        on_limit=on_limit,
    )
    draft.add(loop, carry=start)
    return draft.graph()


async def test_rounds_go_on_while_the_test_holds() -> None:
    done = await run(loop_graph(body_of(inc, "carry"), below(5)), start=2)

    assert done.value == 5
    assert done["inc"] == [3, 4, 5]
    assert done["loop[0].test/compute"] is True


async def test_no_round_runs_when_the_test_fails_at_once() -> None:
    assert await value_of(loop_graph(body_of(inc, "carry"), below(5)), start=9) == 9


async def test_a_stop_is_asked_after_the_round() -> None:
    body = Draft("body")
    carry = body.input("carry")
    more = body.step(inc, carry)
    stop = body.compute(Apply("gt", (Name("n"), Const(3))), BOOL, n=more)

    assert await value_of(loop_graph(body.graph(more, stop=stop), None), start=0) == 4


async def test_a_loop_that_does_not_end_is_an_error_or_keeps_its_value() -> None:
    body, test = body_of(inc, "carry"), below(1000)

    with pytest.raises(StepFailedError, match=r"FD216.*not finished after 7 rounds"):
        await run(loop_graph(body, test, rounds=7), start=0)
    assert await value_of(loop_graph(body, test, rounds=7, on_limit="keep"), start=0) == 7


async def test_a_loop_may_use_all_its_rounds() -> None:
    assert await value_of(loop_graph(body_of(inc, "carry"), below(7), rounds=7), start=0) == 7


async def test_many_rounds_do_not_nest() -> None:
    graph = loop_graph(body_of(inc, "carry"), below(3000), rounds=5000)

    assert await value_of(graph, start=0) == 3000


async def test_rounds_that_only_hand_on_do_not_nest_either() -> None:
    body = Draft("body")
    carry = body.input("carry")

    graph = loop_graph(body.graph(carry), None, rounds=5000, on_limit="keep")

    assert await value_of(graph, start=1) == 1


async def test_a_failure_in_a_round_fails_the_loop() -> None:
    def broken(n: int) -> int:
        raise ValueError(n)

    with pytest.raises(StepFailedError) as caught:
        await run(loop_graph(body_of(broken, "carry"), below(5)), start=2)

    assert caught.value.path == "loop[0]/broken"
