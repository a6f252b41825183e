"""What a body's inputs are filled with."""

from __future__ import annotations

from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Each, Subflow
from flowdsl.ir.types import INT, ListOf
from flowdsl.runtime.handlers.feeding import KEPT_FRAMES
from tests.runtime.building import Draft, body_of, inc, run, total, value_of


async def test_a_body_input_that_nobody_feeds_has_its_default() -> None:
    body = Draft("body")
    n = body.input("n")
    k = body.input("k", required=False, default=100)
    body.step(total, n, k)
    draft = Draft()
    sub = Subflow(label="sub", inputs=(Port("n", INT),), output=INT, graph=body.graph())
    draft.add(sub, n=draft.input("n"))

    assert await value_of(draft.graph(), n=1) == 101


async def test_constants_feed_bodies_too() -> None:
    draft = Draft()
    sub = Subflow(
        label="sub",
        inputs=(Port("n", INT),),
        output=INT,
        graph=body_of(inc, "n"),
        constants=(("n", 41),),
    )
    draft.add(sub)

    assert await value_of(draft.graph()) == 42


async def test_more_frames_than_are_remembered_still_give_the_results() -> None:
    draft = Draft()
    items = draft.input("items", ListOf(INT))
    each = Each(
        label="each",
        inputs=(Port("items", ListOf(INT)),),
        output=ListOf(INT),
        body=body_of(inc, "item"),
    )
    draft.add(each, items=items)
    many = list(range(KEPT_FRAMES + 5))

    done = await run(draft.graph(), items=many)

    assert done.value == [n + 1 for n in many]
    assert done["inc"] == done.value
    assert f"each[{KEPT_FRAMES}]/inc" not in done.nodes
