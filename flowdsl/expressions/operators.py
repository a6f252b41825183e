"""The operator table: one row says how an operator is spelled, bound, typed and computed.

A row is the only place that knows an operator: parser, checker, evaluator and writer read it. Where two dialects
mean different things by one sign they have rows of their own; the sign alone is never the meaning.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from flowdsl.errors.expressions import UnknownOperatorError
from flowdsl.expressions import bounds
from flowdsl.ir.expr import Apply, Const, Expr

Dialect = Literal["python"]
Form = Literal["infix", "prefix", "call", "method", "special"]
Rule = Literal[
    "boolean", "equality", "order", "add", "mul", "truediv", "arithmetic", "pow", "sign", "getitem", "attr",
    "slice", "size", "membership", "holding", "if", "list", "tuple", "dict", "set", "text", "whole", "real",
    "round", "extreme", "sum", "sorted", "text_to_text", "text_to_bool", "split",
]  # fmt: skip
"""Names of the checker's rules for result types."""

TERNARY, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, POWER, POSTFIX, ATOM = range(1, 12)
"""How tightly a form binds, loosest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator."""

    key: str
    """What `Apply.operator` says."""
    symbol: str
    """Its spelling: a sign, a function's or a method's name; empty for a form of its own."""
    form: Form
    rule: Rule
    function: Callable[..., object]
    """Computes it from its operands' values."""
    least: int
    most: int | None
    """Number of operands; `None` for any number."""
    binds: int = ATOM
    side: Literal["left", "right", "none"] = "left"
    """Which side may hold an equally binding operator without brackets."""
    lazy: bool = False
    """Operands after the first may stay uncomputed."""
    dialects: tuple[Dialect, ...] = ("python",)
    """Where it can be written; a tree may hold any operator."""


def _infix(
    key: str, symbol: str, binds: int, rule: Rule, function: Callable[..., object]
) -> Operator:
    return Operator(
        key=key,
        symbol=symbol,
        form="infix",
        rule=rule,
        function=function,
        least=2,
        most=2,
        binds=binds,
        side="none" if binds == COMPARE else "left",
    )


def _prefix(
    key: str, symbol: str, binds: int, rule: Rule, function: Callable[..., object]
) -> Operator:
    return Operator(
        key=key,
        symbol=symbol,
        form="prefix",
        rule=rule,
        function=function,
        least=1,
        most=1,
        binds=binds,
    )


def _call(
    key: str,
    symbol: str,
    rule: Rule,
    function: Callable[..., object],
    *,
    takes: tuple[int, int | None] = (1, 1),
) -> Operator:
    least, most = takes
    return Operator(
        key=key, symbol=symbol, form="call", rule=rule, function=function, least=least, most=most
    )


def _method(symbol: str, rule: Rule, least: int = 1, most: int = 1) -> Operator:
    function = bounds.text_method(symbol)
    return Operator(
        key=symbol,
        symbol=symbol,
        form="method",
        rule=rule,
        function=function,
        least=least,
        most=most,
        binds=POSTFIX,
    )


def _special(
    key: str,
    function: Callable[..., object],
    takes: tuple[int, int | None],
    *,
    rule: Rule,
    binds: int = ATOM,
) -> Operator:
    least, most = takes
    return Operator(
        key=key,
        symbol="",
        form="special",
        rule=rule,
        function=function,
        least=least,
        most=most,
        binds=binds,
    )


def _junction(key: str, symbol: str, binds: int, function: Callable[..., object]) -> Operator:
    return Operator(
        key=key, symbol=symbol, form="infix", rule="boolean", function=function, least=0, most=None, binds=binds,
        side="none", lazy=True,
    )  # fmt: skip


def _in(item: object, container: Container[object]) -> bool:
    return item in container


def _not_in(item: object, container: Container[object]) -> bool:
    return item not in container


def _holds(container: Container[object], item: object) -> bool:
    return item in container


def _is_none(value: object) -> bool:
    return value is None


def _is_not_none(value: object) -> bool:
    return value is not None


