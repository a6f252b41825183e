"""What a type is made of, one level deep, and the same type made of other parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flowdsl.ir.types import DictOf, ListOf, Record, SetOf, TupleOf, Type, Union, union_of


def parts_of(type_: Type) -> tuple[Type, ...]:
    """The types a type is made of, in order; none for a leaf."""
    match type_:
        case ListOf(item) | SetOf(item):
            return (item,)
        case DictOf(key, value):
            return (key, value)
        case TupleOf(items, rest):
            return items if rest is None else (*items, rest)
        case Union(options):
            return options
        case Record(fields=fields, arguments=arguments):
            return (*(field.type for field in fields), *arguments)
        case _:
            return ()


def with_parts(type_: Type, parts: tuple[Type, ...]) -> Type:
    """The same kind of type with other parts, in the order of `parts_of`; a leaf as it is."""
    match type_:
        case ListOf() | SetOf():
            return replace(type_, item=parts[0])
        case DictOf():
            return replace(type_, key=parts[0], value=parts[1])
        case TupleOf(_, rest):
            return TupleOf(parts) if rest is None else TupleOf(parts[:-1], parts[-1])
        case Union():
            return union_of(parts)
        case Record(fields=fields):
            changed = zip(fields, parts, strict=False)
            return replace(
                type_,
                fields=tuple(replace(field, type=part) for field, part in changed),
                arguments=parts[len(fields) :],
            )
        case _:
            return type_


def mapped(type_: Type, change: Callable[[Type], Type]) -> Type:
    """The type with each of its parts changed; the same object if none is."""
    parts = parts_of(type_)
    changed = tuple(map(change, parts))
    same = all(new is old for new, old in zip(changed, parts, strict=True))
    return type_ if same else with_parts(type_, changed)
