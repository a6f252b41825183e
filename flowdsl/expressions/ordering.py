"""The rules of `<` and of what orders its operands: `min`, `max`, `sorted`."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

from flowdsl.expressions.judging import Judged
from flowdsl.expressions.kinds import Kind, defines, items_of, kind_of, options, widened
from flowdsl.ir.select import join
from flowdsl.ir.show import show
from flowdsl.ir.types import BOOL, ListOf, Type

CONVERT = "make both sides one kind of value first, in a @step."
"""The cure for operands of kinds that do not go together."""

_FLAT: frozenset[Kind] = frozenset({"number", "text", "bytes", "set"})
_REFLECTED = {
    "<": ("__lt__", "__gt__"),
    ">": ("__gt__", "__lt__"),
    "<=": ("__le__", "__ge__"),
    ">=": ("__ge__", "__le__"),
}


def order(judged: Judged) -> Type:
    """`<`, `<=`, `>` and `>=`."""
    for left, right in product(judged.options(0), judged.options(1)):
        if not _ordered(left, right, judged.row.symbol):
            _unordered(judged, left, right)
            break
    return BOOL


def extreme(judged: Judged) -> Type:
    """`min` and `max`, of one collection or of several values."""
    if len(judged.types) == 1:
        return _ordered_items(judged)
    several = tuple(
        option for index in range(len(judged.types)) for option in judged.options(index)
    )
    return _all_ordered(judged, several)


def sorted_list(judged: Judged) -> Type:
    """`sorted`."""
    return ListOf(_ordered_items(judged))


def items(judged: Judged) -> Type:
    """What the only operand holds; a problem when it is no collection."""
    found: list[Type] = []
    for option in judged.options(0):
        item = items_of(widened(option))
        if item is None:
            return judged.wrong(f"{show(option)} holds no items")
        found.append(item)
    return join(found)


def _ordered_items(judged: Judged) -> Type:
    return _all_ordered(judged, options(items(judged)))


def _all_ordered(judged: Judged, found: tuple[Type, ...]) -> Type:
    for left, right in combinations_with_replacement(found, 2):
        if not _ordered(left, right, "<"):
            return _unordered(judged, left, right)
    return join(found)


def _unordered(judged: Judged, left: Type, right: Type) -> Type:
    shown = [show(widened(each)) for each in (left, right)]
    return judged.wrong(f"{shown[0]} and {shown[1]} have no order between them", CONVERT)


def _ordered(left: Type, right: Type, symbol: str) -> bool:
    left, right = widened(left), widened(right)
    kinds = {kind_of(left), kind_of(right)}
    mine, theirs = _REFLECTED[symbol]
    if "unknown" in kinds or defines(left, mine) or defines(right, theirs):
        return True
    if len(kinds) > 1:
        return False
    return kinds <= _FLAT or _ordered_inside(left, right, symbol)


def _ordered_inside(left: Type, right: Type, symbol: str) -> bool:
    """Whether two lists, or two tuples, are ordered: by their first items that differ."""
    if kind_of(left) not in {"list", "tuple"}:
        return False
    inside = (items_of(left), items_of(right))
    return all(
        _ordered(mine, theirs, symbol)
        for mine, theirs in product(*(options(each) for each in inside if each is not None))
    )
