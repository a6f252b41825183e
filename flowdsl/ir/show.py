"""Types as short text, in Python's own spelling."""

from __future__ import annotations

from typing import assert_never

from flowdsl.ir.types import (
    Anything,
    Choice,
    DictOf,
    EnumOf,
    Instance,
    Json,
    ListOf,
    Media,
    Named,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
)


def show(type_: Type) -> str:
    """Write a type as a user would: `list[Issue]`, `str | None`, `Literal['a', 'b']`."""
    match type_:
        case ListOf() | SetOf() | DictOf() | TupleOf():
            return _collection(type_)
        case Union(options):
            return " | ".join(map(show, options))
        case Choice(values):
            return f"Literal[{', '.join(map(repr, values))}]"
        case Record():
            return type_.name or "{" + ", ".join(field.name for field in type_.fields) + "}"
        case _:
            return _leaf(type_)


def class_name(origin: str) -> str:
    """Short name of the class an origin such as `datetime:date` stands for."""
    return origin.rpartition(":")[2].rpartition("<locals>.")[2]


def _collection(type_: ListOf | SetOf | DictOf | TupleOf) -> str:
    match type_:
        case ListOf(item, abstract):
            return f"{abstract or 'list'}[{show(item)}]"
        case SetOf(item, frozen, abstract):
            return f"{'Set' if abstract else 'frozenset' if frozen else 'set'}[{show(item)}]"
        case DictOf(key, value, abstract):
            return f"{'Mapping' if abstract else 'dict'}[{show(key)}, {show(value)}]"
        case _:
            return f"tuple[{', '.join(_positions(type_.items, type_.rest)) or '()'}]"


def _positions(items: tuple[Type, ...], rest: Type | None) -> list[str]:
    shown = [show(item) for item in items]
    if rest is None:
        return shown
    return [*shown, f"*tuple[{show(rest)}, ...]"] if shown else [show(rest), "..."]


def _leaf(
    type_: Anything | Json | Plain | EnumOf | Named | Instance | Media | Variable,
) -> str:
    match type_:
        case Anything():
            return "Any"
        case Json():
            return "Json"
        case Plain(name) | Variable(name):
            return name
        case EnumOf(origin, members):
            name = class_name(origin)
            chosen = ", ".join(f"{name}.{member}" for member, _ in members)
            return name if type_.whole else f"Literal[{chosen}]"
        case Named(origin) | Instance(origin):
            return class_name(origin)
        case Media(kind):
            return kind.capitalize()
        case _:
            assert_never(type_)
