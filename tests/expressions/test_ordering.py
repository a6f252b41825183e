"""Order is checked as deep as Python compares: the items of lists too."""

import pytest

from flowdsl.expressions import check, parse
from flowdsl.ir.annotations import type_of

_TYPES = {
    "numbers": type_of(list[int]),
    "texts": type_of(list[str]),
    "nested": type_of(list[list[int | str]]),
    "anything": type_of(list),
}


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("numbers < numbers", True),
        ("numbers < texts", False),
        ("nested < nested", False),
        ("anything < texts", True),
        ("sorted(numbers)", True),
        ("sorted(nested)", False),
        ("max(numbers, texts)", False),
    ],
)
def test_lists_are_ordered_when_their_items_are(text: str, *, sound: bool) -> None:
    assert (check(parse(text), _TYPES).problems == ()) is sound
