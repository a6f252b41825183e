"""The result type of each operator, and what is wrong with its operands: one function a rule of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from flowdsl.errors.expressions import NeverEqualError
from flowdsl.expressions.gathering import (
    display_dict,
    display_list,
    display_set,
    display_tuple,
    holding,
    membership,
    size,
    total,
)
from flowdsl.expressions.judging import Judged, said
from flowdsl.expressions.kinds import (
    defines,
    is_none,
    is_whole,
    items_of,
    kind_of,
    may_equal,
    number_of,
    options,
    widened,
    widened_enum,
)
from flowdsl.expressions.operators import Rule
from flowdsl.expressions.ordering import CONVERT, extreme, order, sorted_list
from flowdsl.expressions.reaching import attr, getitem, sliced
from flowdsl.ir.expr import Const
from flowdsl.ir.select import join
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    FLOAT,
    INT,
    STR,
    Choice,
    EnumOf,
    ListOf,
    SetOf,
    TupleOf,
    Type,
    Union,
)

_MAKE_TEXT = 'put values into a text with text("… {{ value }} …").'


def _boolean(_: Judged) -> Type:
    return BOOL


def _equality(judged: Judged) -> Type:
    left, right = judged.types
    if not may_equal(left, right):
        shown = (said(left), said(right))
        judged.problems.append(
            NeverEqualError(
                judged.text(), types=shown, advice=_equality_advice(left, right), place=judged.place
            )
        )
    return BOOL


def _equality_advice(left: Type, right: Type) -> str:
    if is_none(left) or is_none(right):
        return "it is never None, so leave the comparison out."
    for one, other in ((left, right), (right, left)):
        if isinstance(one, EnumOf) and not one.plain and not isinstance(other, EnumOf):
            return f"compare with a member of {show(one)}, or compare its `.value`."
        known = widened_enum(one)
        if isinstance(known, Choice) and len(known.values) > 1 and isinstance(other, Choice):
            return f"it is one of {', '.join(map(repr, known.values))}."
    return CONVERT


def _own(left: Type, right: Type, name: str) -> bool:
    """Whether the operator may be one that a class of the user's defines."""
    unknown = "unknown" in {kind_of(left), kind_of(right)}
    return unknown or defines(left, f"__{name}__") or defines(right, f"__r{name}__")


def _pairwise(judged: Judged, result: Callable[[Type, Type], Type | None], advice: str) -> Type:
    """The common result over all that two operands may be; one problem at most."""
    found: list[Type] = []
    lefts, rights = ([widened(each) for each in judged.options(index)] for index in (0, 1))
    for left, right in product(lefts, rights):
        type_ = ANYTHING if _own(left, right, judged.row.key) else result(left, right)
        if type_ is None:
            symbol = judged.row.symbol
            return judged.wrong(f"'{symbol}' does not take {show(left)} and {show(right)}", advice)
        found.append(type_)
    return join(found)


def _numbers(left: Type, right: Type) -> Type | None:
    if kind_of(left) != "number" or kind_of(right) != "number":
        return None
    return FLOAT if FLOAT in {number_of(left), number_of(right)} else INT


def _added(left: Type, right: Type) -> Type | None:
    match left, right:
        case ListOf(item), ListOf(other):
            return ListOf(join((item, other)))
        case TupleOf(items, None), TupleOf(others, rest):
            return TupleOf((*items, *others), rest)
        case TupleOf(), TupleOf():
            return TupleOf(
                (), join(each for each in (items_of(left), items_of(right)) if each is not None)
            )
        case _ if kind_of(left) == kind_of(right) and kind_of(left) in {"text", "bytes"}:
            return left
        case _:
            return _numbers(left, right)


def _add(judged: Judged) -> Type:
    kinds = {kind_of(option) for type_ in judged.types for option in options(type_)}
    return _pairwise(judged, _added, _MAKE_TEXT if "text" in kinds else CONVERT)


def _arithmetic(judged: Judged) -> Type:
    def result(left: Type, right: Type) -> Type | None:
        both_sets = isinstance(left, SetOf) and isinstance(right, SetOf)
        return left if both_sets and judged.row.key == "sub" else _numbers(left, right)

    return _pairwise(judged, result, CONVERT)