_ROWS = (
    _infix("eq", "==", COMPARE, "equality", operator.eq),
    _infix("ne", "!=", COMPARE, "equality", operator.ne),
    _infix("lt", "<", COMPARE, "order", operator.lt),
    _infix("le", "<=", COMPARE, "order", operator.le),
    _infix("gt", ">", COMPARE, "order", operator.gt),
    _infix("ge", ">=", COMPARE, "order", operator.ge),
    _infix("in", "in", COMPARE, "membership", _in),
    _infix("not_in", "not in", COMPARE, "membership", _not_in),
    _infix("add", "+", SUM, "add", operator.add),
    _infix("sub", "-", SUM, "arithmetic", operator.sub),
    _infix("mul", "*", PRODUCT, "mul", bounds.mul),
    _infix("truediv", "/", PRODUCT, "truediv", bounds.python_operator("truediv")),
    _infix("floordiv", "//", PRODUCT, "arithmetic", bounds.python_operator("floordiv")),
    _infix("mod", "%", PRODUCT, "arithmetic", bounds.mod),
    replace(_infix("pow", "**", POWER, "pow", bounds.pow_), side="right"),
    _prefix("neg", "-", SIGN, "sign", operator.neg),
    _prefix("pos", "+", SIGN, "sign", operator.pos),
    _prefix("not", "not", NOT, "boolean", operator.not_),
    _junction("all_of", "and", AND, bounds.all_of),
    _junction("any_of", "or", OR, bounds.any_of),
    replace(_special("if", bounds.choose, (3, 3), rule="if", binds=TERNARY), lazy=True),
    _special("is_none", _is_none, (1, 1), rule="boolean", binds=COMPARE),
    _special("is_not_none", _is_not_none, (1, 1), rule="boolean", binds=COMPARE),
    _special("getitem", operator.getitem, (2, 2), rule="getitem", binds=POSTFIX),
    _special("attr", bounds.getattr_, (2, 2), rule="attr", binds=POSTFIX),
    _special("list", bounds.display_list, (0, None), rule="list"),
    _special("tuple", bounds.display_tuple, (0, None), rule="tuple"),
    _special("dict", bounds.display_dict, (0, None), rule="dict"),
    _special("set", bounds.display_set, (0, None), rule="set"),
    _call("slice", "slice", "slice", slice, takes=(3, 3)),
    _call("truth", "bool", "boolean", bool),
    _call("size", "len", "size", len),
    _call("contains", "contains", "holding", _holds, takes=(2, 2)),
    _call("str", "str", "text", str),
    _call("int", "int", "whole", int),
    _call("float", "float", "real", float),
    _call("abs", "abs", "sign", abs),
    _call("round", "round", "round", bounds.round_, takes=(1, 2)),
    _call("min", "min", "extreme", min, takes=(1, None)),
    _call("max", "max", "extreme", max, takes=(1, None)),
    _call("sum", "sum", "sum", sum),
    _call("sorted", "sorted", "sorted", sorted),
    _method("lower", "text_to_text"),
    _method("upper", "text_to_text"),
    _method("strip", "text_to_text", 1, 2),
    _method("startswith", "text_to_bool", 2, 2),
    _method("endswith", "text_to_bool", 2, 2),
    _method("split", "split", 1, 2),
)

OPERATORS: Mapping[str, Operator] = MappingProxyType({row.key: row for row in _ROWS})
"""Every operator by its key."""


def row_of(apply: Apply) -> Operator:
    """The row of an applied operator.

    Raises:
        UnknownOperatorError: No row has that key, or the row does not take such operands.
    """
    row = OPERATORS.get(apply.operator)
    if row is None:
        raise UnknownOperatorError(apply.operator, known=tuple(OPERATORS))
    count = len(apply.operands)
    if count < row.least or (row.most is not None and count > row.most) or _is_odd(apply):
        raise UnknownOperatorError(apply.operator, found=count)
    return row


def _is_odd(apply: Apply) -> bool:
    match apply:
        case Apply("dict", operands):
            return len(operands) % 2 == 1
        case Apply("attr", (_, name)):
            return not (isinstance(name, Const) and isinstance(name.value, str))
        case _:
            return False


def spine(expr: Expr) -> tuple[Expr, list[tuple[Operator, Apply]]]:
    """The innermost first operand, and the operators around it from the inside out.

    Walking the spine in a loop is what lets `a + b + c + …` be of any length; only the other
    operands are descended into.

    Raises:
        UnknownOperatorError: An operator on the way is not in the table.
    """
    around: list[tuple[Operator, Apply]] = []
    while isinstance(expr, Apply):
        around.append((row_of(expr), expr))
        if not expr.operands:
            around.pop()
            break
        expr = expr.operands[0]
    around.reverse()
    return expr, around
