"""Plain tables."""

from __future__ import annotations

from flowdsl.cli.tables import table


def test_columns_are_as_wide_as_their_widest_word() -> None:
    assert table(("a", "long"), [("word", ""), ("", "x")]) == "A     LONG\nword\n      x"
    assert table(("a",), []) == "A"
