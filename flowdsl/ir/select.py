"""The type of a part of a value: an item, a field, an entry; and the common type of several values."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flowdsl.ir.expr import Scalar
from flowdsl.ir.fits import fits
from flowdsl.ir.nominal import base_of, class_of, is_dict
from flowdsl.ir.parts import mapped, parts_of
from flowdsl.ir.types import (
    ANYTHING,
    JSON,
    NONE,
    STR,
    Anything,
    Choice,
    DictOf,
    EnumOf,
    Instance,
    Json,
    ListOf,
    Named,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
    union_of,
)


def item_of(type_: Type) -> Type | None:
    """The type of each item when the value is iterated; `None` if it is not a collection.

    Text is no collection here: who goes through its letters has most often forgotten a list.
    """
    match type_:
        case Anything() | Json():
            return type_
        case ListOf(item) | SetOf(item) | DictOf(item):
            return item
        case TupleOf():
            return join(parts_of(type_))
        case Record() if is_dict(type_):
            return STR
        case Plain() | Choice() | EnumOf():
            return None
        case _:
            return _part(type_, item_of, "__iter__")


def field_of(type_: Type, name: str) -> Type | None:
    """The type of `value.name` (of `value["name"]` for dicts); `None` if there is no such field.

    A field that may be missing has the type it has when it is there. What a class offers beside its fields is `ANYTHING`.
    """
    match type_:
        case Anything() | Json():
            return type_
        case DictOf(key, value):
            return value if fits(STR, key) else None
        case Record():
            found = next((each for each in type_.fields if each.name == name), None)
            return _attribute(type_, name) if found is None else unrolled(found.type, type_)
        case EnumOf(members=members):
            if name not in {"name", "value"}:
                return _attribute(type_, name)
            return Choice(tuple(member if name == "name" else value for member, value in members))
        case _:
            return _part(type_, lambda each: field_of(each, name), name)


def entry_of(type_: Type, key: Scalar) -> Type | None:
    """The type of `value[key]` for a key known now; `None` if the value has no such entries."""
    match type_:
        case Anything() | Json():
            return type_
        case ListOf() | TupleOf() | Plain("str") if isinstance(key, int):
            return _position(type_, key)
        case DictOf(wanted, value):
            return value if fits(NONE if key is None else Choice((key,)), wanted) else None
        case Record() if is_dict(type_) and isinstance(key, str):
            return field_of(type_, key)
        case _:
            return _part(type_, lambda each: entry_of(each, key), "__getitem__")


def field_names(type_: Type) -> list[str]:
    """Names of the fields known, in order, for messages that offer near ones."""
    match type_:
        case Record():
            return [field.name for field in type_.fields]
        case Union(options):
            return list(dict.fromkeys(name for each in options for name in field_names(each)))
        case EnumOf():
            return ["name", "value"]
        case _:
            return []


def without_none(type_: Type) -> Type:
    """The type with `None` ruled out; the same object if it never is."""
    if not isinstance(type_, Union) or NONE not in type_.options:
        return type_
    return union_of(option for option in type_.options if option != NONE)


def may_be_none(type_: Type) -> bool:
    """Whether `None` is among the values, as far as is known."""
    return fits(NONE, type_)


def join(types: Iterable[Type]) -> Type:
    """The common type of values that come from several places: their union without what another option covers."""
    joined = union_of(types)
    if not isinstance(joined, Union):
        return joined
    kept: list[Type] = [JSON] if JSON in joined.options else []
    for option in joined.options:
        if not any(fits(option, each) for each in kept):
            kept = [each for each in kept if each == JSON or not fits(each, option)]
            kept.append(option)
    return union_of(kept)


def unrolled(type_: Type, record: Record) -> Type:
    """The type with the record itself in place of its name, so that a part of a recursive type stands alone."""
    if isinstance(type_, Named):
        return record if type_.origin == record.origin else type_
    if isinstance(type_, Record) and type_.origin == record.origin:
        return type_
    return mapped(type_, lambda part: unrolled(part, record))


def _part(type_: Type, part: Callable[[Type], Type | None], name: str) -> Type | None:
    """The part of whatever the type stands for; for a class, whether it has such an attribute."""
    match type_:
        case Union(options):
            found = [part(option) for option in options]
            known = [each for each in found if each is not None]
            return join(known) if len(known) == len(found) else None
        case Variable(_, bound):
            return ANYTHING if bound is None else part(bound)
        case Instance():
            return _attribute(type_, name)
        case Named():
            return ANYTHING
        case _:
            base = base_of(type_)
            return None if base is None else part(base)


def _attribute(type_: Type, name: str) -> Type | None:
    """A property or attribute of the class; methods are no values that flow."""
    cls = class_of(type_)
    if cls is None or (isinstance(type_, Record) and is_dict(type_)):
        return ANYTHING if isinstance(type_, Instance) else None
    dunder = name.startswith("__")
    found = getattr(cls, name, None)
    return ANYTHING if found is not None and (dunder or not callable(found)) else None


def _position(type_: ListOf | TupleOf | Plain, index: int) -> Type | None:
    if isinstance(type_, Plain):
        return STR
    if isinstance(type_, ListOf):
        return type_.item if type_.abstract in {"", "Sequence"} else None
    items, rest = type_.items, type_.rest
    if rest is None:
        return items[index] if -len(items) <= index < len(items) else None
    if 0 <= index < len(items):
        return items[index]
    return rest if index >= 0 else join((*items, rest))