def _mul(judged: Judged) -> Type:
    def repeated(left: Type, right: Type) -> Type | None:
        for one, times in ((left, right), (right, left)):
            if is_whole(times):
                match one:
                    case TupleOf():
                        return TupleOf((), items_of(one))
                    case _ if kind_of(one) in {"text", "bytes", "list"}:
                        return one
                    case _:
                        pass
        return _numbers(left, right)

    return _pairwise(judged, repeated, CONVERT)


def _truediv(judged: Judged) -> Type:
    def result(left: Type, right: Type) -> Type | None:
        return None if _numbers(left, right) is None else FLOAT

    return _pairwise(judged, result, CONVERT)


def _pow(judged: Judged) -> Type:
    match judged.apply.operands[1]:
        case Const(int() as exponent):
            whole: Type = INT if exponent >= 0 else FLOAT
        case _:
            whole = Union((INT, FLOAT))

    def result(left: Type, right: Type) -> Type | None:
        numbers = _numbers(left, right)
        return whole if numbers == INT else numbers

    return _pairwise(judged, result, CONVERT)


def _sign(judged: Judged) -> Type:
    found: list[Type] = []
    for option in judged.options(0):
        kind = kind_of(widened(option))
        if kind == "number":
            found.append(number_of(option))
        elif kind == "unknown" or defines(option, f"__{judged.row.key}__"):
            found.append(ANYTHING)
        else:
            return judged.wrong(f"'{judged.row.symbol}' does not take {show(option)}")
    return join(found)


def _choice(judged: Judged) -> Type:
    return join(judged.types[1:])


def _text(_: Judged) -> Type:
    return STR


def _whole(judged: Judged) -> Type:
    _from_text_or_number(judged)
    return INT


def _real(judged: Judged) -> Type:
    _from_text_or_number(judged)
    return FLOAT


def _from_text_or_number(judged: Judged) -> None:
    for option in judged.options(0):
        known = kind_of(widened(option)) in {"text", "number", "bytes", "unknown"}
        if not known and not defines(option, f"__{judged.row.key}__"):
            judged.wrong(f"{show(option)} is neither a number nor a text")


def _round(judged: Judged) -> Type:
    signed = _sign(judged)
    if len(judged.types) == 1:
        return ANYTHING if signed == ANYTHING else INT
    for option in options(judged.types[1]):
        if not (is_whole(option) or is_none(option)):
            judged.wrong(f"the number of digits is whole, not {show(option)}")
    return join((INT, signed)) if any(map(is_none, options(judged.types[1]))) else signed


def _texts_only(judged: Judged) -> None:
    for index in range(len(judged.types)):
        for option in judged.options(index):
            if kind_of(widened(option)) not in {"text", "unknown"}:
                judged.wrong(f"'{judged.row.symbol}' works on texts, and {show(option)} is none")


def _text_to_text(judged: Judged) -> Type:
    _texts_only(judged)
    return STR


def _text_to_bool(judged: Judged) -> Type:
    _texts_only(judged)
    return BOOL


def _split(judged: Judged) -> Type:
    _texts_only(judged)
    return ListOf(STR)


RULES: Mapping[Rule, Callable[[Judged], Type]] = {
    "boolean": _boolean,
    "equality": _equality,
    "order": order,
    "add": _add,
    "arithmetic": _arithmetic,
    "mul": _mul,
    "truediv": _truediv,
    "pow": _pow,
    "sign": _sign,
    "attr": attr,
    "getitem": getitem,
    "slice": sliced,
    "size": size,
    "membership": membership,
    "holding": holding,
    "if": _choice,
    "list": display_list,
    "tuple": display_tuple,
    "set": display_set,
    "dict": display_dict,
    "text": _text,
    "whole": _whole,
    "real": _real,
    "round": _round,
    "extreme": extreme,
    "sum": total,
    "sorted": sorted_list,
    "text_to_text": _text_to_text,
    "text_to_bool": _text_to_bool,
    "split": _split,
}
"""The function of each rule."""
