"""`each`: results in order, as many at once as allowed, `stop`, `skip`, a carried value, failures of items."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.engine import Options
from flowdsl.errors import StepFailedError
from flowdsl.events.records import EachProgressed, Event, NodeSkipped, Warned
from flowdsl.ir.effects import MODEL_CALL
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Port
from flowdsl.ir.policy import Limits
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import ANYTHING, BOOL, INT, ListOf
from tests.runtime.building import Draft, body_of, double, inc, partial_run, run, total, value_of


def each_graph(
    body: Graph,
    *,
    limit: int | None = None,
    carry: bool = False,
    skip_failed: bool = False,
    extra: str | None = None,
) -> Graph:
    """A graph that is one `each` over its input `items`."""
    draft = Draft()
    feeds = {"items": draft.input("items", ANYTHING)}
    if carry:
        feeds["carry"] = draft.input("carry")
    if extra:
        feeds[extra] = draft.input(extra)
    node = Each(
        label="each",
        inputs=tuple(Port(name, ANYTHING) for name in feeds),
        output=INT if carry else ListOf(INT),
        body=body,
        limits=Limits(limit),
        carry=carry,
        on_item_error="skip" if skip_failed else "fail",
    )
    draft.add(node, **feeds)
    return draft.graph()


def with_flag(flag: str, test: Callable[[int], bool]) -> Graph:
    """A body that adds one, with an output `stop` or `skip`."""
    draft = Draft("body")
    item = draft.input("item")
    value = draft.step(inc, item)
    told = draft.step(test, item, output=BOOL, lane="inline", label=flag)
    return draft.graph(value, **{flag: told})


@given(items=st.lists(st.integers(), max_size=30), limit=st.sampled_from([1, 2, 7, None]))
def test_results_come_in_the_order_of_the_items(items: list[int], limit: int | None) -> None:
    async def uneven(n: int) -> int:
        for _ in range(n % 5):
            await asyncio.sleep(0)
        return n * 10

    graph = each_graph(body_of(uneven, "item"), limit=limit)

    assert asyncio.run(value_of(graph, items=items)) == [n * 10 for n in items]


async def test_a_long_stream_of_items_is_pulled_only_as_fast_as_it_is_worked_off() -> None:
    pulled = 0
    done = 0
    most = 0

    def stream() -> Iterator[int]:
        nonlocal pulled, most
        for number in range(5000):
            pulled += 1
            most = max(most, pulled - done)
            yield number

    async def work(n: int) -> int:
        nonlocal done
        await asyncio.sleep(0)
        done += 1
        return n

    graph = each_graph(body_of(work, "item"), limit=8)

    assert await value_of(graph, items=stream()) == list(range(5000))
    assert most <= 9


async def test_a_body_reads_what_the_region_is_given() -> None:
    graph = each_graph(body_of(total, "item", "k"), extra="k")

    assert await value_of(graph, items=[1, 2], k=10) == [11, 12]


async def test_a_carried_value_goes_from_item_to_item() -> None:
    graph = each_graph(body_of(total, "item", "carry"), carry=True)

    assert await value_of(graph, items=[1, 2, 3], carry=10) == 16
    assert await value_of(graph, items=[], carry=10) == 10


@given(items=st.lists(st.integers(0, 9), max_size=12), limit=st.sampled_from([1, 3, None]))
def test_stop_ends_after_its_item_however_many_run_at_once(
    items: list[int], limit: int | None
) -> None:
    graph = each_graph(with_flag("stop", lambda n: n == 7), limit=limit)

    until = items.index(7) + 1 if 7 in items else len(items)
    assert asyncio.run(value_of(graph, items=items)) == [n + 1 for n in items[:until]]


def is_two(n: int) -> bool:
    return n == 2


async def test_what_spends_is_not_tried_on_speculation_before_a_stop() -> None:
    asked: list[int] = []

    async def ask(n: int) -> int:
        asked.append(n)
        await asyncio.sleep(0)
        return n

    draft = Draft("body")
    item = draft.input("item")
    value = draft.step(ask, item, effects=MODEL_CALL)
    stop = draft.step(is_two, item, output=BOOL, lane="inline", label="stop")

    assert await value_of(each_graph(draft.graph(value, stop=stop)), items=[1, 2, 3, 4]) == [1, 2]
    assert asked == [1, 2]


async def test_the_next_item_begins_as_soon_as_one_is_done() -> None:
    third = asyncio.Event()

    async def waits_for_the_third(n: int) -> int:
        if n == 0:
            await third.wait()
        if n == 2:
            third.set()
        return n

    graph = each_graph(body_of(waits_for_the_third, "item"), limit=2)

    assert await value_of(graph, items=[0, 1, 2]) == [0, 1, 2]


async def test_skip_leaves_results_out() -> None:
    graph = each_graph(with_flag("skip", lambda n: n % 2 == 0))

    assert await value_of(graph, items=[1, 2, 3, 4, 5]) == [2, 4, 6]


async def fails_on_three(n: int) -> int:
    """A step that cannot do 3."""
    await asyncio.sleep(0)
    if n == 3:
        raise ValueError("three")
    return n


async def test_a_failed_item_fails_the_each_and_is_named() -> None:
    graph = each_graph(body_of(fails_on_three, "item"))

    with pytest.raises(StepFailedError) as caught:
        await run(graph, items=[1, 3, 5])

    assert caught.value.path == "each[1]/fails_on_three"
    assert isinstance(caught.value.__cause__, ValueError)
    assert partial_run(caught).nodes["each"].state == "failed"


async def test_every_failed_item_is_named_when_the_others_go_on() -> None:
    graph = each_graph(body_of(fails_on_three, "item"))

    with pytest.raises(StepFailedError) as caught:
        await run(graph, Options(on_failure="continue"), items=[3, 1, 5])

    assert partial_run(caught).nodes["each[2]/fails_on_three"].value == 5


async def test_failed_items_can_be_left_out_and_are_told() -> None:
    heard: list[Event] = []
    graph = each_graph(body_of(fails_on_three, "item"), skip_failed=True)

    done = await run(graph, Options(on_event=heard.append), items=[1, 3, 5])

    assert done.value == [1, 5]
    assert [event.path for event in heard if isinstance(event, NodeSkipped)] == ["each[1]"]


async def test_an_each_over_a_plain_step_says_once_that_it_is_serial() -> None:
    heard: list[Event] = []
    graph = each_graph(body_of(double, "item"))

    assert (await run(graph, Options(on_event=heard.append), items=[1, 2])).value == [2, 4]

    warned = [event for event in heard if isinstance(event, Warned)]
    assert [(event.code, event.path) for event in warned] == [("FD211", "each")]
    assert "async def" in warned[0].message


async def test_progress_is_told() -> None:
    heard: list[Event] = []
    graph = each_graph(body_of(inc, "item"))

    await run(graph, Options(on_event=heard.append), items=[1, 2, 3])

    told = [(event.done, event.total) for event in heard if isinstance(event, EachProgressed)]
    assert told == [(1, 3), (2, 3), (3, 3)]


async def test_items_that_are_no_list_are_refused() -> None:
    graph = each_graph(body_of(inc, "item"))

    with pytest.raises(StepFailedError, match="goes over a list, not over int 5"):
        await run(graph, items=5)
    with pytest.raises(StepFailedError, match="not over str"):
        await run(graph, items="abc")


async def test_an_iterator_that_breaks_fails_the_each() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("the source is gone")

    with pytest.raises(StepFailedError, match="the source is gone"):
        await run(each_graph(body_of(inc, "item")), items=broken())


async def test_a_body_that_only_hands_its_item_on_needs_no_worker() -> None:
    draft = Draft("body")
    item = draft.input("item")

    assert await value_of(each_graph(draft.graph(item)), items=list(range(5000))) == list(
        range(5000)
    )


async def test_an_each_in_an_each_gives_lists_of_lists() -> None:
    inner = Draft("body")
    items = inner.input("item", ListOf(INT))
    inner.add(
        Each(
            label="inner",
            inputs=(Port("items", ListOf(INT)),),
            output=ListOf(INT),
            body=body_of(inc, "item"),
        ),
        items=NodeId(items),
    )

    done = await run(each_graph(inner.graph()), items=[[1, 2], [], [3]])

    assert done.value == [[2, 3], [], [4]]
    assert done["each[2]/inner[0]/inc"] == 4
