"""Fields and items: what is reached has the type the owner says, and near names are offered."""

import pytest

from flowdsl.expressions import check, parse
from flowdsl.ir.annotations import type_of
from flowdsl.ir.show import show
from flowdsl.ir.types import INT, STR, Field, Record

_TYPES = {
    "issue": Record("Issue", "m:Issue", "dataclass", (Field("severity", STR), Field("score", INT))),
    "entry": Record("", "schema", "schema", (Field("title", STR), Field("size", INT))),
    "rows": type_of(list[tuple[int, str]]),
}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("issue.score", "int"),
        ("entry['title']", "str"),
        ("rows[0][1]", "str"),
        ("rows[1:]", "list[tuple[int, str]]"),
    ],
)
def test_what_is_reached_has_its_type(text: str, type_: str) -> None:
    checked = check(parse(text), _TYPES)

    assert (show(checked.type), checked.problems) == (type_, ())


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("issue.sevrity", "did you mean 'severity'?"),
        ("entry['titel']", "did you mean 'title'?"),
        ("entry.titel", "did you mean 'title'?"),
        ("entry.title", 'it is a dict: write entry["title"].'),
        ("rows.score", "it is a list: reach one item, or go over all with each(rows, …)."),
        ("issue._hidden", "expressions read public fields; do the rest in a @step."),
    ],
)
def test_what_is_not_there_comes_with_its_cure(text: str, cure: str) -> None:
    (problem,) = check(parse(text), _TYPES).problems

    assert problem.help == cure
