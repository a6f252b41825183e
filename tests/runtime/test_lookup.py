"""Asking a run for nodes."""

from __future__ import annotations

import pytest

from flowdsl.errors import NoSuchNodeError, NoValueError, StepFailedError
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Subflow, While
from flowdsl.ir.types import INT
from flowdsl.runtime.handlers.feeding import KEPT_FRAMES
from flowdsl.runtime.lookup import steps_of
from tests.runtime.building import Draft, body_of, double, inc, partial_run, run


async def test_a_node_is_found_by_id_label_and_address() -> None:
    draft = Draft()
    n = draft.input("n")
    first = draft.step(inc, n)
    draft.step(inc, first)
    sub = Subflow(label="sub", inputs=(Port("n", INT),), output=INT, graph=body_of(double, "n"))
    draft.add(sub, n=first)

    done = await run(draft.graph(), n=1)

    assert (done["inc"], done["inc#2"], done["n"]) == (2, 3, 1)
    assert (done["double"], done["sub/double"]) == (4, 4)
    assert [path for path, _, _ in steps_of(done.root)] == ["inc", "inc#2", "sub", "sub/double"]


async def test_a_label_finds_the_node_whatever_its_id() -> None:
    draft = Draft()
    n = draft.input("n")
    draft.step(inc, n, label="x")
    draft.step(inc, n, label="x")
    graph = draft.graph().without([NodeId("x")])

    done = await run(graph, n=1)

    assert done["x"] == 2


async def test_an_unknown_name_offers_near_ones() -> None:
    draft = Draft()
    draft.step(double, draft.input("n"))
    done = await run(draft.graph(), n=1)

    with pytest.raises(NoSuchNodeError, match="did you mean 'double'"):
        done["dubble"]
    with pytest.raises(NoSuchNodeError, match="there is no node 'sub/double' here"):
        done["sub/double"]


async def test_a_node_that_did_not_run_says_why() -> None:
    def breaks(n: int) -> int:
        raise ValueError("broken")

    draft = Draft()
    broken = draft.step(breaks, draft.input("n"))
    draft.step(inc, broken)

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), n=1)

    failed = partial_run(caught)
    with pytest.raises(NoValueError, match="ValueError: broken"):
        failed["breaks"]
    with pytest.raises(NoValueError, match="not run to its end"):
        failed["inc"]
    draft_path = Draft()
    sub = Subflow(label="sub", inputs=(Port("n", INT),), output=INT, graph=body_of(breaks, "n"))
    draft_path.add(sub, n=draft_path.input("n"))
    with pytest.raises(StepFailedError) as again:
        await run(draft_path.graph(), n=1)
    with pytest.raises(NoValueError, match="broken"):
        partial_run(again)["sub/breaks"]


async def test_rounds_beyond_what_is_remembered_are_not_made_up() -> None:
    draft = Draft()
    loop = While(
        label="loop",
        inputs=(Port("carry", INT),),
        output=INT,
        body=body_of(inc, "carry"),
        max_rounds=KEPT_FRAMES + 2,
        on_limit="keep",
    )
    draft.add(loop, carry=draft.input("n"))

    done = await run(draft.graph(), n=0)

    assert done.value == KEPT_FRAMES + 2
    with pytest.raises(NoValueError, match="only the first 1000 rounds"):
        done["inc"]
