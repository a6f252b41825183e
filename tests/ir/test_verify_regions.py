"""The rules for regions: ports, bodies, results."""

from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.ir.data_nodes import Input
from flowdsl.ir.graph import Graph
from flowdsl.ir.node import Node
from flowdsl.ir.region_nodes import Case, Each, Subflow, Switch, While
from flowdsl.ir.types import BOOL, INT, STR, Choice, ListOf, Type
from flowdsl.ir.verify import verify
from tests.ir.sample_graphs import given, graph_of, ports, step


def alone(region: Node) -> Graph:
    """The region, each of its ports fed by an input of the port's type."""
    feeds = [(port.name, given(port.name, port.type)) for port in region.inputs]
    return graph_of([*feeds, ("region", region)], [(name, "region", name) for name, _ in feeds])


def body(output: Type = STR, truth: Type | None = None, **inputs: Type) -> Graph:
    nodes: list[tuple[str, Node]] = [(name, given(name, type_)) for name, type_ in inputs.items()]
    nodes.append(("result", step("result", output)))
    outputs = [("value", "result")]
    if truth is not None:
        nodes.append(("stop", step("stop", truth)))
        outputs.append(("stop", "stop"))
    return graph_of(nodes, (), outputs)


NO_VALUE = graph_of([("a", step("a"))], (), [])
EACH = Each(label="r", inputs=ports(items=ListOf(STR)), output=ListOf(STR), body=body(item=STR))
LOOP = While(label="r", inputs=ports(carry=INT), output=INT, body=body(INT, BOOL, carry=INT))
SWITCH = Switch(label="r", inputs=ports(on=BOOL), output=STR, cases=(Case(when=True, body=body()),))
FLOW = Subflow(label="r", inputs=ports(x=STR), output=STR, graph=body(x=STR))

BROKEN: dict[str, Node] = {
    "each without items": replace(EACH, inputs=(), body=body()),
    "each over a number": replace(EACH, inputs=ports(items=INT)),
    "each with items of another type": replace(EACH, body=body(item=INT)),
    "each that promises another list": replace(EACH, output=ListOf(INT)),
    "each that carries another type": replace(
        EACH,
        carry=True,
        inputs=ports(items=ListOf(STR), carry=INT),
        output=STR,
        body=body(item=STR, carry=INT),
    ),
    "a carrying each without carry": replace(EACH, carry=True, output=STR),
    "a body that reads what is not there": replace(EACH, body=body(item=STR, style=STR)),
    "a port that no body reads": replace(EACH, inputs=ports(items=ListOf(STR), style=STR)),
    "a body without a value": replace(EACH, body=NO_VALUE),
    "a stop that is no truth": replace(EACH, body=body(STR, INT, item=STR)),
    "a loop that nothing ends": replace(LOOP, body=body(INT, carry=INT)),
    "a loop whose test is no truth": replace(LOOP, test=body(STR, carry=INT)),
    "a loop that carries another type": replace(LOOP, body=body(STR, BOOL, carry=INT)),
    "a switch without cases": replace(SWITCH, cases=()),
    "a switch on nothing": replace(SWITCH, inputs=()),
    "two cases for one value": replace(SWITCH, cases=SWITCH.cases * 2),
    "a case the subject never has": replace(
        SWITCH, inputs=ports(on=Choice(("a", "b"))), cases=(Case("c", body()),)
    ),
    "a case that gives another type": replace(SWITCH, cases=(Case(when=True, body=body(INT)),)),
    "a default that gives another type": replace(SWITCH, default=body(INT)),
    "a subflow passed what it does not take": replace(FLOW, inputs=ports(x=STR, z=STR)),
    "a subflow passed another type": replace(FLOW, inputs=ports(x=INT)),
    "a subflow not passed what it needs": replace(FLOW, inputs=()),
    "a subflow that gives another type": replace(FLOW, output=INT),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_its_cure(name: str, snapshot: SnapshotAssertion) -> None:
    problems = verify(alone(BROKEN[name]))

    assert problems
    assert "\n\n".join(map(str, problems)) == snapshot


@pytest.mark.parametrize("region", [EACH, LOOP, SWITCH, FLOW], ids=lambda region: region.kind)
def test_a_sound_region_breaks_no_rule(region: Node) -> None:
    assert verify(alone(region)) == []


def test_a_body_need_not_read_every_port() -> None:
    cases = (Case(when=True, body=body(x=STR)), Case(when=False, body=body()))
    region = replace(SWITCH, inputs=ports(on=BOOL, x=STR), cases=cases)

    assert verify(alone(region)) == []


def test_an_optional_input_of_a_subflow_may_be_left_out() -> None:
    inner = graph_of([("x", Input(label="x", output=STR, required=False, default="a"))])

    assert verify(alone(replace(FLOW, inputs=(), graph=inner))) == []


def test_cases_of_different_types_are_different() -> None:
    cases = tuple(Case(when, body()) for when in (1, 2))

    assert verify(alone(replace(SWITCH, inputs=ports(on=INT), cases=cases))) == []


def test_a_value_that_names_no_node_is_one_problem_not_two() -> None:
    broken = graph_of([("a", step("a"))], (), [("value", "gone"), ("stop", "gone")])

    codes = [problem.code for problem in verify(alone(replace(EACH, body=broken)))]

    assert codes == ["FD142", "FD142"]
