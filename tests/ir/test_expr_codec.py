"""Expressions as flat JSON."""

import pytest
from hypothesis import given

from flowdsl.ir.expr import Apply, Const, Expr, Name
from flowdsl.ir.expr_codec import read_expr, write_expr
from flowdsl.ir.malformed import MalformedError
from tests.strategies import expressions


@given(expressions(("a", "b"), depth=20))
def test_an_expression_comes_back_equal(expr: Expr) -> None:
    assert read_expr(write_expr(expr), "") == expr


def test_operands_stand_before_their_operator() -> None:
    expr = Apply("add", (Name("a"), Const(1)))

    assert write_expr(expr) == [["name", "a"], ["const", 1], ["apply", "add", 2]]


def test_no_expression_ends_in_a_refusal() -> None:
    with pytest.raises(MalformedError):
        read_expr([], "expr")
