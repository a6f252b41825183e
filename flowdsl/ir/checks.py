"""A fast look whether a value is of a type, for what flows at run time. It looks at the value, not into it."""

from __future__ import annotations

import enum
from collections import abc
from collections.abc import Callable

from flowdsl.ir.classes import origin_of
from flowdsl.ir.narrowing import is_dict as is_a_dict
from flowdsl.ir.narrowing import is_tuple
from flowdsl.ir.nominal import class_of, is_dict
from flowdsl.ir.types import (
    Choice,
    DictOf,
    EnumOf,
    Instance,
    Json,
    ListOf,
    Media,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
)

Check = Callable[[object], bool]


def checker(type_: Type) -> Check:
    """A predicate on values: the right class, number of positions, keys, choice. An `int` is a fine `float`.

    Items of collections and fields of records are not looked at; `Anything` lets everything through.
    """
    match type_:
        case Plain("float"):
            return _instance_of(float, int)
        case ListOf() | SetOf() | DictOf() | TupleOf():
            return _collection(type_)
        case Union(options):
            return _any_of([checker(option) for option in options])
        case Record() if is_dict(type_):
            return _keyed({field.name for field in type_.fields if field.required})
        case Plain() | EnumOf() | Record() | Instance():
            return _of_class(type_)
        case _:
            return _other(type_)


def _other(type_: Type) -> Check:
    match type_:
        case Choice(values):
            allowed = {(type(value), value) for value in values}
            return lambda value: isinstance(value, _SCALARS) and (type(value), value) in allowed
        case Json():
            return _instance_of(str, int, float, list, dict, tuple, type(None))
        case Media(kind):
            return lambda value: getattr(value, "__flowdsl_media__", None) == kind
        case Variable(_, bound) if bound is not None:
            return checker(bound)
        case _:
            return _always


_SCALARS = (str, int, float, type(None))


def _always(_: object) -> bool:
    return True


def _instance_of(*classes: type) -> Check:
    return lambda value: isinstance(value, classes)


def _any_of(checks: list[Check]) -> Check:
    return lambda value: any(check(value) for check in checks)


def _keyed(required: set[str]) -> Check:
    return lambda value: is_a_dict(value) and required <= value.keys()


def _of_class(type_: Plain | EnumOf | Record | Instance) -> Check:
    """By class; by its name where the class is not loaded, or was defined anew in another notebook cell."""
    cls = class_of(type_)
    if isinstance(type_, Plain):
        return _instance_of(cls or object)
    origin = type_.origin
    members = frozenset(name for name, _ in type_.members) if isinstance(type_, EnumOf) else None

    def check(value: object) -> bool:
        if members is not None and getattr(value, "name", None) not in members:
            return isinstance(value, enum.Flag)
        if cls is not None and isinstance(value, cls):
            return True
        return any(origin_of(each) == origin for each in type(value).__mro__)

    return check


def _collection(type_: ListOf | SetOf | DictOf | TupleOf) -> Check:
    match type_:
        case ListOf(_, ""):
            return _instance_of(list)
        case ListOf(_, abstract):
            return _iterable(_ABSTRACT[abstract])
        case SetOf(_, frozen, abstract):
            return _instance_of(abc.Set if abstract else frozenset if frozen else set)
        case DictOf(_, _, abstract):
            return _instance_of(abc.Mapping if abstract else dict)
        case _:
            return _positions(len(type_.items), open_ended=type_.rest is not None)


_ABSTRACT = {"Sequence": abc.Sequence, "Collection": abc.Collection, "Iterable": abc.Iterable}


def _iterable(cls: type) -> Check:
    def check(value: object) -> bool:
        return isinstance(value, list) or (
            isinstance(value, cls) and not isinstance(value, str | bytes)
        )

    return check


def _positions(count: int, *, open_ended: bool) -> Check:
    def check(value: object) -> bool:
        if not is_tuple(value):
            return False
        return len(value) >= count if open_ended else len(value) == count

    return check
