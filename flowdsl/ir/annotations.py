"""Python annotations → value types, without importing what the annotated classes are made with."""

from __future__ import annotations

import enum
import types
import typing
from collections import abc
from collections.abc import Mapping
from typing import Literal, NamedTuple

from flowdsl.errors.types import NotATypeError, UnresolvedHintError
from flowdsl.ir.classes import (
    RecordKind,
    bases_of,
    docstring_of,
    is_class,
    kind_of,
    origin_of,
    raw_fields,
)
from flowdsl.ir.expr import Scalar
from flowdsl.ir.hints import hints_of
from flowdsl.ir.parts import with_parts
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    BYTES,
    FLOAT,
    INT,
    JSON,
    NONE,
    STR,
    Choice,
    DictOf,
    EnumOf,
    Field,
    Instance,
    Json,
    ListOf,
    Media,
    Named,
    Record,
    SetOf,
    TupleOf,
    Type,
    Variable,
    union_of,
)

__all__ = ["JsonValue", "hints_of", "type_of"]

JsonValue = typing.Annotated[object, JSON]
"""Annotation for any JSON value; `pydantic.JsonValue` is read as the same."""


class _Scope(NamedTuple):
    """What stands around an annotation while it is read."""

    open: tuple[object, ...] = ()
    """Classes and aliases being read: one met again is recursive."""
    bound: Mapping[object, Type] = types.MappingProxyType({})
    """What a generic class's variables stand for."""

    def inside(self, opened: object, bound: Mapping[object, Type] | None = None) -> _Scope:
        return _Scope((*self.open, opened), self.bound if bound is None else bound)


def type_of(annotation: object) -> Type:
    """The value type an annotation stands for; equal annotations give the very same object.

    Args:
        annotation: Anything a hint may be; `inspect.Parameter.empty` and unknown special forms give `ANYTHING`.

    Raises:
        UnresolvedHintError: A class or alias inside names something unknown.
        NotATypeError: The annotation is a value.
    """
    try:
        # Unions are equal in any order, but are to be shown in the order written.
        key = annotation if is_class(annotation) else (annotation, repr(annotation))
        known = _known.get(key)
    except TypeError:
        return _read(annotation, _Scope())
    if known is None:
        known = _known[key] = _read(annotation, _Scope())
    return known


_known: dict[object, Type] = {}


def _read(annotation: object, scope: _Scope) -> Type:
    if is_class(annotation):
        return _SIMPLE[annotation] if annotation in _SIMPLE else _class(annotation, scope)
    origin: object = typing.get_origin(annotation)
    if origin is None:
        return _bare(annotation, scope)
    if origin is typing.Annotated:
        return _annotated(annotation, scope)
    if origin is tuple and not hasattr(annotation, "__args__"):  # a bare `typing.Tuple`
        return _SIMPLE[tuple]
    return _subscripted(origin, typing.get_args(annotation), scope)


def _bare(annotation: object, scope: _Scope) -> Type:
    """An annotation without brackets that is no class."""
    for special, type_ in _SPECIAL:
        if annotation is special:
            return type_
    if isinstance(annotation, typing.TypeVar):
        return _variable(annotation, scope)
    if isinstance(annotation, typing.NewType):
        return _read(annotation.__supertype__, scope)
    if isinstance(annotation, str | typing.ForwardRef):
        name = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        owner = next((each.__name__ for each in reversed(scope.open) if is_class(each)), name)
        raise UnresolvedHintError(owner, name)
    if type(annotation).__name__ == "TypeAliasType":
        return _alias(annotation, scope)
    if getattr(type(annotation), "__module__", "") in {"typing", "typing_extensions"}:
        return ANYTHING
    raise NotATypeError(repr(annotation))


def _variable(variable: typing.TypeVar, scope: _Scope) -> Type:
    if variable in scope.bound:
        return scope.bound[variable]
    if variable.__constraints__:
        return Variable(
            variable.__name__, union_of(_read(each, scope) for each in variable.__constraints__)
        )
    bound: object = variable.__bound__
    return Variable(variable.__name__, None if bound is None else _read(bound, scope))


def _alias(alias: object, scope: _Scope, arguments: tuple[object, ...] = ()) -> Type:
    """`type X = ...`: what it stands for; where it is met inside itself nothing more is known."""
    if alias in scope.open:
        return ANYTHING
    if getattr(alias, "__name__", "") == "JsonValue":
        return JSON
    parameters: tuple[object, ...] = getattr(alias, "__type_params__", ())
    read = [_read(each, scope) for each in arguments]
    bound = {**scope.bound, **dict(zip(parameters, read, strict=False))}
    return _read(_alias_value(alias), scope.inside(alias, bound))


def _alias_value(alias: object) -> object:
    """What an alias stands for; text in it is read where the alias is defined."""
    name = str(getattr(alias, "__name__", ""))
    home = {
        "__module__": getattr(alias, "__module__", ""),
        "__annotations__": {name: getattr(alias, "__value__", None)},
    }
    return hints_of(type(name, (), home))[name]


def _annotated(annotation: object, scope: _Scope) -> Type:
    for extra in getattr(annotation, "__metadata__", ()):
        if isinstance(extra, Json):
            return extra
    return _read(typing.get_args(annotation)[0], scope)


def _literal(value: object) -> Type:
    if value is None:
        return NONE
    if isinstance(value, enum.Enum):
        whole = _enum(type(value))
        members = ((value.name, _scalar(value.value)),)
        return EnumOf(whole.origin, members, whole.plain, len(type(value)) == 1, whole.python)
    return BYTES if isinstance(value, bytes) else Choice((_scalar(value),))


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, str | int | float | bool | None) else repr(value)


