"""Nodes without a model: their kinds, their effects, what they take when nothing is said."""

import pytest

from flowdsl.ir.data_nodes import Approve, Compute, Input, Text, Transform
from flowdsl.ir.effects import PURE, UNKNOWN, Effect, Effects, Resource, reads
from flowdsl.ir.expr import Const
from flowdsl.ir.node import FunctionRef, Node
from flowdsl.ir.prompt import Template

FUNCTION = FunctionRef("shop", "tax")


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        (Input(label="n"), "input"),
        (Transform(label="tax", function=FUNCTION), "transform"),
        (Compute(label="sum", expr=Const(1)), "compute"),
        (Text(label="text", template=Template("hi", ())), "text"),
    ],
)
def test_what_only_computes_does_nothing_to_the_world(node: Node, kind: str) -> None:
    assert node.kind == kind
    assert node.effects == PURE


@pytest.mark.parametrize("declared", [UNKNOWN, reads(Resource("path", "a"))])
def test_a_step_does_what_its_author_says(declared: Effects) -> None:
    node = Transform(label="tax", function=FUNCTION, declared=declared)

    assert node.effects == declared


def test_a_person_is_asked_outside_and_may_answer_differently() -> None:
    node = Approve(label="ask", question="Go on?")

    assert node.kind == "approve"
    assert node.effects.kinds == Effect.VARIES | Effect.WRITES
    assert node.effects.writes == (Resource("outside", "person"),)
    assert node.effects.conflicts(node.effects)


def test_an_input_must_be_given_unless_said_otherwise() -> None:
    assert Input(label="n").required
    assert Input(label="n", required=False, default=3).default == 3
    assert Input(label="n").description == ""


def test_a_step_runs_on_the_lane_unless_said_otherwise() -> None:
    assert Transform(label="tax", function=FUNCTION).lane == "lane"
