"""A type's parts, and the same type with others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.annotations import type_of
from flowdsl.ir.parts import mapped, parts_of, with_parts
from flowdsl.ir.types import INT, STR, Type
from tests.ir import sample_types as sample

types = st.sampled_from([type_of(each) for each in [*sample.CONCRETE, *sample.DICTS]])


@given(types)
def test_a_type_with_its_own_parts_is_itself(type_: Type) -> None:
    assert with_parts(type_, parts_of(type_)) == type_
    assert mapped(type_, lambda part: part) is type_


@pytest.mark.parametrize(
    ("annotation", "changed"),
    [
        (list[int], list[str]),
        (set[int], set[str]),
        (dict[int, int], dict[str, str]),
        (tuple[int, bytes], tuple[str, str]),
        (tuple[int, *tuple[int, ...]], tuple[str, *tuple[str, ...]]),
        (int | None, str),
        (int, int),
    ],
    ids=str,
)
def test_each_part_is_changed_and_nothing_else(annotation: object, changed: object) -> None:
    assert mapped(type_of(annotation), lambda _: STR) == type_of(changed)


def test_a_record_keeps_its_names_and_gets_other_fields_and_arguments() -> None:
    pair = type_of(sample.Pair[bool])

    changed = mapped(pair, lambda _: INT)

    assert parts_of(pair) == (type_of(bool),) * 3
    assert parts_of(changed) == (INT,) * 3
