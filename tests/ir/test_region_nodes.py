"""Nodes that own graphs: the names of their bodies, and that they do what their bodies do."""

import pytest

from flowdsl.ir.effects import MODEL_CALL, PURE, UNKNOWN, Effects, Resource, reads, writes
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import PipelineName
from flowdsl.ir.node import Node
from flowdsl.ir.policy import Limits
from flowdsl.ir.region_nodes import Call, Case, Each, Region, Subflow, Switch, While
from tests.ir.sample_graphs import graph_of, step

LOOKS = reads(Resource("path", "a"))
CHANGES = writes(Resource("path", "b"))


def body(*declared: Effects, name: str = "body") -> Graph:
    """A graph whose steps do these things."""
    return graph_of(
        [(f"s{number}", step(f"s{number}", declared=each)) for number, each in enumerate(declared)],
        name=name,
    )


PLAIN, LOOKING, CHANGING, ASKING = body(PURE), body(LOOKS), body(CHANGES), body(MODEL_CALL)

REGIONS: dict[str, tuple[Region, str, tuple[str, ...], Effects]] = {
    "each": (Each(label="x", body=LOOKING), "each", ("body",), LOOKS),
    "while with an end inside": (While(label="x", body=CHANGING), "while", ("body",), CHANGES),
    "while with a test": (
        While(label="x", body=CHANGING, test=LOOKING),
        "while",
        ("test", "body"),
        LOOKS | CHANGES,
    ),
    "switch": (
        Switch(label="x", cases=(Case("low", LOOKING), Case(3, PLAIN), Case(None, PLAIN))),
        "switch",
        ("case 'low'", "case 3", "case None"),
        LOOKS,
    ),
    "switch with a default": (
        Switch(label="x", cases=(Case(when=True, body=CHANGING),), default=ASKING),
        "switch",
        ("case True", "default"),
        CHANGES | MODEL_CALL,
    ),
    "sub-pipeline": (
        Subflow(label="x", graph=body(LOOKS, MODEL_CALL)),
        "subflow",
        ("graph",),
        LOOKS | MODEL_CALL,
    ),
    "pure": (Each(label="x", body=PLAIN), "each", ("body",), PURE),
    "region within a region": (
        Each(label="x", body=graph_of([("inner", Each(label="inner", body=CHANGING))])),
        "each",
        ("body",),
        CHANGES,
    ),
    "region of no kind": (Region(label="x"), "node", (), PURE),
}


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_names_its_bodies_and_does_what_they_do(name: str) -> None:
    region, kind, bodies, effects = REGIONS[name]

    assert region.kind == kind
    assert tuple(title for title, _ in region.bodies) == bodies
    assert region.effects == effects


def test_the_test_of_a_loop_is_asked_before_its_body() -> None:
    region = While(label="x", body=CHANGING, test=LOOKING)

    assert [graph for _, graph in region.bodies] == [LOOKING, CHANGING]


def test_a_sub_pipeline_shares_its_graph_and_has_its_name() -> None:
    graph = body(PURE, name="inner")
    region = Subflow(label="x", graph=graph)

    assert region.pipeline == "inner"
    assert region.graph is graph


def test_a_call_by_name_may_do_everything() -> None:
    node = Call(label="x", pipeline=PipelineName("inner"))

    assert node.kind == "call"
    assert node.effects == UNKNOWN
    assert node.max_depth == 1_000
    assert not isinstance(node, Region)
    assert isinstance(node, Node)


def test_regions_are_bounded_and_strict_unless_said_otherwise() -> None:
    assert Each(label="x", body=PLAIN).limits == Limits()
    assert Each(label="x", body=PLAIN).on_item_error == "fail"
    assert not Each(label="x", body=PLAIN).carry
    assert While(label="x", body=PLAIN).max_rounds == 100
    assert While(label="x", body=PLAIN).on_limit == "fail"
    assert Switch(label="x", cases=()).default is None
