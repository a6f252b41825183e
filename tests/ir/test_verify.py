"""Each rule finds its problem, a sound graph breaks none, and nothing stops at the first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.ir.data_nodes import Compute, Input, Text
from flowdsl.ir.expr import Name
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import Node
from flowdsl.ir.policy import Limits, Policy, Retry
from flowdsl.ir.prompt import Template
from flowdsl.ir.region_nodes import Call, Each, Subflow, While
from flowdsl.ir.types import INT, STR, ListOf
from flowdsl.ir.verify import verify
from tests.ir.sample_graphs import ask, audit, chain, diamond, every_kind, graph_of, ports, step
from tests.ir.sample_graphs import given as given_input
from tests.strategies import graphs

STEP_0, STEP_1 = NodeId("step_0"), NodeId("step_1")


def with_edge(graph: Graph, source: str, target: str, port: str | None) -> Graph:
    return replace(graph, edges=(*graph.edges, Edge(NodeId(source), NodeId(target), port)))


def with_node(graph: Graph, node_id: str, node: Node) -> Graph:
    return replace(graph, nodes=(*graph.nodes, (NodeId(node_id), node)))


@given(graphs())
def test_drawn_graphs_are_sound(graph: Graph) -> None:
    assert verify(graph) == []


@pytest.mark.parametrize(
    "graph",
    [audit(), every_kind(), chain(5), diamond()],
    ids=["audit", "every_kind", "chain", "diamond"],
)
def test_sample_graphs_are_sound(graph: Graph) -> None:
    assert verify(graph) == []


BROKEN: dict[str, Graph] = {
    "two nodes of one id": with_node(chain(2), "step_0", step("step_0")),
    "two outputs of one name": replace(chain(1), outputs=(Output("value", STEP_0),) * 2),
    "an edge from nowhere": with_edge(chain(2), "stap_0", "step_1", None),
    "an edge to nowhere": with_edge(chain(1), "step_0", "gone", "x"),
    "an output of nothing": replace(chain(1), outputs=(Output("value", NodeId("gone")),)),
    "an unknown port": with_edge(chain(2), "step_0", "step_1", "texd"),
    "a value for a node without ports": graph_of([("a", step("a", constants=(("x", 1),)))]),
    "a port fed twice": with_edge(chain(2), "step_0", "step_1", "text"),
    "a port fed by nothing": replace(chain(2), edges=()),
    "two cycles": graph_of(
        [(name, step(name)) for name in "abc"],
        [("a", "b", None), ("b", "a", None), ("c", "c", None)],
    ),
    "a node before its source": replace(chain(2), nodes=chain(2).nodes[::-1]),
    "an edge of the wrong type": graph_of(
        [("a", step("a", INT)), ("b", step("b", text=ListOf(STR)))], [("a", "b", "text")]
    ),
    "a constant of the wrong type": graph_of(
        [("a", step("a", constants=(("n", "three"),), n=INT))]
    ),
    "a template that reads no port": graph_of(
        [("a", Text(label="a", template=Template("{{ x }} {{ y }}", ("x", "y"))))]
    ),
    "an expression that leaves a port unread": graph_of(
        [
            ("x", given_input("x", INT)),
            ("a", Compute(label="a", inputs=ports(x=INT, y=INT), expr=Name("x"))),
        ],
        [("x", "a", "x"), ("x", "a", "y")],
    ),
    "a prompt that leaves a port unread": graph_of(
        [("a", replace(ask("a", "{{ x }}", x=STR), inputs=ports(x=STR, z=STR)))],
    ),
    "two inputs of one name": graph_of([("a", given_input("x")), ("b", given_input("x"))]),
    "numbers out of range": graph_of(
        [
            ("a", step("a", policy=Policy(timeout_s=0, repairs=-1))),
            ("b", step("b", policy=Policy(timeout_s=float("nan"), retry=Retry(0, -1.0, -2.0)))),
            ("c", replace(ask("c", ""), max_tokens=0, temperature=-0.5)),
            ("d", Call(label="d", pipeline=audit().name, max_depth=0)),
        ]
    ),
    "policies that no run keeps": graph_of(
        [
            ("a", replace(every_kind()[NodeId("loop")], policy=Policy(timeout_s=3), inputs=())),
            ("b", replace(every_kind()[NodeId("loop")], policy=Policy(retry=Retry(2)), inputs=())),
            ("c", replace(step("c"), lane="inline", policy=Policy(timeout_s=3))),
            ("e", step("e", policy=Policy(deadline_s=3))),
            ("d", replace(step("d"), lane="inline", policy=Policy(retry=Retry(2)))),
        ]
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_its_cure(name: str, snapshot: SnapshotAssertion) -> None:
    problems = verify(BROKEN[name])

    assert problems
    assert all(problem.help for problem in problems)
    assert "\n\n".join(map(str, problems)) == snapshot


def test_every_problem_is_found_at_once() -> None:
    everything = graph_of(
        [
            ("a", step("a", INT, policy=Policy(timeout_s=-1))),
            ("b", step("b", text=STR, more=STR)),
        ],
        [("a", "b", "text"), ("a", "b", "odd"), ("b", "a", None)],
        [("value", "gone")],
    )

    codes = {problem.code for problem in verify(everything)}

    assert codes == {"FD142", "FD143", "FD145", "FD146", "FD147", "FD149"}


def test_limits_of_regions_are_checked() -> None:
    kinds = every_kind()
    loop, summing = kinds[NodeId("loop")], kinds[NodeId("sum")]
    assert isinstance(loop, While)
    assert isinstance(summing, Each)
    broken = kinds.with_nodes(
        {
            NodeId("loop"): replace(loop, max_rounds=0),
            NodeId("sum"): replace(summing, limits=Limits(0)),
        }
    )

    shown = [problem.message for problem in verify(broken)]

    assert shown == ["'loop' has max_rounds=0.", "'sum' has limits.max_parallel=0."]


def inside(graph: Graph) -> Graph:
    return graph_of([("outer", Subflow(label="outer", output=STR, graph=graph))])


def test_bodies_are_verified_with_their_address() -> None:
    problems = verify(inside(inside(replace(chain(2), edges=()))))

    assert [problem.message for problem in problems] == [
        "'outer/graph/outer/graph/step_1.text' needs a value of type str, but nothing feeds it."
    ]


def test_a_problem_points_at_the_nodes_line_or_at_the_region_around_it() -> None:
    own, outer = Place("a.py", 3), Place("a.py", 9)
    unfed = replace(chain(2), edges=())

    def place_of(graph: Graph) -> Place | None:
        found: list[FlowError] = verify(graph)
        return found[0].place

    assert place_of(replace(unfed, places={STEP_1: own})) == own
    assert place_of(replace(inside(unfed), places={NodeId("outer"): outer})) == outer
    assert place_of(unfed) is None


def test_a_body_shared_by_two_regions_is_verified_once() -> None:
    body = replace(chain(2), edges=())
    twice = graph_of(
        [(name, Subflow(label=name, output=STR, graph=body)) for name in ("one", "two")]
    )

    assert len(verify(twice)) == 1


def test_an_optional_port_may_stay_unfed() -> None:
    optional = replace(ports(x=INT)[0], required=False)
    graph = graph_of([("a", replace(step("a"), inputs=(optional,)))])

    assert verify(graph) == []


def test_only_the_nodes_that_stand_wrong_are_named() -> None:
    graph = chain(3)
    first, second, third = graph.nodes

    problems = verify(replace(graph, nodes=(first, third, second)))

    assert [problem.message for problem in problems] == [
        "'step_2' stands before 'step_1', which feeds it."
    ]


def test_an_input_may_lack_a_default() -> None:
    assert verify(graph_of([("x", Input(label="x", output=STR, required=False))])) == []
