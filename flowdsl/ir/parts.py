"""What a type is made of, one level deep, and the same type made of other parts."""

from __future__ import annotations

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
    """The same kind of collection or union with other parts, in the order of `parts_of`; anything else as it is."""
    match type_:
        case ListOf() | SetOf():
            return replace(type_, item=parts[0])
        case DictOf():
            return replace(type_, key=parts[0], value=parts[1])
        case TupleOf(_, rest):
            return TupleOf(parts) if rest is None else TupleOf(parts[:-1], parts[-1])
        case Union():
            return union_of(parts)
        case _:
            return type_
