"""Layers and their order."""

from flowdsl.ir.layers import layers_of


def test_each_box_stands_below_all_it_waits_for() -> None:
    found = layers_of(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c")])

    assert found.layer == {"a": 0, "b": 1, "c": 2}
    assert ("a", 1) in found.rows[1]


def test_edges_of_one_source_share_their_way() -> None:
    found = layers_of(
        ["a", "b", "c", "d", "e"],
        [("a", "b"), ("b", "c"), ("c", "d"), ("c", "e"), ("a", "d"), ("a", "e")],
    )

    assert sum(spot[0] == "a" and spot[1] > 0 for row in found.rows for spot in row) == 2


def test_rows_are_put_in_the_order_of_their_neighbours() -> None:
    found = layers_of(["a", "b", "x", "y"], [("a", "y"), ("b", "x")])

    upper, lower = ([key for key, _ in row] for row in found.rows)
    assert {("a", "b"): ["y", "x"], ("b", "a"): ["x", "y"]}[upper[0], upper[1]] == lower


def test_a_layer_takes_no_more_boxes_than_a_page_is_wide() -> None:
    keys = [f"n{at}" for at in range(30)]

    found = layers_of(keys, [])

    assert max(len(row) for row in found.rows) == 8
    assert sorted(key for row in found.rows for key, _ in row) == sorted(keys)


def test_sources_that_find_no_room_stay_higher() -> None:
    sources = [f"s{at}" for at in range(20)]
    keys = [*sources, "end"]

    found = layers_of(keys, [(source, "end") for source in sources])

    assert all(found.layer[source] < found.layer["end"] for source in sources)
    assert max(len([s for s in row if not s[1]]) for row in found.rows) <= 8


def test_nothing_gives_nothing() -> None:
    assert layers_of([], []).rows == []
