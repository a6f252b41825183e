"""Expressions: one tree, read from text, typed, computed, and written back."""

from flowdsl.expressions.evaluator import compile_expr, evaluate

__all__ = ["compile_expr", "evaluate"]
