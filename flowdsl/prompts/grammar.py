"""Which part of Jinja prompts may use, and the rewriting that makes it bounded."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.visitor import NodeTransformer

from flowdsl.errors.base import near

CONCAT = "joined by tilde"
COUNTED = "counted rounds"
"""Filters of our own that no template can name, for the blanks in them."""

_KEPT: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Assign,
    nodes.With,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Dict,
    nodes.Pair,
    nodes.Keyword,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Call,
    nodes.Filter,
    nodes.Test,
    nodes.Concat,
    nodes.Compare,
    nodes.Operand,
    nodes.CondExpr,
    nodes.BinExpr,
    nodes.UnaryExpr,
)

_TAGS = {
    "AssignBlock": "set block",
    "CallBlock": "call",
    "FilterBlock": "filter block",
    "FromImport": "from",
    "NSRef": "set",
}

_CURES = {
    "macro": "write a @step or a second prompt for what the macro says.",
    "include": "put the text into this prompt, or pass it as a parameter.",
    "import": "put the text into this prompt, or pass it as a parameter.",
    "from": "put the text into this prompt, or pass it as a parameter.",
    "extends": "put the text into this prompt, or pass it as a parameter.",
}


def check_tree(tree: nodes.Template, filters: Collection[str], tests: Collection[str]) -> None:
    """Refuse what prompts do not have.

    Raises:
        TemplateSyntaxError: Jinja's, with the line of the first thing refused.
    """
    for node in _walk(tree):
        reason = _refused(node, filters, tests)
        if reason is not None:
            raise TemplateSyntaxError(reason, node.lineno)


def bind_bounds(tree: nodes.Template) -> None:
    """Let every loop count its rounds, and every `~` show its values as the prompt would."""
    _Joins().visit(tree)
    for node in tree.find_all(nodes.For):
        node.iter = nodes.Filter(node.iter, COUNTED, [], [], None, None, lineno=node.lineno)


def cure_of(reason: str) -> str:
    """Advice for a refusal of `check_tree` or of Jinja's parser; what prompts have, when nothing closer is known."""
    for tag, cure in _CURES.items():
        if f"% {tag} " in reason:
            return cure
    if "did you mean" in reason:
        return ""
    return (
        "prompts have {{ value }}, {% if x %}...{% endif %}, {% for x in xs %}...{% endfor %} and {% set a = x %}; "
        "put braces that are meant as text between {% raw %} and {% endraw %}."
    )


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _refused(node: nodes.Node, filters: Collection[str], tests: Collection[str]) -> str | None:
    if not isinstance(node, _KEPT):
        tag = _TAGS.get(type(node).__name__, type(node).__name__.lower())
        return f"prompts have no {{% {tag} %}}"
    if isinstance(node, nodes.For) and node.recursive:
        return "prompts have no recursive loops"
    if isinstance(node, nodes.Filter) and node.name not in filters:
        return f"there is no filter '{node.name}'; {near(node.name, _writable(filters))}"
    if isinstance(node, nodes.Test) and node.name not in tests:
        return f"there is no test '{node.name}'; {near(node.name, _writable(tests))}"
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f"'{node.attr}' is private: names that begin with '_' cannot be read"
    return None


def _writable(names: Collection[str]) -> list[str]:
    """Names a template can write."""
    return sorted(name for name in names if name.isidentifier())


class _Joins(NodeTransformer):
    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - the name says which nodes are visited
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, CONCAT, [], [], None, None, lineno=node.lineno)
