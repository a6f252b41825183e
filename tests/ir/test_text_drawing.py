"""Drawings for terminals."""

from unicodedata import east_asian_width

from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import PipelineName
from flowdsl.ir.text_drawing import to_text_drawing
from tests.ir.sample_graphs import audit, diamond, every_kind, graph_of, step
from tests.strategies import graphs


def test_a_pipeline_in_boxes(snapshot: SnapshotAssertion) -> None:
    assert to_text_drawing(audit()) == snapshot


def test_every_kind_in_boxes(snapshot: SnapshotAssertion) -> None:
    assert to_text_drawing(every_kind()) == snapshot


def test_branches_part_and_meet(snapshot: SnapshotAssertion) -> None:
    assert to_text_drawing(diamond()) == snapshot


@given(graphs(max_nodes=6))
def test_every_box_is_closed(graph: Graph) -> None:
    text = to_text_drawing(graph)

    assert text.count("╭") == text.count("╯") == text.count("╰") == text.count("╮")
    assert text.count("╔") == text.count("╝")


def test_wide_letters_take_two_columns() -> None:
    name = "日本" * 40

    rows = to_text_drawing(graph_of([(name, step(name))])).splitlines()

    def columns(row: str) -> int:
        return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in row)

    box = [row for row in rows if row.strip()[:1] in set("╭│╰") and row.strip() != "│"]
    assert len({columns(row.rstrip()) for row in box[:5]}) == 1
    assert any("…" in row for row in box)


def test_control_characters_do_not_reach_the_terminal() -> None:
    name = "a\x1b[31m\nb"

    assert "\x1b" not in to_text_drawing(graph_of([("a", step(name))]))


def test_an_empty_graph_has_a_name_only() -> None:
    assert to_text_drawing(Graph(PipelineName("empty"), ())) == "empty\n\n\n"
