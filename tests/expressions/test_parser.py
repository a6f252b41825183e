"""Text becomes the tree Python's precedences give it, or an error with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import ExpressionSyntaxError, OutsizeError, Place
from flowdsl.expressions import parse, write
from flowdsl.expressions.parser import MAX_TEXT, as_expr
from flowdsl.ir.expr import Apply, Const, Expr, Name

_A, _B, _C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", _A),
        ("a - b - c", Apply("sub", (Apply("sub", (_A, _B)), _C))),
        ("a ** b ** c", Apply("pow", (_A, Apply("pow", (_B, _C))))),
        ("-1 ** 2", Apply("neg", (Apply("pow", (Const(1), Const(2))),))),
        ("-1", Const(-1)),
        ("-1.5", Const(-1.5)),
        ("- (1)", Apply("neg", (Const(1),))),
        ("--1", Apply("neg", (Const(-1),))),
        ("+1", Apply("pos", (Const(1),))),
        ("a < b < c", Apply("all_of", (Apply("lt", (_A, _B)), Apply("lt", (_B, _C))))),
        ("a < b is None", Apply("all_of", (Apply("lt", (_A, _B)), Apply("is_none", (_B,))))),
        ("a is not None", Apply("is_not_none", (_A,))),
        ("not a in b", Apply("not", (Apply("in", (_A, _B)),))),
        ("a not in b", Apply("not_in", (_A, _B))),
        ("a and b and c", Apply("all_of", (_A, _B, _C))),
        ("(a and b) and c", Apply("all_of", (Apply("all_of", (_A, _B)), _C))),
        ("a or b and c", Apply("any_of", (_A, Apply("all_of", (_B, _C))))),
        ("a if b else c if a else b", Apply("if", (_B, _A, Apply("if", (_A, _C, _B))))),
        ("a.b[c]", Apply("getitem", (Apply("attr", (_A, Const("b"))), _C))),
        ("a[:]", Apply("getitem", (_A, Apply("slice", (Const(None), Const(None), Const(None)))))),
        ("a[1::2]", Apply("getitem", (_A, Apply("slice", (Const(1), Const(None), Const(2)))))),
        ("len(a)", Apply("size", (_A,))),
        ("a.strip()", Apply("strip", (_A,))),
        ("set()", Apply("set", ())),
        ("{a, b,}", Apply("set", (_A, _B))),
        ("{}", Apply("dict", ())),
        ("{'k': a, b: c}", Apply("dict", (Const("k"), _A, _B, _C))),
        ("()", Apply("tuple", ())),
        ("(a,)", Apply("tuple", (_A,))),
        ("(a, b)", Apply("tuple", (_A, _B))),
        ("[a, b,]", Apply("list", (_A, _B))),
        ("[]", Apply("list", ())),
        (
            "[True, False, None]",
            Apply("list", (Const(value=True), Const(value=False), Const(None))),
        ),
        ("1_000", Const(1000)),
        (".5e1", Const(5.0)),
        ("00", Const(0)),
        ("a\n  + b", Apply("add", (_A, _B))),
        (r'"\x41é\U0001f600\n\""', Const('Aé😀\n"')),
        ("ﬁ", Name("fi")),
    ],
)
def test_a_text_is_read_with_pythons_precedences(text: str, tree: Expr) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(a",
        "a ==",
        "\n\n  a + + ",
        "a = b",
        "a & b",
        "a $ b",
        "a adn b",
        "a zzzz b",
        "'abc",
        "a is b",
        "[x for x in y]",
        "lambda: 1",
        "007",
        "1__0",
        r"'\d'",
        r"'\U99999999'",
        "a.class",
        "a.",
        "lenn(a)",
        "a.lowr()",
        "len()",
        "len(a, b)",
        "set(a)",
        "a[",
        "{1:",
        "a if b",
        "a not b",
    ],
)
def test_a_broken_text_says_where_and_what_could_stand_there(
    text: str, snapshot: SnapshotAssertion
) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text)

    assert str(caught.value) == snapshot


def test_an_error_points_into_the_text_around_the_expression() -> None:
    place = Place("flow.yaml", 10, 5)

    with pytest.raises(ExpressionSyntaxError) as first:
        parse("a +", place=place)
    with pytest.raises(ExpressionSyntaxError) as second:
        parse("a\n +", place=place)
    with pytest.raises(ExpressionSyntaxError) as third:
        parse("a +", place=Place("flow.yaml", 10))

    assert first.value.place == Place("flow.yaml", 10, 8)
    assert second.value.place == Place("flow.yaml", 11, 3)
    assert third.value.place == Place("flow.yaml", 10, 4)


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000])
def test_a_number_of_thousands_of_digits_is_refused(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError, match="too many digits"):
        parse(text)


def test_a_text_of_any_length_is_not_read() -> None:
    with pytest.raises(OutsizeError):
        parse("a" * (MAX_TEXT + 1))


def test_brackets_may_nest_as_deep_as_the_text_is_long() -> None:
    assert parse("(" * 5000 + "a" + ")" * 5000) == _A


@given(st.text("ab1.+-*/<=()[]{},:'\" \nnotiselfandr", max_size=12))
def test_any_text_is_read_or_refused_and_reads_the_same_when_written(text: str) -> None:
    match _read(text):
        case ExpressionSyntaxError() as error:
            assert 1 <= error.line <= text.count("\n") + 1
            assert 1 <= error.column <= len(text) + 1
        case tree:
            written = write(tree)
            assert parse(written) == tree
            assert write(parse(written)) == written


def _read(text: str) -> Expr | ExpressionSyntaxError:
    try:
        return parse(text)
    except ExpressionSyntaxError as error:
        return error


def test_what_is_no_tree_does_not_leave_the_parser() -> None:
    with pytest.raises(TypeError, match="the grammar gave a list"):
        as_expr([])