def _subscripted(origin: object, arguments: tuple[object, ...], scope: _Scope) -> Type:
    if origin is typing.Literal:
        return union_of(map(_literal, arguments))
    if origin in _UNIONS:
        return union_of(_read(each, scope) for each in arguments)
    if type(origin).__name__ == "TypeAliasType":
        return _alias(origin, scope, arguments)
    if not is_class(origin):
        # Final, Required and their like say something on the name, not on the value.
        return _read(arguments[0], scope) if arguments else ANYTHING
    return _given(origin, arguments, scope)


def _given(origin: type, arguments: tuple[object, ...], scope: _Scope) -> Type:
    """A class given arguments."""
    if origin is tuple:
        return _tuple(arguments, scope)
    if origin in _SIMPLE:
        read = tuple(_read(each, scope) for each in arguments)
        return with_parts(_SIMPLE[origin], read) if read else _SIMPLE[origin]
    return _class(origin, scope, arguments)


def _tuple(arguments: tuple[object, ...], scope: _Scope) -> TupleOf:
    items: list[Type] = []
    rest: Type | None = None
    for each in arguments:
        origin: object = typing.get_origin(each)
        if each is Ellipsis:
            rest = items.pop()
        elif origin is typing.Unpack or getattr(each, "__unpacked__", False):
            inner: object = typing.get_args(each)[0] if origin is typing.Unpack else each
            unpacked = _unpacked(inner, scope)
            items, rest = [*items, *unpacked.items], unpacked.rest
        else:
            items.append(_read(each, scope))
    return TupleOf(tuple(items), rest)


def _unpacked(inner: object, scope: _Scope) -> TupleOf:
    """`*tuple[...]`; of a type variable tuple nothing is known."""
    is_tuple = typing.get_origin(inner) is tuple
    return _tuple(typing.get_args(inner), scope) if is_tuple else TupleOf((), ANYTHING)


def _class(cls: type, scope: _Scope, arguments: tuple[object, ...] = ()) -> Type:
    media: object = getattr(cls, "__flowdsl_media__", None)
    if media in {"image", "document"}:
        return Media("image" if media == "image" else "document")
    if _has_members(cls):
        return _enum(cls)
    kind = kind_of(cls)
    if kind is not None:
        return _record(cls, kind, scope, tuple(_read(each, scope) for each in arguments))
    if getattr(cls, "_is_protocol", False) or origin_of(cls) in _UNTOLD:
        return ANYTHING
    return Instance(origin_of(cls), bases_of(cls), cls)


def _has_members(cls: type) -> typing.TypeGuard[type[enum.Enum]]:
    return issubclass(cls, enum.Enum) and len(cls) > 0


def _enum(cls: type[enum.Enum]) -> EnumOf:
    members = tuple((each.name, _scalar(each.value)) for each in cls)
    mixed_in = next((base for base in cls.__mro__ if base in {str, int, float}), None)
    return EnumOf(origin_of(cls), members, plain=_PLAIN[mixed_in], python=cls)


def _record(cls: type, kind: RecordKind, scope: _Scope, arguments: tuple[Type, ...]) -> Type:
    shown = f"[{', '.join(map(show, arguments))}]" if arguments else ""
    origin = origin_of(cls) + shown
    if (cls, arguments) in scope.open:
        return Named(origin)
    parameters: tuple[object, ...] = getattr(cls, "__parameters__", ())
    inside = scope.inside(cls, dict(zip(parameters, arguments, strict=False)))
    inside = inside.inside((cls, arguments))
    fields = tuple(
        Field(raw.name, _read(raw.annotation, inside), raw.required, raw.description)
        for raw in raw_fields(cls, kind)
    )
    given: Mapping[str, tuple[object, ...]] = vars(cls).get("__pydantic_generic_metadata__", {})
    written = [_read(each, inside) for each in given.get("args", ())]
    return Record(
        name=cls.__name__ + shown,
        origin=origin,
        kind=kind,
        fields=fields,
        bases=((origin_of(cls),) if shown else ()) + bases_of(cls),
        description=docstring_of(cls),
        arguments=arguments or tuple(written),
        python=cls,
    )


_SPECIAL: tuple[tuple[object, Type], ...] = (
    (None, NONE),
    (ANYTHING, ANYTHING),
    (typing.LiteralString, STR),
)
_UNTOLD = frozenset({"inspect:_empty", "typing:Any", "typing_extensions:Any"})
"""Classes that stand for no annotation; `Any` is one since Python 3.11."""
_UNIONS: frozenset[object] = frozenset({typing.Union, types.UnionType})
_PLAIN: Mapping[type | None, Literal["", "str", "int", "float"]] = {
    None: "",
    str: "str",
    int: "int",
    float: "float",
}
_SIMPLE: Mapping[type, Type] = {
    object: ANYTHING,
    type(None): NONE,
    str: STR,
    int: INT,
    float: FLOAT,
    bool: BOOL,
    bytes: BYTES,
    tuple: TupleOf((), ANYTHING),
    list: ListOf(ANYTHING),
    abc.MutableSequence: ListOf(ANYTHING),
    abc.Sequence: ListOf(ANYTHING, "Sequence"),
    abc.Collection: ListOf(ANYTHING, "Collection"),
    abc.Iterable: ListOf(ANYTHING, "Iterable"),
    set: SetOf(ANYTHING),
    abc.MutableSet: SetOf(ANYTHING),
    frozenset: SetOf(ANYTHING, frozen=True),
    abc.Set: SetOf(ANYTHING, abstract=True),
    dict: DictOf(ANYTHING, ANYTHING),
    abc.MutableMapping: DictOf(ANYTHING, ANYTHING),
    abc.Mapping: DictOf(ANYTHING, ANYTHING, abstract=True),
}
