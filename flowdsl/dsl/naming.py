"""Which names of a pipeline's source hold handles; everything else is plain Python and its author's own business."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from functools import cache

_MAKERS = frozenset(
    {
        "each",
        "when",
        "switch",
        "given",
        "loop",
        "approve",
        "text",
        "size",
        "contains",
        "is_none",
        "not_",
        "all_of",
        "any_of",
    }
)
_TAKE_BODIES = frozenset({"each", "when", "switch", "given", "loop"})
"""Functions handed to these are called on handles."""


class Naming(ast.NodeVisitor):
    """Walks a function's body and follows handles from name to name."""

    def __init__(self, function: Callable[..., object], handles: Iterable[str]) -> None:
        self.function = function
        self.handles: set[str] = set(handles)
        self._bodies: set[str] = set()
        """Names of nested functions that are called on handles."""
        self._lambdas: set[ast.Lambda] = set()

    def read(self, tree: ast.FunctionDef) -> None:
        """Walk the body."""
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and self._takes_bodies(call.func):
                self._note_bodies([*call.args, *(each.value for each in call.keywords)])
        for statement in tree.body:
            self.visit(statement)

    def _takes_bodies(self, function: ast.expr) -> bool:
        name = self._name_of_maker(function)
        return name in _TAKE_BODIES

    def _note_bodies(self, handed: list[ast.expr]) -> None:
        for each in handed:
            match each:
                case ast.Lambda():
                    self._lambdas.add(each)
                case ast.Name(id=name):
                    self._bodies.add(name)
                case ast.Dict(values=values):
                    self._note_bodies(values)
                case _:
                    pass

    # What is a handle.

    def is_handle(self, node: ast.expr) -> bool:
        """Whether an expression gives a handle while the function is traced, as far as its source tells."""
        match node:
            case ast.Name(id=name):
                return name in self.handles
            case (
                ast.Attribute(value=value)
                | ast.Subscript(value=value)
                | ast.UnaryOp(op=ast.Invert() | ast.USub(), operand=value)
                | ast.NamedExpr(value=value)
            ):
                return self.is_handle(value)
            case ast.Compare(ops=ops, left=left, comparators=others):
                decides = any(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in ops)
                return not decides and any(map(self.is_handle, (left, *others)))
            case ast.BinOp(left=left, right=right):
                return self.is_handle(left) or self.is_handle(right)
            case _:
                return isinstance(node, ast.Call) and self.makes_handle(node)

    def makes_handle(self, call: ast.Call) -> bool:
        """Whether a call adds a node, or makes an expression of a handle."""
        function = call.func
        if isinstance(function, ast.Call) and isinstance(function.func, ast.Attribute):
            # review.named("x")(…), review.using(…)(…)
            function = function.func.value
        return _adds_a_node(self._known(function)) or bool(self._name_of_maker(function))

    def _name_of_maker(self, function: ast.expr) -> str:
        """The control word or question of flowdsl's own that an expression names; else empty."""
        known = self._known(function)
        name = getattr(known, "__name__", "")
        ours = getattr(known, "__module__", "") in ("flowdsl.dsl.control", "flowdsl.dsl.words")
        return name if ours and name in _MAKERS else ""

    def _known(self, function: ast.expr) -> object:
        """What a name, or an attribute of a name, stands for; `None` when that can't be told."""
        match function:
            case ast.Name(id=name):
                return self._value_of(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                return getattr(self._value_of(name), attribute, None)
            case _:
                return None

    def _value_of(self, name: str) -> object:
        code = self.function.__code__
        cells = dict(zip(code.co_freevars, self.function.__closure__ or (), strict=True))
        if name not in cells:
            return self.function.__globals__.get(name)
        try:
            return cells[name].cell_contents
        except ValueError:
            return None

    # Where names get their values.

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Follow a value into a name; names of anything but a known value hold no handles."""
        match target, value:
            case (
                (ast.Tuple(elts=names) | ast.List(elts=names)),
                (ast.Tuple(elts=values) | ast.List(elts=values)),
            ) if len(names) == len(values):
                for name, part in zip(names, values, strict=True):
                    self.bind(name, part)
            case ((ast.Tuple(elts=names) | ast.List(elts=names)), _):
                for name in names:
                    self.bind(name, None)
            case ast.Name(id=name), _:
                holds = value is not None and self.is_handle(value)
                (self.handles.add if holds else self.handles.discard)(name)
            case _:
                pass

    def visit_Assign(self, node: ast.Assign) -> None:
        """Follow a value into its names."""
        self.generic_visit(node)
        for target in node.targets:
            self.bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Follow a value into its name."""
        self.generic_visit(node)
        if node.value is not None:
            self.bind(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Follow a value into the name it is added to."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Name) and self.is_handle(node.value):
            self.handles.add(node.target.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Follow a value into its name."""
        self.generic_visit(node)
        self.bind(node.target, node.value)

    def visit_For(self, node: ast.For) -> None:
        """The names of a loop hold what Python gives them."""
        self.visit(node.iter)
        self.bind(node.target, None)
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    def visit_With(self, node: ast.With) -> None:
        """The names of a `with` hold what Python gives them."""
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, None)
        for statement in node.body:
            self.visit(statement)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        """The names of a comprehension are its own."""
        self._comprehend(node.generators, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        """The names of a comprehension are its own."""
        self._comprehend(node.generators, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        """The names of a comprehension are its own."""
        self._comprehend(node.generators, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        """The names of a comprehension are its own."""
        self._comprehend(node.generators, node.key, node.value)

    def _comprehend(self, generators: list[ast.comprehension], *parts: ast.expr) -> None:
        before = set(self.handles)
        for each in (*generators, *parts):
            self.visit(each)
        self.handles = before

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """The name of a generator is known from there on."""
        self.visit(node.iter)
        self.bind(node.target, None)
        for test in node.ifs:
            self.visit(test)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """The parameters of a body handed to each, when … are handles inside it; those of other lambdas are not."""
        self._within(node, node.args, holds=node in self._lambdas)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Likewise for nested functions; a nested step is plain Python."""
        if not node.decorator_list:
            self._within(node, node.args, holds=node.name in self._bodies)

    def _within(self, node: ast.AST, arguments: ast.arguments, *, holds: bool) -> None:
        before = set(self.handles)
        own = {each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)}
        self.handles = before | own if holds else before - own
        self.generic_visit(node)
        self.handles = before


@cache
def _node_makers() -> tuple[type, ...]:
    from flowdsl.dsl.steps import BaseStep

    return (BaseStep,)


def _adds_a_node(value: object) -> bool:
    return isinstance(value, _node_makers()) or hasattr(type(value), "_flow_adds_a_node")
