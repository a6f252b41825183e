"""How values read inside prompts."""

import datetime as dt
import enum
import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, RootModel

from flowdsl.errors import RenderError, UnshowableValueError
from flowdsl.prompts import Image
from flowdsl.prompts.show import dumps, in_order, show, to_document

PNG = b"\x89PNG\r\n\x1a\n"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


class Severity(enum.Enum):
    HIGH = "high"
    LEVEL = 3


class Issue(BaseModel):
    severity: Severity
    found: dt.date | None = None


class Issues(RootModel[list[Issue]]):
    pass


class Odd(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    thing: object


@dataclass
class Point:
    x: int
    tags: frozenset[str]


class Pair(NamedTuple):
    left: int
    right: str


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", "a\nb"),
        (3, "3"),
        (True, "True"),
        (1e22, "1e+22"),
        (0.1, "0.1"),
        (Severity.HIGH, "high"),
        (Severity.LEVEL, "3"),
        (dt.date(2026, 2, 1), "2026-02-01"),
        (dt.datetime(2026, 2, 1, 3, tzinfo=dt.UTC), "2026-02-01T03:00:00+00:00"),
        (Decimal("1.50"), "1.50"),
        (Path("a/b"), "a/b"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Issue(severity=Severity.HIGH), '{"severity": "high", "found": null}'),
        (Issues([Issue(severity=Severity.HIGH)]), '[{"severity": "high", "found": null}]'),
        (Point(1, frozenset("ba")), '{"x": 1, "tags": ["a", "b"]}'),
        (Pair(1, "ü"), '{"left": 1, "right": "ü"}'),
        ((1, None), "[1, null]"),
        ({3: "x", Severity.HIGH: 1}, '{"3": "x", "high": 1}'),
        ({2, 10, "a"}, '[10, 2, "a"]'),
    ],
)
def test_a_value_reads_as(value: object, text: str) -> None:
    assert show(value) == text


def test_what_is_too_long_for_a_line_has_an_item_a_line() -> None:
    assert show(["x" * 50, "y" * 50]) == '[\n  "' + "x" * 50 + '",\n  "' + "y" * 50 + '"\n]'
    assert (
        show({"x" * 50: 1, "y" * 50: 2})
        == '{\n  "' + "x" * 50 + '": 1,\n  "' + "y" * 50 + '": 2\n}'
    )


@given(JSON_VALUES)
def test_json_data_is_its_own_document_and_can_be_read_back(value: object) -> None:
    assert to_document(value) == value
    assert json.loads(dumps(value)) == value


@given(st.sets(st.integers() | st.text(max_size=3), max_size=6), st.randoms())
def test_a_set_has_one_order(members: set[object], chance: object) -> None:
    shuffled = sorted(members, key=lambda member: hash((chance.__repr__(), member)))

    assert in_order(shuffled) == in_order(members)


@pytest.mark.parametrize(
    "value", [object(), [object()], int, {"a": b"x"}, Odd(thing=object()), Point]
)
def test_what_has_no_text_form_is_refused(value: object) -> None:
    with pytest.raises(UnshowableValueError, match="cannot be written into a prompt"):
        show(value)


def test_a_picture_inside_a_list_is_refused_with_the_cure() -> None:
    with pytest.raises(RenderError) as caught:
        show([Image(PNG)])

    assert "braces of its own" in caught.value.help
