"""Expressions: one tree, read from text, typed, computed, and written back."""

from flowdsl.expressions.checker import Checked, check
from flowdsl.expressions.evaluator import compile_expr, evaluate
from flowdsl.expressions.parser import parse
from flowdsl.expressions.writer import describe, write

__all__ = ["Checked", "check", "compile_expr", "describe", "evaluate", "parse", "write"]
