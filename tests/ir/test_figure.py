"""Figures hold their parts, whatever the units."""

from __future__ import annotations

import pytest
from hypothesis import given

from flowdsl.ir.figure import Card, Figure, Metrics, card_of, figure_of
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.layout import Gaps, Size
from tests.ir.sample_graphs import audit, graph_of, step
from tests.strategies import graphs


def size(card: Card) -> Size:
    return Size(10.0 * len(card.title) + 20, 40)


METRICS = Metrics(size, Gaps(20, 30, 5, 8), 10, 12)


def holds(figure: Figure) -> bool:
    """Whether every body lies inside its box, beside the others."""
    for box in figure.boxes:
        right = 0.0
        for body in box.bodies:
            inside = body.x >= right and body.x + body.figure.size.width <= box.size.width
            below = body.y >= size(box.card).height
            above = body.y + body.figure.size.height <= box.size.height
            if not (inside and below and above and holds(body.figure)):
                return False
            right = body.x + body.figure.size.width
    return True


@given(graphs())
def test_bodies_lie_inside_their_box(graph: Graph) -> None:
    assert holds(figure_of(graph, METRICS))


def test_a_body_that_only_gives_its_value_needs_no_output_box() -> None:
    figure = figure_of(audit(), METRICS)

    titles = [box.card.title for box in figure.boxes]
    each = next(box for box in figure.boxes if box.card.path == "each")
    assert titles[-1] == "value"
    assert [box.card.title for box in each.bodies[0].figure.boxes] == ["item", "review"]


def test_a_card_names_kind_settings_and_type() -> None:
    card = card_of(audit(), NodeId("each"), "outer/")

    assert card.look == "region"
    assert card.path == "outer/each"
    assert card.title == "each review (each)"
    assert card.caption == ("each", "max_parallel=8")
    assert card.type == "list[list[Issue]]"


def test_a_node_without_a_label_is_called_by_its_id() -> None:
    assert card_of(graph_of([("a", step(""))]), NodeId("a")).title == "a"


def captioned(look: str, *caption: str) -> Card:
    return Card(look, "n", "n", caption, "", "")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (captioned("model", "prompt", "model=fast", "max_tokens=24"), "prompt · model=fast"),
        (captioned("model", "prompt", "model=fast"), "prompt · model=fast"),
        (captioned("model", "prompt", "model=local:large"), "prompt"),
        (
            captioned("compute", "expression", "gt(size(urgent), 0)"),
            "expression · gt(size(urgent), 0)",
        ),
        (captioned("transform", "step"), "step"),
        (captioned("input"), ""),
    ],
)
def test_a_caption_leaves_whole_settings_out(card: Card, said: str) -> None:
    assert card.caption_within(lambda text: len(text) <= 20) == said
