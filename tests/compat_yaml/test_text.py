"""Text of a document → values that know where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compat_yaml.errors import YamlLimitError, YamlTextError
from compat_yaml.source import Source
from compat_yaml.text import MAX_BYTES, MAX_DEPTH, decode, read

TEXT = """\
workflow:
  name: audit  # a comment
  steps:
    - name: "first"
      options: {depth: 3, deep: [1, "é", {x: null}]}
"""


def codes(source: Source) -> list[tuple[str, int, int | None]]:
    """Code, line and column of each problem."""
    return [
        (each.code, each.place.line, each.place.column) for each in source.problems if each.place
    ]


def test_values_and_their_places() -> None:
    source = read(TEXT, "audit.yaml")

    assert source.tree == {
        "workflow": {
            "name": "audit",
            "steps": [{"name": "first", "options": {"depth": 3, "deep": [1, "é", {"x": None}]}}],
        }
    }
    assert isinstance(source.tree, dict)
    workflow = source.tree["workflow"]
    assert isinstance(workflow, dict)
    steps = workflow["steps"]
    assert isinstance(steps, list)
    step = steps[0]
    assert isinstance(step, dict)
    options = step["options"]
    assert isinstance(options, dict)
    where = [
        source.place_of(workflow, "name"),
        source.place_of_key(workflow, "name"),
        source.place_of(steps, 0),
        source.place_of(steps),
        source.place_of(options, "depth"),
        source.place_of(options["deep"], 1),
    ]
    assert [(each.line, each.column) for each in where] == [
        (2, 9),
        (2, 3),
        (4, 7),
        (4, 5),
        (5, 24),
        (5, 37),
    ]
    assert where[0].snippet == "  name: audit  # a comment"
    assert str(where[0]) == "audit.yaml:2:9"


def test_what_is_no_part_of_the_document_stands_at_its_beginning() -> None:
    source = read(TEXT, "audit.yaml")

    assert source.place_of({}).line == 1
    assert source.place_of_key([], 3).line == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\nb: 2\na: 3\nb: 4\n", [("FD302", 3, 1), ("FD302", 4, 1)]),
        ("a: {b: 1, b: 2}\nc: {{x}}\n", [("FD302", 1, 11), ("FD302", 2, 5)]),
        ("a: b: c\n", [("FD300", 1, 5)]),
        ("a: [1, 2\n", [("FD300", 2, 1)]),
        ("a: 1\n---\nb: 2\n", [("FD300", 2, 1)]),
        ("a: *b\n", [("FD300", 1, 4)]),
        ("a: &b [*b]\n", [("FD300", 1, 8)]),
        ("a: !mine x\n", [("FD300", 1, 4)]),
        ("a: !!int x\n", [("FD300", 1, 4)]),
        ("a: 1\nb: \x07\n", [("FD300", 2, 4)]),
        ("a:\n  <<: 3\n", [("FD302", 2, 3)]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    text: str, wanted: list[tuple[str, int, int | None]]
) -> None:
    source = read(text, "bad.yaml")

    assert codes(source) == wanted
    assert all(each.message for each in source.problems)


def test_tags_of_the_standard_are_followed() -> None:
    assert read("[!!str 5, !!float 5, !!bool 'true', !!null x, !!int '7']", "t").tree == [
        "5",
        5.0,
        True,
        None,
        7,
    ]


def test_merge_keys_are_followed_with_a_warning_and_lose_against_keys_of_their_own() -> None:
    text = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nx:\n  b: 0\n  <<: [*base, *more]\n"
    source = read(text, "m.yaml")

    assert isinstance(source.tree, dict)
    x = source.tree["x"]
    assert x == {"b": 0, "a": 1, "c": 4}
    assert [each.code for each in source.warnings] == ["FD303"]
    assert source.place_of(x, "c").line == 2
    assert source.place_of_key(x, "c").line == 5


def test_one_and_true_are_different_keys_told_apart_from_a_key_given_twice() -> None:
    assert not read("'1': a\n1: b\n", "k").problems
    assert not read("1: a\ntrue: b\n", "k").problems


def test_what_the_parser_in_c_refuses_and_the_standard_takes_is_read() -> None:
    assert read('a: "\\ud83d\\ude00"', "t").tree == {"a": "😀"}
    assert read("a: |\n  \tb\n", "t").tree == {"a": "\tb\n"}
    assert read('a: "\\ud83d"', "t").tree == {"a": "\ufffd"}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000,
        "- " * 10_000,
        "{a: " * 5_000,
        "a: " + "x" * (MAX_BYTES + 1),
        "\n".join(
            ["a0: &a0 [x]"]
            + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
        ),
        "&a {b: &c [" + "x," * 1000 + "], d: [" + "*c," * 1500 + "]}",
    ],
)
def test_hostile_documents_are_refused_by_size(text: str) -> None:
    source = read(text, "bomb.yaml")

    assert [each.code for each in source.problems] == ["FD301"]
    assert source.tree is None


def test_what_is_as_deep_as_may_be_is_read() -> None:
    source = read("[" * MAX_DEPTH + "]" * MAX_DEPTH, "deep.yaml")

    assert not source.problems
    assert read("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "deeper.yaml").problems


def test_bytes_are_utf_8() -> None:
    assert decode("\ufeffa: é".encode(), "b.yaml") == "a: é"
    with pytest.raises(YamlTextError, match="0xff") as caught:
        decode(b"a: 1\nb: \xff\n", "b.yaml")
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (2, 4)
    with pytest.raises(YamlLimitError):
        decode(b"x" * (MAX_BYTES + 1), "b.yaml")


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=8)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
TREES: st.SearchStrategy[object] = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_json_is_read_as_what_it_says(tree: object) -> None:
    source = read(json.dumps(tree), "t.json")

    assert not source.problems
    assert source.tree == tree


@given(st.text(max_size=60))
def test_any_text_gives_a_document_or_problems_of_ours(text: str) -> None:
    source = read(text, "any.yaml")

    assert all(each.code.startswith("FD30") for each in source.problems)
