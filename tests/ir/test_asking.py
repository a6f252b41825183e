"""How a model may be asked."""

from __future__ import annotations

import pytest

from flowdsl.ir.asking import is_cache_ttl, is_effort, is_thinking

CASES: list[tuple[object, set[str]]] = [
    ("high", {"effort"}),
    ("minimal", {"effort"}),
    ("utmost", set()),
    ("on", {"thinking"}),
    ("between_tools", {"thinking"}),
    (1, {"thinking"}),
    (0, set()),
    (-5, set()),
    (True, set()),
    ("1h", {"cache"}),
    ("2h", set()),
    (None, set()),
]


@pytest.mark.parametrize(("value", "kinds"), CASES)
def test_a_value_is_what_its_setting_takes(value: object, kinds: set[str]) -> None:
    found = {
        name
        for name, takes in (
            ("effort", is_effort),
            ("thinking", is_thinking),
            ("cache", is_cache_ttl),
        )
        if takes(value)
    }

    assert found == kinds
