"""One normal form of prompt text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowdsl.prompts import normalise, parse_template

TEXTS = st.text(alphabet="ab \t\n\r{}é", max_size=60)


@given(TEXTS)
@example("\n  a\n    b\n")
@example("a\n    b\n    ")
@example("\n    a\n  b\n")
def test_a_second_call_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.lists(st.text(alphabet="ab \t", max_size=8), min_size=1, max_size=5))
def test_words_and_their_order_are_kept(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert normalise(text).split() == text.split()


@given(
    st.lists(st.text(alphabet="abc {}", max_size=6), min_size=1, max_size=5),
    st.text(" \t", max_size=4),
)
def test_indenting_a_block_does_not_change_it(lines: list[str], indent: str) -> None:
    block = "\n" + "\n".join(lines) + "\n"
    moved = "\n" + "\n".join(indent + line for line in lines) + "\n" + indent

    assert normalise(moved) == normalise(block)


@given(TEXTS)
def test_a_template_is_stored_in_normal_form(text: str) -> None:
    source = text.replace("{", "(")

    assert parse_template(source).source == normalise(source)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Review it.", "Review it."),
        ("\n    Review it.\n\n      {{ code }}\n    ", "Review it.\n\n  {{ code }}"),
        ("Review it.\n\n    {{ code }}\n    ", "Review it.\n\n{{ code }}"),
        ("def f():\n    return 1", "def f():\n    return 1"),
        ("a  \r\nb\t\rc", "a\nb\nc"),
        ("\n\n  a\n\n\n", "a"),
        ("a\n      b\n    c\n  ", "a\n    b\n  c"),
        ("\ta\n", "\ta"),
        ("\n\ta\n\t\tb\n", "a\n\tb"),
        ("", ""),
        (" \n \n", ""),
        ("a\n  ", "a"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_only_layout_is_taken_away(written: str, normal: str) -> None:
    assert normalise(written) == normal
