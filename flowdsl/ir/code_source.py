"""What a code object says, read from its source: the hash of its syntax tree and the global names it loads."""

from __future__ import annotations

import ast
import dis
import inspect
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from textwrap import dedent
from types import CodeType
from typing import NamedTuple, TypeAlias

from flowdsl.ir.narrowing import is_list

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOADS = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})
# Annotations and type comments say nothing about what happens; `kind` is the `u` before a string.
_SILENT = frozenset(
    {"annotation", "returns", "type_comment", "kind", "type_params", "decorator_list"}
)


class Said(NamedTuple):
    """The part of a function that its text alone decides."""

    digest: str
    """Hash of the syntax tree without docstrings, annotations and decorators."""
    globals: tuple[str, ...]
    """Names it loads from its module, in the bodies of inner functions too, sorted."""
    attributes: tuple[tuple[str, str], ...]
    """Pairs (global, attribute) as in `helpers.clean`, sorted."""
    whole: tuple[str, ...]
    """Those of `globals` that are used otherwise than for an attribute, sorted."""


def said_by(code: CodeType) -> Said | None:
    """What a function says; `None` when its source can't be found."""
    return _said(code, code.co_filename)


@lru_cache(maxsize=4096)
def _said(code: CodeType, _file: str) -> Said | None:
    # Code objects compare by what they do and on which line, but not by file: an edited function is another key.
    tree = _tree_of(code)
    if tree is None:
        return None
    loaded = frozenset(_loaded(code))
    reached = [each for each in ast.walk(tree) if isinstance(each, ast.Attribute)]
    used = [(n.value.id, n.attr) for n in reached if isinstance(n.value, ast.Name)]
    owners = {id(each.value) for each in reached}
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    bare = {each.id for each in names if id(each) not in owners}
    return Said(
        digest=sha256(canonical(tree).encode("utf-8", "surrogatepass")).hexdigest(),
        globals=tuple(sorted(loaded)),
        attributes=tuple(sorted({pair for pair in used if pair[0] in loaded})),
        whole=tuple(sorted(loaded & bare)),
    )


def _loaded(code: CodeType) -> Iterator[str]:
    for each in dis.get_instructions(code):
        if each.opname in _LOADS:
            yield str(each.argval)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _loaded(inner)


def _tree_of(code: CodeType) -> _Function | None:
    try:
        lines, _ = inspect.findsource(code)
        module = _parsed("".join(lines))
    except (OSError, SyntaxError, IndexError):
        return None
    found = [each for each in _functions(module) if _stands_at(each, code)]
    # Of lambdas inside each other the innermost that holds every instruction is meant.
    return max(found, key=lambda each: (each.lineno, each.col_offset), default=None)


@lru_cache(maxsize=64)
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _functions(tree: ast.AST) -> Iterator[_Function]:
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield each


def _stands_at(each: _Function, code: CodeType) -> bool:
    if isinstance(each, ast.Lambda):
        same = code.co_name == "<lambda>" and each.lineno == code.co_firstlineno
        return same and _spans(each, code)
    first = min([each.lineno, *(decorator.lineno for decorator in each.decorator_list)])
    return code.co_name == each.name and first == code.co_firstlineno


def _spans(each: ast.Lambda, code: CodeType) -> bool:
    """Whether the instructions stand inside the body: two lambdas may share a line."""
    body = each.body
    starts = (body.lineno, body.col_offset)
    ends = (body.end_lineno or body.lineno, body.end_col_offset or 0)
    places = code.co_positions()
    spots = [
        (line, column) for line, _, column, end in places if line and column is not None and end
    ]
    return all(starts <= spot < ends for spot in spots)


def class_digest(cls: type) -> str | None:
    """Hash of a class's text, annotations included, since fields are made of them; `None` without source."""
    try:
        tree = ast.parse(dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError, IndexError):
        return None
    return sha256(canonical(tree, annotations=True).encode("utf-8", "surrogatepass")).hexdigest()


def canonical(node: ast.AST, *, annotations: bool = False) -> str:
    """A syntax tree as text that formatting and comments do not change.

    Args:
        node: The tree.
        annotations: Whether annotations, docstrings and decorators count too.
    """
    if isinstance(node, ast.AnnAssign) and not annotations:
        return _assignment(node)
    parts: list[str] = []
    for name, value in ast.iter_fields(node):
        kept: object = value
        if value is None or value == [] or (name in _SILENT and not annotations):
            continue
        if name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            kept = node.body if annotations else _without_docstring(node.body)
        parts.append(f"{name}={_written(kept, annotations=annotations)}")
    return f"{type(node).__name__}({','.join(parts)})"


def _assignment(node: ast.AnnAssign) -> str:
    if node.value is None:
        return ""
    return f"Assign(targets=[{canonical(node.target)}],value={canonical(node.value)})"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
        case _:
            return body


def _written(value: object, *, annotations: bool) -> str:
    if isinstance(value, ast.AST):
        return canonical(value, annotations=annotations)
    if is_list(value):
        parts = (_written(each, annotations=annotations) for each in value)
        return f"[{','.join(filter(None, parts))}]"
    return repr(value)
