"""Type variables of generic steps: bound by what flows in, put into what comes out."""

from __future__ import annotations

from collections.abc import Mapping

from flowdsl.ir.fits import fits
from flowdsl.ir.parts import mapped, parts_of
from flowdsl.ir.types import (
    DictOf,
    ListOf,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
    union_of,
)


def bind(source: Type, target: Type, bindings: dict[str, Type]) -> bool:
    """Whether `source` fits a port of a generic step; adds what its variables stand for to `bindings`.

    A variable met twice stands for either: `def both(a: T, b: T)` given an `int` and a `str` binds `int | str`.
    """
    _collect(source, target, bindings)
    # Against the variables' own bounds too, which what was bound stands in for.
    return fits(source, target) and fits(source, substitute(target, bindings))


def substitute(type_: Type, bindings: Mapping[str, Type]) -> Type:
    """The type with its variables replaced; an unbound one stays. The same object if nothing changes."""
    if isinstance(type_, Variable):
        return bindings.get(type_.name, type_)
    return mapped(type_, lambda part: substitute(part, bindings))


def has_variables(type_: Type) -> bool:
    """Whether a step with this type in its signature is generic."""
    return isinstance(type_, Variable) or any(map(has_variables, parts_of(type_)))


def _collect(source: Type, target: Type, bindings: dict[str, Type]) -> None:
    match target:
        case Variable(name):
            bindings[name] = union_of((bindings[name], source)) if name in bindings else source
        case Union(options):
            _collect_union(source, options, bindings)
        case ListOf(wanted):
            for item in _items(source):
                _collect(item, wanted, bindings)
        case _ if type(source) is type(target):
            for mine, theirs in zip(parts_of(source), parts_of(target), strict=False):
                _collect(mine, theirs, bindings)
        case _:
            pass


def _collect_union(source: Type, options: tuple[Type, ...], bindings: dict[str, Type]) -> None:
    """What fits an option without variables is spoken for; the rest is what the variables stand for."""
    plain = [option for option in options if not has_variables(option)]
    given = source.options if isinstance(source, Union) else (source,)
    left = [each for each in given if not any(fits(each, option) for option in plain)]
    for option in options:
        if option not in plain and left:
            _collect(union_of(left), option, bindings)


def _items(source: Type) -> tuple[Type, ...]:
    match source:
        case ListOf(item) | SetOf(item) | DictOf(item):
            return (item,)
        case TupleOf():
            return parts_of(source)
        case Union(options):
            return tuple(item for option in options for item in _items(option))
        case _:
            return ()
