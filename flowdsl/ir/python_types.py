"""Types → Python annotations that pydantic can validate; records that only a schema describes become TypedDicts."""

from __future__ import annotations

import sys
import types
import typing
from collections import abc
from collections.abc import Callable, Mapping
from typing import Protocol

from flowdsl.ir.media_form import media_form
from flowdsl.ir.nominal import class_of
from flowdsl.ir.types import (
    NONE,
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

_Open = Mapping[str, object]


def to_annotation(type_: Type) -> object:
    """An annotation for pydantic's `TypeAdapter`: the very classes where they are loaded.

    A record that only a schema describes becomes a TypedDict without further keys, the same one for equal records;
    what cannot be validated (classes not loaded) becomes `Any`. Of the abstract collections pydantic knows
    `Sequence`, which stands for `Collection` and `Iterable` too.
    """
    return _annotation(type_, {})


class _Form(Protocol):
    def __getitem__(self, key: object, /) -> object: ...


_FORMS: Mapping[str, _Form] = vars(typing)
_ANYTHING: object = vars(typing)["Any"]


def _annotation(type_: Type, scope: _Open) -> object:
    match type_:
        case ListOf() | SetOf() | DictOf() | TupleOf():
            return _collection(type_, scope)
        case Union(options):
            return _FORMS["Union"][tuple(_annotation(option, scope) for option in options)]
        case Choice() | EnumOf():
            return _choice(type_)
        case Record():
            return _record(type_, scope)
        case Named(origin):
            return scope.get(origin, _ANYTHING)
        case _:
            return _leaf(type_)


def _choice(type_: Choice | EnumOf) -> object:
    if isinstance(type_, Choice):
        return _FORMS["Literal"][type_.values]
    cls = type_.python
    if cls is None:
        return _FORMS["Literal"][tuple(value for _, value in type_.members)]
    if type_.whole:
        return cls
    return _FORMS["Literal"][tuple(getattr(cls, name) for name, _ in type_.members)]


def _leaf(type_: Plain | Anything | Json | Instance | Media | Variable) -> object:
    match type_:
        case Plain():
            return None if type_ == NONE else class_of(type_)
        case Instance(_, _, cls) if cls is not None:
            return _instance(cls)
        case Variable(_, bound) if bound is not None:
            return to_annotation(bound)
        case Media():
            return media_form(type_)
        case _:
            return _ANYTHING


def _instance(cls: type) -> object:
    if cls.__module__.partition(".")[0] in _KNOWN_TO_PYDANTIC:
        return cls
    from pydantic import functional_validators

    checked: object = vars(functional_validators)["InstanceOf"][cls]
    return checked


_KNOWN_TO_PYDANTIC = frozenset(
    {"collections", "datetime", "decimal", "fractions", "ipaddress", "pathlib", "re", "uuid"}
)


def _collection(type_: ListOf | SetOf | DictOf | TupleOf, scope: _Open) -> object:
    match type_:
        case ListOf(item, abstract):
            cls = abc.Sequence if abstract else list
            return types.GenericAlias(cls, (_annotation(item, scope),))
        case SetOf(item, frozen, abstract):
            kind = abc.Set if abstract else frozenset if frozen else set
            return types.GenericAlias(kind, (_annotation(item, scope),))
        case DictOf(key, value, abstract):
            ends = (_annotation(key, scope), _annotation(value, scope))
            return types.GenericAlias(abc.Mapping if abstract else dict, ends)
        case _:
            return _tuple(type_, scope)


def _tuple(type_: TupleOf, scope: _Open) -> object:
    fixed = [_annotation(item, scope) for item in type_.items]
    if type_.rest is None:
        return types.GenericAlias(tuple, tuple(fixed))
    more = types.GenericAlias(tuple, (_annotation(type_.rest, scope), ...))
    return types.GenericAlias(tuple, (*fixed, *more)) if fixed else more


def _record(record: Record, scope: _Open) -> object:
    cls = record.python
    if cls is None or (record.kind == "typeddict" and _is_refused(cls)):
        return _made.get(record) or _make(record, scope)
    if not record.arguments or vars(cls).get("__pydantic_generic_metadata__", {}).get("args"):
        return cls
    arguments = tuple(_annotation(each, scope) for each in record.arguments)
    return _given(cls, arguments)


def _given(generic: type, arguments: tuple[object, ...]) -> object:
    name = "__class_getitem__"
    make: Callable[[tuple[object, ...]], object] = getattr(generic, name)
    return make(arguments)


def _is_refused(typed_dict: type) -> bool:
    """Before Python 3.12 pydantic takes TypedDicts of `typing_extensions` only."""
    return sys.version_info < (3, 12) and type(typed_dict).__module__ == "typing"


_made: dict[Record, object] = {}


def _make(record: Record, scope: _Open) -> object:
    """A TypedDict; its annotations are put in afterwards, so that they can name the class itself."""
    from pydantic import Field as Described
    from typing_extensions import TypedDict

    def body(namespace: dict[str, object]) -> None:
        namespace["__annotations__"] = {
            field.name: object if field.required else _FORMS["NotRequired"][object]
            for field in record.fields
        }
        namespace["__doc__"] = record.description or None
        namespace["__module__"] = __name__
        namespace["__pydantic_config__"] = {"extra": "forbid"}

    made = types.new_class(record.name or "Record", (TypedDict,), exec_body=body)
    inside = {**scope, record.origin: made}
    for field in record.fields:
        hint = _annotation(field.type, inside)
        if field.description:
            hint = _FORMS["Annotated"][hint, Described(description=field.description)]
        made.__annotations__[field.name] = hint if field.required else _FORMS["NotRequired"][hint]
    if not scope:
        _made[record] = made
    return made
