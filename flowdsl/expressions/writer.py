"""Writes an expression as text: the parser's inverse, with as few brackets as the reader needs."""

from __future__ import annotations

from flowdsl.expressions.operators import Dialect
from flowdsl.ir.expr import Expr


def write(expr: Expr, *, dialect: Dialect = "python") -> str:
    return repr(expr) + dialect


def describe(expr: Expr) -> str:
    return repr(expr)
