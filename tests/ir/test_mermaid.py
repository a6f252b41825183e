"""Mermaid text."""

import re

from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.ir.graph import Graph
from flowdsl.ir.mermaid import to_mermaid
from tests.ir.sample_graphs import audit, every_kind, graph_of, step
from tests.strategies import graphs

LINE = re.compile(
    r" *(n\d+[\[({]+\"[^\"\[\](){}]*\"[\])}]+|n\d+ (-\.->|--> ?|-->\|\"[^\"]*\"\|) ?n\d+"
    r"|subgraph n\d+\[\"[^\"\[\]]*\"\]|end)"
)


def test_a_pipeline_as_a_flowchart(snapshot: SnapshotAssertion) -> None:
    assert to_mermaid(audit()) == snapshot


def test_every_kind_has_a_shape(snapshot: SnapshotAssertion) -> None:
    assert to_mermaid(every_kind()) == snapshot


@given(graphs())
def test_every_line_is_a_node_an_edge_or_a_frame(graph: Graph) -> None:
    head, *lines, last = to_mermaid(graph).split("\n")

    assert (head, last) == ("flowchart TD", "")
    assert [line for line in lines if not LINE.fullmatch(line)] == []


def test_names_cannot_break_the_syntax() -> None:
    name = 'a"]\nend; <script>' + "x" * 80

    text = to_mermaid(graph_of([(name, step(name))], (), [(name, name)]))

    assert len(text.split("\n")) == 5
    assert "#34;" in text
    assert "<script" not in text


def test_what_names_no_node_is_left_out() -> None:
    odd = graph_of([("a", step("a"))], [("ghost", "a", "x")], [("value", "ghost")])

    assert to_mermaid(odd).count("\n") == 2
