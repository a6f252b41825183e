"""The result type of each operator, and what is wrong with its operands: one function a rule of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from flowdsl.errors.expressions import NeverEqualError
from flowdsl.expressions.judging import Judged
from flowdsl.expressions.kinds import (
    Kind,
    defines,
    is_none,
    items_of,
    kind_of,
    may_equal,
    number_of,
    options,
    widened,
)
from flowdsl.expressions.operators import Rule
from flowdsl.expressions.reaching import attr, getitem, sliced
from flowdsl.ir.expr import Const, Scalar
from flowdsl.ir.select import join
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    FLOAT,
    INT,
    STR,
    Choice,
    DictOf,
    EnumOf,
    Field,
    ListOf,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
)

_MAKE_TEXT = 'put values into a text with text("… {{ value }} …").'
_CONVERT = "make both sides one kind of value first, in a @step."
_ORDERED: frozenset[Kind] = frozenset({"number", "text", "bytes", "list", "tuple", "set"})
_SIZED: frozenset[Kind] = frozenset({"text", "bytes", "list", "tuple", "set", "dict", "unknown"})


def _boolean(_: Judged) -> Type:
    return BOOL


def _equality(judged: Judged) -> Type:
    left, right = judged.types
    if not may_equal(left, right):
        shown = (show(left), show(right))
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
        if isinstance(one, EnumOf) and not isinstance(other, EnumOf):
            return f"compare with a member of {show(one)}, or compare its `.value`."
        if isinstance(one, Choice) and len(one.values) > 1 and isinstance(other, Choice):
            return f"it is one of {', '.join(map(repr, one.values))}."
    return _CONVERT


def _order(judged: Judged) -> Type:
    for left, right in product(judged.options(0), judged.options(1)):
        if not _ordered(left, right, judged.row.symbol):
            judged.wrong(f"{_shown(left)} and {_shown(right)} have no order between them", _CONVERT)
            break
    return BOOL


def _shown(option: Type) -> str:
    return show(widened(option))


_REFLECTED = {
    "<": ("__lt__", "__gt__"),
    ">": ("__gt__", "__lt__"),
    "<=": ("__le__", "__ge__"),
    ">=": ("__ge__", "__le__"),
}


def _ordered(left: Type, right: Type, symbol: str) -> bool:
    left, right = widened(left), widened(right)
    kinds = {kind_of(left), kind_of(right)}
    if "unknown" in kinds:
        return True
    mine, theirs = _REFLECTED.get(symbol, ("__lt__", "__gt__"))
    return (len(kinds) == 1 and kinds <= _ORDERED) or defines(left, mine) or defines(right, theirs)


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
    return _pairwise(judged, _added, _MAKE_TEXT if "text" in kinds else _CONVERT)


def _arithmetic(judged: Judged) -> Type:
    def result(left: Type, right: Type) -> Type | None:
        both_sets = isinstance(left, SetOf) and isinstance(right, SetOf)
        return left if both_sets and judged.row.key == "sub" else _numbers(left, right)

    return _pairwise(judged, result, _CONVERT)


def _mul(judged: Judged) -> Type:
    def repeated(left: Type, right: Type) -> Type | None:
        for one, times in ((left, right), (right, left)):
            if number_of(times) == INT and kind_of(times) == "number":
                match one:
                    case TupleOf():
                        return TupleOf((), items_of(one))
                    case _ if kind_of(one) in {"text", "bytes", "list"}:
                        return one
                    case _:
                        pass
        return _numbers(left, right)

    return _pairwise(judged, repeated, _CONVERT)


def _truediv(judged: Judged) -> Type:
    def result(left: Type, right: Type) -> Type | None:
        return None if _numbers(left, right) is None else FLOAT

    return _pairwise(judged, result, _CONVERT)


def _pow(judged: Judged) -> Type:
    match judged.apply.operands[1]:
        case Const(int() as exponent):
            whole: Type = INT if exponent >= 0 else FLOAT
        case _:
            whole = Union((INT, FLOAT))

    def result(left: Type, right: Type) -> Type | None:
        numbers = _numbers(left, right)
        return whole if numbers == INT else numbers

    return _pairwise(judged, result, _CONVERT)


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


def _size(judged: Judged) -> Type:
    for option in judged.options(0):
        if kind_of(widened(option)) not in _SIZED and not defines(option, "__len__"):
            judged.wrong(f"{show(option)} has no size")
    return INT


def _membership(judged: Judged) -> Type:
    return _inside(judged, item=0, container=1)


def _holding(judged: Judged) -> Type:
    return _inside(judged, item=1, container=0)


def _inside(judged: Judged, *, item: int, container: int) -> Type:
    sought = judged.types[item]
    for option in judged.options(container):
        inside = items_of(widened(option))
        if inside is None:
            if not defines(option, "__contains__"):
                judged.wrong(
                    f"{show(option)} contains nothing", "ask a list, a dict, a set or a text."
                )
        elif not may_equal(sought, inside):
            judged.wrong(f"{show(option)} never contains {show(sought)}")
    return BOOL


def _choice(judged: Judged) -> Type:
    return join(judged.types[1:])


def _list(judged: Judged) -> Type:
    return ListOf(join(judged.types))


def _tuple(judged: Judged) -> Type:
    return TupleOf(judged.types)


def _set(judged: Judged) -> Type:
    return SetOf(join(judged.types))


def _dict(judged: Judged) -> Type:
    """A record when all keys are texts written out, so that a step's TypedDict takes it."""
    keys = [operand.value for operand in judged.apply.operands[::2] if isinstance(operand, Const)]
    fields = dict(zip(keys, judged.types[1::2], strict=False))
    if fields and len(keys) * 2 == len(judged.types) and all(isinstance(key, str) for key in keys):
        return Record("", "schema", "schema", tuple(_fields(fields)))
    return DictOf(join(judged.types[::2]), join(judged.types[1::2]))


