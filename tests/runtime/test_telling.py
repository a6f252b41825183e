"""Values as errors show them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flowdsl.runtime.telling import brief, counted, kind_of


class Rude:
    """Cannot be shown."""

    def __repr__(self) -> str:
        raise ValueError


@given(st.recursive(st.text() | st.integers(), st.lists))
def test_anything_is_shown_on_one_line(value: object) -> None:
    assert "\n" not in brief(value)
    assert len(brief("x" * 5000)) < 100


def test_a_broken_repr_hides_nothing() -> None:
    assert brief(Rude()).startswith("<Rude instance at ")


def test_a_value_is_told_with_its_type() -> None:
    assert (kind_of(3), kind_of(None), kind_of("a\nb")) == ("int 3", "None", "str 'a\\nb'")


def test_a_number_too_long_to_print_is_told_by_its_kind() -> None:
    assert brief(10**5000) == "<int>"
    assert kind_of([1, 10**5000]) == "list <list>"


def test_one_thing_is_counted_in_the_singular() -> None:
    assert [counted(n, "call") for n in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]
