"""Writing is the parser's inverse, with no bracket too many."""

import re
from dataclasses import replace

import pytest
from hypothesis import given

from flowdsl.errors import OutsizeError, UnknownOperatorError, UnwritableError
from flowdsl.expressions import describe, parse, write
from flowdsl.expressions.bounds import MAX_DEPTH
from flowdsl.expressions.operators import OPERATORS
from flowdsl.ir.expr import Apply, Const, Expr, Name
from tests.expressions.trees import writable

_A = Name("a")


@given(writable())
def test_a_written_tree_is_read_back_as_it_was(expr: Expr) -> None:
    assert parse(write(expr)) == expr


@given(writable())
def test_writing_what_was_read_changes_nothing(expr: Expr) -> None:
    text = write(expr)

    assert write(parse(text)) == text


@given(writable())
def test_no_bracket_can_be_left_out(expr: Expr) -> None:
    text = write(expr)
    for start, end in _bracket_pairs(text):
        without = text[:start] + " " + text[start + 1 : end] + " " + text[end + 1 :]
        assert _reads_as(without) != expr, without


def _bracket_pairs(text: str) -> list[tuple[int, int]]:
    """Places of the round brackets that group: not of calls, not in texts."""
    if '"' in text or "'" in text:
        return []
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for index, sign in enumerate(text):
        if sign == "(":
            opened.append(index)
        elif sign == ")":
            start = opened.pop()
            called = (
                text[start - 1 : start].isidentifier()
                and text[:start].rsplit(maxsplit=1)[-1].rsplit(".", maxsplit=1)[-1] not in _WORDS
            )
            # Python itself asks for brackets around a number whose attribute is read.
            number = _NUMBER.fullmatch(text[start + 1 : index]) and text[index + 1 : index + 2] in {
                ".",
                "[",
            }
            if not called and not number:
                pairs.append((start, index))
    return pairs


_NUMBER = re.compile(r"[\d.e+-]+")
_WORDS = {"and", "or", "not", "in", "if", "else"}


def _reads_as(text: str) -> Expr | None:
    from flowdsl.errors import FlowError

    try:
        return parse(text)
    except FlowError:
        return None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("((a) + (b)) * c", "(a + b) * c"),
        ("(a + b) + (c + d)", "a + b + (c + d)"),
        ("(-a) ** 2", "(-a) ** 2"),
        ("-(a ** 2)", "-a ** 2"),
        ("2 ** (-a)", "2 ** -a"),
        ("(1).real", "(1).real"),
        ("(a.b).c", "a.b.c"),
        ("not (not a)", "not not a"),
        ("(not a) == b", "(not a) == b"),
        ("a if (b if c else d) else e", "a if (b if c else d) else e"),
        ("(a == b) is None", "(a == b) is None"),
        ("[(a if b else c), (d, e)]", "[a if b else c, (d, e)]"),
        ("'it\\'s'", '"it\'s"'),
        ("'say \"a\"'", "'say \"a\"'"),
        ("'\\\\\\''", '"\\\\\'"'),
        ("1e999 - -1e999", "1e999 - -1e999"),
        ("all_of(a) or any_of()", "all_of(a) or any_of()"),
        ("a[slice(1, None, None)]", "a[1:]"),
        ("slice(a, b, None)", "slice(a, b, None)"),
        ("a[(1, 2)]", "a[(1, 2)]"),
    ],
)
def test_a_text_is_written_with_the_fewest_brackets(text: str, written: str) -> None:
    assert write(parse(text)) == written


@pytest.mark.parametrize(
    "expr",
    [
        Const(float("nan")),
        Const(10**5000),
        Name("class"),
        Name("a b"),
        Name("ﬁ"),
        Name(""),
        Apply("attr", (_A, Const("a-b"))),
    ],
)
def test_what_has_no_spelling_is_refused(expr: Expr) -> None:
    with pytest.raises(UnwritableError, match="has no spelling in the python dialect"):
        write(expr)


def test_a_tree_the_table_does_not_allow_is_refused() -> None:
    with pytest.raises(UnknownOperatorError):
        write(Apply("nope", (_A,)))


def test_an_operator_of_another_dialect_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = replace(OPERATORS["size"], dialects=())
    monkeypatch.setattr("flowdsl.expressions.operators.OPERATORS", {"size": foreign})

    with pytest.raises(
        UnwritableError, match="the operator 'size' has no spelling in the python dialect"
    ):
        write(Apply("size", (_A,)))


def test_nesting_beyond_the_bound_is_refused() -> None:
    expr: Expr = _A
    for _ in range(MAX_DEPTH + 1):
        expr = Apply("list", (Const(1), expr))

    with pytest.raises(OutsizeError):
        write(expr)


def test_a_description_never_fails_and_is_cut() -> None:
    assert describe(Apply("add", (_A, Const(1)))) == "a + 1"
    assert describe(Apply("add", (_A, Const(float("nan"))))) == "add(…)"
    assert describe(Name("a b")) == "…"
    assert describe(Const("x" * 100)) == '"' + "x" * 78 + "…"


def test_a_description_shows_names_by_other_words() -> None:
    expr = Apply("gt", (Name("_0"), Const(3)))

    assert describe(expr, shown={"_0": "review.score"}) == "review.score > 3"