def _fields(fields: Mapping[Scalar, Type]) -> Iterable[Field]:
    return (Field(str(key), type_) for key, type_ in fields.items())


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
    return signed if len(judged.types) == 2 or signed == ANYTHING else INT


def _extreme(judged: Judged) -> Type:
    if len(judged.types) == 1:
        return _items(judged)
    known = [option for index in range(len(judged.types)) for option in judged.options(index)]
    for left, right in product(known[:1], known[1:]):
        if not _ordered(left, right, "<"):
            return judged.wrong(
                f"{_shown(left)} and {_shown(right)} have no order between them", _CONVERT
            )
    return join(known)


def _items(judged: Judged) -> Type:
    found: list[Type] = []
    for option in judged.options(0):
        item = items_of(widened(option))
        if item is None:
            return judged.wrong(f"{show(option)} holds no items")
        found.append(item)
    return join(found)


def _sorted(judged: Judged) -> Type:
    return ListOf(_items(judged))


def _sum(judged: Judged) -> Type:
    found: list[Type] = []
    for option in options(_items(judged)):
        kind = kind_of(widened(option))
        if kind not in {"number", "unknown"} and not defines(option, "__radd__"):
            return judged.wrong(f"{show(judged.types[0])} holds other items than numbers")
        found.append(number_of(option) if kind == "number" else ANYTHING)
    return join(found)


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
    "order": _order,
    "add": _add,
    "arithmetic": _arithmetic,
    "mul": _mul,
    "truediv": _truediv,
    "pow": _pow,
    "sign": _sign,
    "attr": attr,
    "getitem": getitem,
    "slice": sliced,
    "size": _size,
    "membership": _membership,
    "holding": _holding,
    "if": _choice,
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "dict": _dict,
    "text": _text,
    "whole": _whole,
    "real": _real,
    "round": _round,
    "extreme": _extreme,
    "sum": _sum,
    "sorted": _sorted,
    "text_to_text": _text_to_text,
    "text_to_bool": _text_to_bool,
    "split": _split,
}
"""The function of each rule."""
