"""Where boxes stand and edges run."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.layout import Gaps, Layout, Size, lay_out

GAPS = Gaps(20, 30, 5, 8)
Sizes = dict[str, Size]
Pairs = list[tuple[str, str]]


@st.composite
def drawings(draw: st.DrawFn) -> tuple[Sizes, Pairs]:
    keys = [f"n{at}" for at in range(draw(st.integers(0, 25)))]
    side = st.sampled_from([40.0, 90.0, 200.0])
    sizes = {key: Size(draw(side), draw(side)) for key in keys}
    spots = st.integers(0, max(len(keys) - 1, 0))
    pairs = draw(st.lists(st.tuples(spots, spots), max_size=40 if len(keys) > 1 else 0))
    return sizes, [(keys[min(a, b)], keys[max(a, b)]) for a, b in pairs if a != b]


def apart(layout: Layout, sizes: Sizes, one: str, two: str) -> bool:
    (x1, y1), (x2, y2) = layout.corners[one], layout.corners[two]
    beside = x1 + sizes[one].width <= x2 + 0.01 or x2 + sizes[two].width <= x1 + 0.01
    above = y1 + sizes[one].height <= y2 + 0.01 or y2 + sizes[two].height <= y1 + 0.01
    return beside or above


@given(drawings())
def test_boxes_never_overlap_and_stay_inside(drawing: tuple[Sizes, Pairs]) -> None:
    sizes, edges = drawing

    layout = lay_out(sizes, edges, GAPS)

    assert layout.corners.keys() == sizes.keys()
    assert all(apart(layout, sizes, a, b) for a in sizes for b in sizes if a < b)
    for key, (x, y) in layout.corners.items():
        assert x >= -0.01
        assert y >= 0
        assert x + sizes[key].width <= layout.size.width + 0.01
        assert y + sizes[key].height <= layout.size.height + 0.01


@given(drawings())
def test_edges_run_down_from_source_to_target(drawing: tuple[Sizes, Pairs]) -> None:
    sizes, edges = drawing

    layout = lay_out(sizes, edges, GAPS)

    assert len(layout.routes) == len(edges)
    for (source, target), route in zip(edges, layout.routes, strict=True):
        left, top = layout.corners[source]
        assert route.start == top + sizes[source].height
        assert left <= route.legs[0].x1 <= left + sizes[source].width
        x, y = layout.corners[target]
        assert x <= route.legs[-1].x2 <= x + sizes[target].width
        assert route.legs[-1].bottom == y
        assert all(leg.top < leg.bend < leg.bottom for leg in route.legs)
        assert all(one.bottom <= two.top and one.x2 == two.x1 for one, two in pairwise(route.legs))


@given(drawings())
def test_the_same_drawing_comes_out_twice(drawing: tuple[Sizes, Pairs]) -> None:
    assert lay_out(*drawing, GAPS) == lay_out(*drawing, GAPS)


def test_a_chain_is_straight() -> None:
    sizes = {key: Size(50 + 20 * at, 30) for at, key in enumerate("abcd")}

    layout = lay_out(sizes, [("a", "b"), ("b", "c"), ("c", "d")], GAPS)

    middles = {round(x + sizes[key].width / 2, 3) for key, (x, _) in layout.corners.items()}
    assert len(middles) == 1


def test_edges_that_can_run_without_crossing_do() -> None:
    sizes = {key: Size(50, 30) for key in ("a", "b", "c", "d", "e", "f")}

    layout = lay_out(sizes, [("a", "f"), ("b", "e"), ("c", "d")], GAPS)

    at = {key: layout.corners[key][0] for key in sizes}
    assert (at["a"] < at["b"]) == (at["f"] < at["e"])
    assert (at["b"] < at["c"]) == (at["e"] < at["d"])


def test_a_wide_fan_is_broken_into_rows() -> None:
    sizes = {f"n{at}": Size(50, 30) for at in range(101)}

    layout = lay_out(sizes, [("n0", f"n{at}") for at in range(1, 101)], GAPS)

    assert layout.size.width < 20 * 70
    assert len({y for _, y in layout.corners.values()}) > 5


def test_an_edge_against_the_order_is_laid_like_its_opposite() -> None:
    sizes = {"a": Size(50, 30), "b": Size(50, 30)}

    forth, back, self_edge = lay_out(sizes, [("a", "b"), ("b", "a"), ("a", "a")], GAPS).routes

    assert forth == back
    assert self_edge.legs == ()


def test_what_waits_for_nothing_stands_just_above_its_first_reader() -> None:
    sizes = {key: Size(50, 30) for key in ("late", "a", "b", "c")}

    layout = lay_out(sizes, [("a", "b"), ("b", "c"), ("late", "c")], GAPS)

    assert layout.corners["late"][1] == layout.corners["b"][1]
