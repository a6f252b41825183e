"""Values → text that every reader reads as the same values."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compat_yaml.scalars import Scalar
from compat_yaml.source import Tree
from compat_yaml.text import read
from compat_yaml.writing import write
from flowdsl.ir.narrowing import is_dict, is_list
from tests.compat_yaml.golden import SHARED

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    alphabet="ab \n\t:#-'\"\\{}[]|>&*!%@`?,=~<1.yes\r\x85\u2028\ufeff", max_size=14
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
KEYS = TEXTS | st.integers() | st.booleans()


@st.composite
def trees(draw: st.DrawFn) -> object:
    return draw(
        st.recursive(
            SCALARS,
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
            max_leaves=15,
        )
    )


def tree_of(value: object) -> Tree:
    """The same value, as the type checker knows documents."""
    if is_list(value):
        return [tree_of(each) for each in value]
    if is_dict(value):
        return {scalar_of(key): tree_of(each) for key, each in value.items()}
    return scalar_of(value)


def scalar_of(value: object) -> Scalar:
    assert value is None or isinstance(value, str | int | float)
    return value


@given(trees())
def test_what_is_written_is_read_back(value: object) -> None:
    text = write(tree_of(value))
    source = read(text, "t.yaml")

    assert not source.problems, text
    assert source.tree == value
    assert repr(source.tree) == repr(value)


@given(trees())
def test_what_is_read_back_is_written_alike(value: object) -> None:
    text = write(tree_of(value))

    assert write(read(text, "t.yaml").tree) == text


@given(trees())
def test_readers_of_yaml_1_1_read_the_same(value: object) -> None:
    assert yaml.safe_load(write(tree_of(value))) == value


FORMS: list[tuple[object, str]] = [
    ("{{x}}", '"{{x}}"\n'),
    ("a {{x}}", "a {{x}}\n"),
    ("yes", '"yes"\n'),
    ("a\\b: c", "'a\\b: c'\n"),
    ("", '""\n'),
    (1.0, "1.0\n"),
    (1e16, "1.0e+16\n"),
    (None, "null\n"),
    ({}, "{}\n"),
    (["a", ["b", {"c": []}]], "- a\n- - b\n  - c: []\n"),
    ({"p": "one\ntwo\n"}, "p: |\n  one\n  two\n"),
    ({"p": "one\n\n  two"}, "p: |-\n  one\n\n    two\n"),
    ({"p": " one\ntwo\n\n"}, "p: |2+\n   one\n  two\n\n"),
    ({"<<": 1}, '"<<": 1\n'),
    ({"p": "trailing \nblank"}, 'p: "trailing \\nblank"\n'),
    ({"1": "a", 2: "b", True: "c"}, '"1": a\n2: b\ntrue: c\n'),
]


@pytest.mark.parametrize(("value", "text"), FORMS)
def test_the_form_is_the_one_people_would_write(value: object, text: str) -> None:
    assert write(tree_of(value)) == text


@pytest.mark.timeout(60)
def test_every_document_of_the_corpus_is_written_and_read_back() -> None:
    paths = sorted((SHARED / "corpus" / "pipelines").glob("*.yaml"))
    if not paths:
        pytest.skip("the corpus is not at hand")
    for path in paths:
        source = read(path.read_text(encoding="utf-8"), path.name)
        again = read(write(source.tree), path.name)
        assert not again.problems, path.name
        assert again.tree == source.tree
        assert yaml.safe_load(write(source.tree)) == source.tree
