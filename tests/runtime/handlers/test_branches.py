"""`switch`, sub-pipelines, calls by name."""

from __future__ import annotations

from enum import Enum

import pytest

from flowdsl.errors import NoValueError, StepFailedError
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import PipelineName
from flowdsl.ir.node import Port
from flowdsl.ir.region_nodes import Call, Case, Subflow, Switch
from flowdsl.ir.types import ANYTHING, BOOL, INT
from flowdsl.runtime.handlers.branches import choose
from tests.runtime.building import Draft, body_of, double, inc, run, value_of


def switch_graph(*cases: Case, default: Graph | None = None) -> Graph:
    """A switch on the input `on`, over the input `n`."""
    draft = Draft()
    on, n = draft.input("on", ANYTHING), draft.input("n")
    ports = (Port("on", ANYTHING), Port("n", INT))
    draft.add(
        Switch(label="switch", inputs=ports, output=INT, cases=cases, default=default), on=on, n=n
    )
    return draft.graph()


async def test_only_the_chosen_body_runs() -> None:
    graph = switch_graph(
        Case(when=True, body=body_of(inc, "n")), Case(when=False, body=body_of(double, "n"))
    )

    done = await run(graph, on=True, n=10)

    assert done.value == 11
    assert done["inc"] == 11
    with pytest.raises(NoValueError, match="not taken"):
        done["double"]
    assert (await run(graph, on=False, n=10)).value == 20


async def test_a_value_without_a_case_takes_the_default_or_is_an_error() -> None:
    cases = (Case("a", body_of(inc, "n")),)

    assert await value_of(switch_graph(*cases, default=body_of(double, "n")), on="b", n=1) == 2
    with pytest.raises(StepFailedError, match=r"FD215.* no case for 'b'; its cases are 'a'"):
        await run(switch_graph(*cases), on="b", n=1)


async def test_a_failure_in_a_branch_is_named_once_with_its_address() -> None:
    def broken(n: int) -> int:
        raise ValueError(n)

    graph = switch_graph(Case("a", body_of(broken, "n")))

    with pytest.raises(StepFailedError) as caught:
        await run(graph, on="a", n=1)

    assert caught.value.path == "switch/broken"
    assert caught.value.others == ()


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("subject", "cases", "chosen"),
    [
        ("b", ("a", "b"), 1),
        (1, (True, 1), 1),
        (True, (1, True), 1),
        (1.0, (1,), 0),
        (Colour.RED, ("blue", "red"), 1),
        ("x", (True, False), 0),
        ([], (True, False), 1),
        (None, ("a", None), 1),
        ("c", ("a",), None),
    ],
)
def test_a_case_is_chosen(
    subject: object, cases: tuple[str | int | bool | None, ...], chosen: int | None
) -> None:
    assert choose(subject, cases) == chosen


async def test_a_sub_pipeline_is_a_step_with_an_inside() -> None:
    draft = Draft()
    n = draft.input("n")
    sub = Subflow(label="sub", inputs=(Port("n", INT),), output=INT, graph=body_of(inc, "n"))
    draft.step(double, draft.add(sub, n=n))

    done = await run(draft.graph(), n=3)

    assert done.value == 8
    assert done["sub/inc"] == 4


def countdown(max_depth: int = 1_000) -> Graph:
    """A pipeline that calls itself with one less until 0."""
    recurse = Draft("recurse")
    n = recurse.input("n")
    less = recurse.compute(Apply("sub", (Name("n"), Const(1))), INT, n=n)
    recurse.add(
        Call(
            label="again",
            inputs=(Port("n", INT),),
            output=INT,
            pipeline=PipelineName("countdown"),
            max_depth=max_depth,
        ),
        n=less,
    )
    stop = Draft("stop")
    last = stop.input("n")
    draft = Draft("countdown")
    start = draft.input("n")
    more = draft.compute(Apply("gt", (Name("n"), Const(0))), BOOL, n=start)
    draft.add(
        Switch(
            label="switch",
            inputs=(Port("on", BOOL), Port("n", INT)),
            output=INT,
            cases=(Case(when=True, body=recurse.graph()), Case(when=False, body=stop.graph(last))),
        ),
        on=more,
        n=start,
    )
    return draft.graph()


async def test_a_pipeline_can_call_itself_by_name_within_a_depth() -> None:
    assert await value_of(countdown(), n=5) == 0
    with pytest.raises(StepFailedError, match=r"FD217.* more than 3 deep"):
        await run(countdown(3), n=5)


async def test_recursion_goes_deeper_than_python_does_and_holds_no_python_frames() -> None:
    done = await run(countdown(), n=900)

    assert done.value == 0
    deepest = "switch/again/" * 899
    assert done.nodes[f"{deepest}switch"].value == 0
    assert len(done.events) > 900 * 4


async def test_a_failure_far_down_comes_up_and_its_message_shows_the_ends_of_its_address() -> None:
    with pytest.raises(StepFailedError) as failed:
        await run(countdown(600), n=900)

    assert failed.value.path.count("/") == 1201
    assert "'switch/again/switch/again/switch/again/… 1190 more …/" in failed.value.message
    assert len(failed.value.message) < 250
    assert "FD217" in failed.value.message


async def test_a_call_of_an_unknown_pipeline_offers_near_names() -> None:
    draft = Draft("outer")
    n = draft.input("n")
    call = Call(label="call", inputs=(Port("n", INT),), output=INT, pipeline=PipelineName("oter"))
    draft.add(call, n=n)

    with pytest.raises(StepFailedError, match="did you mean 'outer'"):
        await run(draft.graph(), n=1)


def answering(name: str, answer: int) -> Graph:
    """A pipeline that calls itself once with 0, and gives its own number."""
    base = Draft("base")
    base.input("n")
    last = base.compute(Const(answer), INT)
    recurse = Draft("recurse")
    n = recurse.input("n")
    less = recurse.compute(Apply("sub", (Name("n"), Const(1))), INT, n=n)
    again = recurse.add(
        Call(label="again", inputs=(Port("n", INT),), output=INT, pipeline=PipelineName(name)),
        n=less,
    )
    draft = Draft(name)
    start = draft.input("n")
    more = draft.compute(Apply("gt", (Name("n"), Const(0))), BOOL, n=start)
    draft.add(
        Switch(
            label="switch",
            inputs=(Port("on", BOOL), Port("n", INT)),
            output=INT,
            cases=(
                Case(when=True, body=recurse.graph(again)),
                Case(when=False, body=base.graph(last)),
            ),
        ),
        on=more,
        n=start,
    )
    return draft.graph()


async def test_a_call_means_the_innermost_of_the_pipelines_around_it_that_are_called_alike() -> (
    None
):
    draft = Draft("helper")
    n = draft.input("n")
    for number in (1, 2):
        node = Subflow(
            label=f"sub{number}",
            inputs=(Port("n", INT),),
            output=INT,
            graph=answering("helper", number),
        )
        draft.add(node, n=n)

    done = await run(draft.graph(), n=2)

    assert (done["sub1"], done["sub2"]) == (1, 2)
