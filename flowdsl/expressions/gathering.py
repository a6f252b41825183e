"""The rules of collections: displays, sizes, membership, sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowdsl.expressions.judging import Judged, said
from flowdsl.expressions.kinds import (
    Kind,
    defines,
    items_of,
    kind_of,
    may_equal,
    number_of,
    options,
    widened,
)
from flowdsl.expressions.ordering import items
from flowdsl.ir.expr import Const, Scalar
from flowdsl.ir.select import join
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    INT,
    DictOf,
    Field,
    ListOf,
    Record,
    SetOf,
    TupleOf,
    Type,
)

_SIZED: frozenset[Kind] = frozenset({"text", "bytes", "list", "tuple", "set", "dict", "unknown"})
_UNHASHABLE: frozenset[Kind] = frozenset({"list", "dict"})


def size(judged: Judged) -> Type:
    """`len`."""
    for option in judged.options(0):
        if kind_of(widened(option)) not in _SIZED and not defines(option, "__len__"):
            judged.wrong(f"{show(option)} has no size")
    return INT


def membership(judged: Judged) -> Type:
    """`item in container` and `item not in container`."""
    return _inside(judged, item=0, container=1)


def holding(judged: Judged) -> Type:
    """`contains(container, item)`."""
    return _inside(judged, item=1, container=0)


def _inside(judged: Judged, *, item: int, container: int) -> Type:
    for option in judged.options(container):
        inside = items_of(widened(option))
        if inside is not None:
            _may_hold(judged, widened(option), inside, item)
        elif not defines(option, "__contains__"):
            judged.wrong(f"{show(option)} contains nothing", "ask a list, a dict, a set or a text.")
    return BOOL


def _may_hold(judged: Judged, container: Type, inside: Type, item: int) -> None:
    sought = judged.types[item]
    kind = kind_of(container)
    if kind == "text":
        for option in judged.options(item):
            if kind_of(widened(option)) not in {"text", "unknown"}:
                judged.wrong(f"only a text is in a text, and {show(option)} is none")
    elif not may_equal(sought, inside):
        judged.wrong(f"{show(container)} never contains {said(sought)}")
    elif kind in {"set", "dict"}:
        _hashable(judged, [sought])


def _hashable(judged: Judged, types: Iterable[Type]) -> None:
    for type_ in types:
        for option in options(type_):
            if not _has_hash(option):
                judged.wrong(f"{show(option)} can be neither in a set nor a key of a dict")


def _has_hash(option: Type) -> bool:
    match option:
        case TupleOf():
            return all(
                _has_hash(each)
                for part in (*option.items, option.rest)
                if part
                for each in options(part)
            )
        case SetOf():
            return option.frozen
        case _:
            return kind_of(option) not in _UNHASHABLE


def display_list(judged: Judged) -> Type:
    """A list display."""
    return ListOf(join(judged.types))


def display_tuple(judged: Judged) -> Type:
    """A tuple display."""
    return TupleOf(judged.types)


def display_set(judged: Judged) -> Type:
    """A set display."""
    _hashable(judged, judged.types)
    return SetOf(join(judged.types))


def display_dict(judged: Judged) -> Type:
    """A dict display: a record when all keys are texts written out, so that a step's TypedDict takes it."""
    keys = [operand.value for operand in judged.apply.operands[::2] if isinstance(operand, Const)]
    fields = dict(zip(keys, judged.types[1::2], strict=False))
    if fields and len(keys) * 2 == len(judged.types) and all(isinstance(key, str) for key in keys):
        return Record("", "schema", "schema", tuple(_fields(fields)))
    _hashable(judged, judged.types[::2])
    return DictOf(join(judged.types[::2]), join(judged.types[1::2]))


def _fields(fields: Mapping[Scalar, Type]) -> Iterable[Field]:
    return (Field(str(key), type_) for key, type_ in fields.items())


def total(judged: Judged) -> Type:
    """`sum`."""
    found: list[Type] = []
    for option in options(items(judged)):
        kind = kind_of(widened(option))
        if kind not in {"number", "unknown"} and not defines(option, "__radd__"):
            return judged.wrong(f"{show(judged.types[0])} holds other items than numbers")
        found.append(number_of(option) if kind == "number" else ANYTHING)
    return join(found)
