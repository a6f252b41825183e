"""Reads a pipeline's source for what a handle can't notice: `is`, `isinstance`, `match`, `try`, plain `if`."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable

from flowdsl.dsl.naming import Naming
from flowdsl.dsl.places import shown_path
from flowdsl.errors.base import FlowError, Place
from flowdsl.errors.tracing import PythonDecidesError

_BECAUSE = "decides while the graph is built, when there is no value yet"
_WIDTH = 80
"""Longer code is not repeated in a message, in characters."""
_CONDITION = (
    "when(condition, then, otherwise), with & | not_ (or all_of, any_of) between conditions"
)


def lint(function: Callable[..., object], *, handles: set[str]) -> list[FlowError]:
    """Every place where Python would decide about a value that does not exist yet.

    Args:
        function: A pipeline function.
        handles: Its parameters that are handles while it is traced.

    Returns:
        Problems by line; empty when the source can't be read.
    """
    source = _source(function)
    if source is None:
        return []
    tree, shift_line, shift_column = source
    reader = _Reader(function, handles, shift_line, shift_column)
    reader.read(tree)
    return list(reader.problems)


def _source(function: Callable[..., object]) -> tuple[ast.FunctionDef, int, int] | None:
    try:
        lines, first = inspect.getsourcelines(function)
        text = textwrap.dedent("".join(lines))
        tree = ast.parse(text).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return None
    indent = len(lines[0]) - len(lines[0].lstrip())
    return (tree, first - 1, indent) if isinstance(tree, ast.FunctionDef) else None


class _Reader(Naming, ast.NodeVisitor):
    """Walks a function's body, knowing which names hold handles, and notes what decides."""

    def __init__(
        self, function: Callable[..., object], handles: set[str], line: int, column: int
    ) -> None:
        super().__init__(function, handles)
        self._path = function.__code__.co_filename
        self._line, self._column = line, column
        self.problems: list[FlowError] = []

    def _note(self, node: ast.AST, syntax: str, instead: str, because: str = _BECAUSE) -> None:
        place = Place(
            shown_path(self._path),
            getattr(node, "lineno", 1) + self._line,
            getattr(node, "col_offset", 0) + self._column + 1,
            self.function.__name__,
            ast.unparse(node).split("\n")[0]
            if shown_path(self._path).startswith("cell ")
            else None,
        )
        last_line = (getattr(node, "end_lineno", None) or 1) + self._line
        self.problems.append(
            PythonDecidesError(
                syntax, because=because, instead=instead, place=place, last_line=last_line
            )
        )

    # What decides.

    def visit_If(self, node: ast.If) -> None:
        """Find plain `if`."""
        self._test(node.test, f"`if {_code(node.test)}`")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Find `x if condition else y`."""
        self._test(node.test, f"`… if {_code(node.test)} else …`")
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        """Find plain `while`."""
        self._test(
            node.test,
            f"`while {_code(node.test)}`",
            "loop(start, body, while_=…, max_rounds=…)",
        )
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        """Find `assert` about a handle."""
        self._test(node.test, f"`assert {_code(node.test)}`", "the check into a step that raises")
        self.generic_visit(node)

    def _test(self, test: ast.expr, syntax: str, instead: str = _CONDITION) -> None:
        if self.is_handle(test):
            self._note(test, syntax, instead)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Find `and`, `or` between conditions."""
        if any(map(self.is_handle, node.values)):
            word = "and" if isinstance(node.op, ast.And) else "or"
            sign, name = ("&", "all_of") if word == "and" else ("|", "any_of")
            parts = ", ".join(map(_code, node.values))
            instead = f"{name}({parts}), or (…) {sign} (…)"
            if any(isinstance(part, ast.Constant) for part in node.values):
                instead = "when(condition, value, otherwise=…), or given(value, lambda it: it, otherwise=…) where it may be None"
            self._note(node, f"`{word}`", instead)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Find `not`."""
        if isinstance(node.op, ast.Not) and self.is_handle(node.operand):
            self._note(node, "`not`", f"not_({_code(node.operand)})")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Find `is` and `in`, and chains."""
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.Is, ast.IsNot)) and (
                self.is_handle(left) or self.is_handle(right)
            ):
                none = isinstance(right, ast.Constant) and right.value is None
                held = ast.unparse(left)
                question = (
                    f"is_none({held})" if isinstance(op, ast.Is) else f"not_(is_none({held}))"
                )
                self._note(node, f"`{_code(node)}`", question if none else "== or !=")
            if isinstance(op, (ast.In, ast.NotIn)) and (
                self.is_handle(left) or self.is_handle(right)
            ):
                asked = f"contains({ast.unparse(right)}, {ast.unparse(left)})"
                self._note(
                    node, f"`{_code(node)}`", asked if isinstance(op, ast.In) else f"not_({asked})"
                )
            left = right
        if len(node.ops) > 1 and any(map(self.is_handle, (node.left, *node.comparators))):
            self._note(node, f"the chain `{_code(node)}`", _links(node))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Find `isinstance`, `getattr` with a default, `len` and the like."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.args and self.is_handle(node.args[0]):
            held = ast.unparse(node.args[0])
            if name in ("isinstance", "type"):
                self._note(
                    node,
                    f"`{name}({held}, …)`",
                    "switch(value.kind, {…}) over a field that tells the kinds apart",
                )
            elif name == "getattr" and len(node.args) == 3:
                self._note(
                    node,
                    f"`getattr({held}, …)` with a default",
                    f"{held}.field for a declared field, or a step that looks",
                )
            elif name == "hasattr":
                self._note(
                    node,
                    f"`hasattr({held}, …)`",
                    "the field in the declared type, or a step that looks",
                )
        self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Find f-strings over handles."""
        for part in node.values:
            if isinstance(part, ast.FormattedValue) and self.is_handle(part.value):
                named = ast.unparse(part.value)
                self._note(
                    node,
                    f"the f-string with `{named}`",
                    f'text("… {{{{ value }}}} …", value={named})',
                )
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        """Find loops over handles."""
        if self.is_handle(node.iter):
            self._note(
                node.iter,
                f"`for … in {_code(node.iter)}`",
                f"each({ast.unparse(node.iter)}, step)",
            )
        super().visit_For(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Find comprehensions over handles."""
        if self.is_handle(node.iter):
            self._note(
                node.iter,
                f"the comprehension over `{_code(node.iter)}`",
                f"each({ast.unparse(node.iter)}, step)",
            )
        super().visit_comprehension(node)
        for test in node.ifs:
            self._test(test, f"`if {_code(test)}`")

    def visit_Match(self, node: ast.Match) -> None:
        """Find `match` on a handle."""
        if self.is_handle(node.subject):
            subject = _code(node.subject)
            self._note(
                node, f"`match {subject}`", f"switch({subject}, {{value: branch}}, default=…)"
            )
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        """Find `try` around a step."""
        calls = [
            each for part in node.body for each in ast.walk(part) if isinstance(each, ast.Call)
        ]
        if any(map(self.makes_handle, calls)):
            self._note(
                node,
                "`try` around a step",
                "the try inside the step, @step(retries=…), or using(on_failure=…)",
                "catches nothing: the step runs later, not here",
            )
        self.generic_visit(node)


def _code(node: ast.expr) -> str:
    """An expression as a message shows it."""
    code = ast.unparse(node)
    return code if len(code) <= _WIDTH else "…"


def _links(node: ast.Compare) -> str:
    """A chained comparison, written so that each link becomes a condition."""
    sides = (node.left, *node.comparators)
    pairs = zip(sides, node.ops, sides[1:], strict=False)
    return " & ".join(f"({ast.unparse(ast.Compare(a, [op], [b]))})" for a, op, b in pairs)
