"""The type of what is reached inside a value: a field, an item, a part."""

from __future__ import annotations

from flowdsl.errors.base import near
from flowdsl.errors.expressions import UnknownFieldError
from flowdsl.expressions.bounds import readable
from flowdsl.expressions.judging import Judged, said
from flowdsl.expressions.kinds import (
    is_none,
    is_whole,
    items_of,
    kind_of,
    may_equal,
    options,
    widened,
)
from flowdsl.ir.expr import Const, Scalar
from flowdsl.ir.nominal import class_of
from flowdsl.ir.select import entry_of, field_names, field_of, join
from flowdsl.ir.show import show
from flowdsl.ir.types import ANYTHING, INT, DictOf, Instance, Json, ListOf, TupleOf, Type

SLICE = Instance("builtins:slice", python=slice)
"""The type of `slice(start, stop, step)`."""


def attr(judged: Judged) -> Type:
    """`value.name`."""
    written = judged.apply.operands[1]
    name = str(written.value) if isinstance(written, Const) else ""
    found: list[Type] = []
    for option in judged.options(0):
        field = _field(option, name)
        if field is None:
            judged.problems.append(
                UnknownFieldError(
                    judged.text(),
                    field=name,
                    owner=show(option),
                    known=tuple(field_names(option)),
                    advice=_field_advice(judged, option, name),
                    place=judged.place,
                )
            )
            return ANYTHING
        found.append(field)
    return join(found)


def _field(option: Type, name: str) -> Type | None:
    if not readable(name):
        return None
    if kind_of(option) == "dict":
        return None
    if isinstance(option, Instance):
        return _of_instance(option, name)
    return ANYTHING if isinstance(option, Json) else field_of(option, name)


def _of_instance(option: Instance, name: str) -> Type | None:
    """What a class says of its objects' attributes; those with a `__dict__` may have more than it says."""
    cls = option.python
    if cls is None or (not hasattr(cls, name) and cls.__dictoffset__):
        return ANYTHING
    return field_of(option, name)


def _field_advice(judged: Judged, option: Type, name: str) -> str:
    owner = judged.describe(judged.apply.operands[0])
    if not readable(name):
        return "expressions read public fields; do the rest in a @step."
    if kind_of(option) == "dict":
        known = field_names(option)
        return (
            near(name, known)
            if known and name not in known
            else f'it is a dict: write {owner}["{name}"].'
        )
    if callable(getattr(class_of(option), name, None)):
        return f"'{name}' is a method: call it in a @step."
    if kind_of(option) == "list":
        return f"it is a list: reach one item, or go over all with each({owner}, …)."
    return ""


def getitem(judged: Judged) -> Type:
    """`value[index]`."""
    found: list[Type] = []
    for option in judged.options(0):
        type_ = _part(judged, option)
        if type_ is None:
            return ANYTHING
        found.append(type_)
    return join(found)


def _part(judged: Judged, option: Type) -> Type | None:
    """What an index reaches in one option of a type; `None` when a problem was reported."""
    base = widened(option)
    kind = kind_of(base)
    if kind in {"number", "set", "enum", "record"}:
        judged.wrong(f"{show(option)} cannot be indexed")
        return None
    if judged.types[1] == SLICE:
        return _cut(judged, base)
    match judged.apply.operands[1]:
        case Const(key):
            return _entry(judged, base, key)
        case _:
            return _some_entry(judged, base)


def _cut(judged: Judged, base: Type) -> Type | None:
    match base:
        case TupleOf():
            return TupleOf((), items_of(base))
        case ListOf(item):
            return ListOf(item)
        case _ if kind_of(base) == "dict":
            judged.wrong(f"{show(base)} has no order to cut a part out of")
            return None
        case _:
            return base if kind_of(base) in {"text", "bytes"} else ANYTHING


def _entry(judged: Judged, base: Type, key: Scalar) -> Type | None:
    found = (
        ANYTHING
        if kind_of(base) == "unknown" and not isinstance(base, ListOf)
        else entry_of(base, key)
    )
    if kind_of(base) == "bytes" and isinstance(key, int):
        found = INT
    if found is None:
        _report_entry(judged, base, key)
    return found


def _report_entry(judged: Judged, base: Type, key: Scalar) -> None:
    known = tuple(field_names(base))
    if known and isinstance(key, str):
        judged.problems.append(
            UnknownFieldError(
                judged.text(), field=key, owner=show(base), known=known, place=judged.place
            )
        )
    else:
        judged.wrong(f"{show(base)} has no entry {key!r}")


def _some_entry(judged: Judged, base: Type) -> Type | None:
    """What an index known only at run time reaches."""
    index = judged.types[1]
    if kind_of(base) == "unknown" and not isinstance(base, ListOf):
        return ANYTHING
    if kind_of(base) == "dict":
        keys = items_of(base)
        good = keys is None or may_equal(index, keys)
    else:
        good = all(map(is_whole, options(index)))
    if not good:
        judged.wrong(f"{show(base)} is not indexed by {said(index)}")
        return None
    if kind_of(base) == "dict":
        return base.value if isinstance(base, DictOf) else _any_field(base)
    return items_of(base)


def _any_field(record: Type) -> Type:
    fields = (field_of(record, name) for name in field_names(record))
    return join(each for each in fields if each is not None)


def sliced(judged: Judged) -> Type:
    """`slice(start, stop, step)`, whose bounds are whole numbers or None."""
    for type_ in judged.types:
        for option in options(type_):
            if not (is_whole(option) or is_none(option)):
                judged.wrong(f"a part is cut out by whole numbers, not by {said(option)}")
    return SLICE
