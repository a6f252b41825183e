"""The difference of two graphs."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.ir.diff import Diff, Moved, diff
from flowdsl.ir.graph import Edge, Graph, Output
from flowdsl.ir.ids import NodeId
from flowdsl.ir.node import FunctionRef
from flowdsl.ir.policy import Policy
from flowdsl.ir.region_nodes import Each
from flowdsl.ir.types import STR
from tests.ir.sample_graphs import ask, audit, diamond, graph_of, step
from tests.strategies import graphs

A, B, C, D = map(NodeId, "abcd")


@given(graphs())
def test_a_graph_does_not_differ_from_itself(graph: Graph) -> None:
    found = diff(graph, replace(graph, places={}))

    assert found == Diff()
    assert not found
    assert str(found) == "no difference"


@given(graphs(), graphs())
def test_every_node_is_accounted_for(old: Graph, new: Graph) -> None:
    found = diff(old, new)

    gone = {node_id for node_id, _ in found.removed} | {each.old for each in found.moved}
    come = {node_id for node_id, _ in found.added} | {each.new for each in found.moved}
    assert set(old) - gone == set(new) - come
    assert bool(found) or old.fingerprints == new.fingerprints


def test_a_changed_node_is_told_from_those_it_merely_feeds() -> None:
    graph = diamond()

    found = diff(graph, graph.with_nodes({B: ask("b", "{{ x }}", x=STR)}))

    assert [each.node for each in found.changed] == [B]
    assert found.affected == (D,)


def test_a_renamed_node_has_moved() -> None:
    graph = diamond()
    other = NodeId("other")
    renamed = replace(
        graph,
        nodes=tuple((other if n == B else n, node) for n, node in graph.nodes),
        edges=tuple(
            Edge(other if e.source == B else e.source, other if e.target == B else e.target, e.port)
            for e in graph.edges
        ),
    )

    found = diff(graph, renamed)

    assert found == Diff(moved=(Moved(B, other),))
    assert str(found) == "> b is now other"


def test_an_output_follows_a_renamed_node() -> None:
    before = graph_of([("a", step("a"))])
    after = replace(graph_of([("x", step("a"))]), outputs=(Output("value", NodeId("x")),))

    assert diff(before, after) == Diff(moved=(Moved(A, NodeId("x")),))


def test_a_new_timeout_is_a_change() -> None:
    graph = diamond()

    found = diff(graph, graph.with_nodes({C: step("c", policy=Policy(timeout_s=3), x=STR)}))

    assert str(found) == ("~ c\n  - c = step(x=a) -> str\n  + c = step(x=a) -> str  [timeout_s=3]")


def test_changed_code_is_a_change_that_does_not_show() -> None:
    def versioned(version: str) -> Graph:
        ref = FunctionRef("shop", "a", version=version)
        return graph_of([("a", replace(step("a"), function=ref))])

    found = diff(versioned("1"), versioned("2"))

    assert str(found) == "~ a (in what is not printed, such as its code)"


def test_twins_move_one_by_one() -> None:
    before = graph_of([("a", step("s")), ("b", step("s"))], (), [])
    after = graph_of([("x", step("s")), ("y", step("s"))], (), [])

    assert diff(before, after) == Diff(moved=(Moved(A, NodeId("x")), Moved(B, NodeId("y"))))


def test_tags_are_no_difference() -> None:
    graph = diamond()

    tagged = graph.with_nodes({A: replace(graph[A], tags=("slow",))})

    assert not diff(graph, tagged)


def test_the_text_form_reads_like_a_patch(snapshot: SnapshotAssertion) -> None:
    old = audit()
    each = old[NodeId("each")]
    assert isinstance(each, Each)
    body = each.body.with_nodes({NodeId("review"): ask("review", "Be kind. {{ code }}", code=STR)})
    new = replace(
        old.without([NodeId("is_high")]).with_nodes({NodeId("each"): replace(each, body=body)}),
        outputs=(Output("grade", NodeId("worst")), Output("value", NodeId("worst"))),
    )
    new = replace(new, nodes=(*new.nodes, (NodeId("log"), step("log"))))

    assert str(diff(old, new)) == snapshot
