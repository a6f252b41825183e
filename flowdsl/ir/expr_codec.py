"""Expressions as flat JSON: operands first, then their operator."""

from __future__ import annotations

from flowdsl.errors.base import FlowError
from flowdsl.ir.decoding import decode
from flowdsl.ir.encoding import encode
from flowdsl.ir.expr import Apply, Const, Expr, Name, Scalar
from flowdsl.ir.malformed import MalformedError, Problem, not_a
from flowdsl.ir.narrowing import is_list


def write_expr(value: object) -> object:
    """Write an expression as a list of tokens."""
    # Operands first, then their operator: a long sum stays flat, since JSON writers bound the nesting.
    tokens: list[object] = []
    todo: list[object] = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, Apply):
            tokens.append(["apply", each.operator, len(each.operands)])
            todo.extend(each.operands)
        elif isinstance(each, Name):
            tokens.append(["name", each.name])
        else:
            tokens.append(["const", encode(each.value if isinstance(each, Const) else each)])
    return tokens[::-1]


def read_expr(value: object, path: str) -> object:
    """Read an expression from a list of tokens.

    Raises:
        MalformedError: It is no such list.
    """
    if not is_list(value):
        raise MalformedError(not_a("a list", value, path))
    stack: list[Expr] = []
    for at, token in enumerate(value):
        _push(stack, token, f"{path}[{at}]")
    if len(stack) != 1:
        raise MalformedError(Problem(path, f"expected one expression, found {len(stack)}"))
    return stack[0]


def _push(stack: list[Expr], token: object, path: str) -> None:
    parts = tuple(token) if is_list(token) else ()
    match parts:
        case ("name", str(name)):
            stack.append(Name(name))
        case ("const", constant):
            stack.append(Const(_scalar(constant, path)))
        case ("apply", str(operator), int(count)) if 0 <= count <= len(stack):
            first = len(stack) - count
            stack[first:] = [Apply(operator, tuple(stack[first:]))]
        case _:
            raise MalformedError(Problem(path, "this is no part of an expression"))


def _scalar(value: object, path: str) -> Scalar:
    try:
        read = decode(value)
    except FlowError as error:
        raise MalformedError(
            Problem(path, f"a value can't be read: {error.message.rstrip('.')}")
        ) from error
    if read is None or isinstance(read, str | int | float | bool):
        return read
    raise MalformedError(not_a("a plain value", read, path))
