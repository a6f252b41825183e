"""Data classes to JSON and back, derived from their annotations, so that a new node kind needs no code here."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache, partial
from typing import (
    Literal,
    NamedTuple,
    NewType,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from flowdsl.errors.base import FlowError, near
from flowdsl.ir.decoding import decode
from flowdsl.ir.effects import Effect
from flowdsl.ir.encoding import encode
from flowdsl.ir.expr import Expr, Scalar
from flowdsl.ir.expr_codec import read_expr, write_expr
from flowdsl.ir.kinds import KINDS, LATE
from flowdsl.ir.malformed import MalformedError, Problem, not_a
from flowdsl.ir.narrowing import is_dict, is_list, is_mapping, is_tuple
from flowdsl.ir.node import Node

T = TypeVar("T")
TAG = "is"
"""Key that says which class of a union a JSON object stands for."""
_PLAIN: Mapping[object, tuple[type, ...]] = {
    str: (str,),
    bool: (bool,),
    int: (int,),
    float: (int, float),
    type(None): (type(None),),
}


_OWN: Mapping[object, Callable[[], Codec]] = {
    object: lambda: Codec(encode, _read_value),
    Scalar: lambda: Codec(encode, _read_value),
    Expr: lambda: Codec(write_expr, read_expr),
    Node: lambda: _tagged(dict(KINDS)),
    Effect: lambda: Codec(_write_effect, _read_effect),
}
"""Annotations that are written in a form of their own."""


class Codec(NamedTuple):
    """How values of one annotation are written and read; reading is given the path for its problems."""

    write: Callable[[object], object]
    read: Callable[[object, str], object]


class _Slot(NamedTuple):
    """A field of a class, with its codec."""

    name: str
    codec: Codec
    has_default: bool
    default: object


@cache
def codec_of(hint: object) -> Codec:
    """The codec of an annotation."""
    if isinstance(hint, NewType):
        return codec_of(hint.__supertype__)
    if hint in _PLAIN:
        return Codec(_same, partial(_read_plain, _PLAIN[hint]))
    if hint in _OWN:
        return _OWN[hint]()
    if isinstance(hint, type) and get_origin(hint) is None:
        return Codec(partial(write_class, hint), partial(read_class, hint))
    return _of_form(get_origin(hint), get_args(hint))


def _of_form(origin: object, arguments: tuple[object, ...]) -> Codec:
    if origin is Literal:
        return Codec(_same, partial(_read_literal, arguments))
    if origin is Union or origin is types.UnionType:
        return _optional(arguments)
    if origin is tuple and arguments[-1] is ...:
        item = codec_of(arguments[0])
        return Codec(partial(_write_list, item), partial(_read_list, item))
    if origin is tuple:
        items = tuple(map(codec_of, arguments))
        return Codec(partial(_write_pair, items), partial(_read_pair, items))
    value = codec_of(arguments[1])
    return Codec(partial(_write_mapping, value), partial(_read_mapping, value))


def _optional(options: tuple[object, ...]) -> Codec:
    others = [each for each in options if each is not type(None)]
    if len(others) == 1:
        inner = codec_of(others[0])
    else:
        inner = _tagged({each.__name__.lower(): each for each in others if isinstance(each, type)})
    if type(None) not in options:
        return inner
    return Codec(partial(_write_optional, inner), partial(_read_optional, inner))


def _write_optional(inner: Codec, value: object) -> object:
    return None if value is None else inner.write(value)


def _read_optional(inner: Codec, value: object, path: str) -> object:
    return None if value is None else inner.read(value, path)


def _tagged(classes: Mapping[str, type]) -> Codec:
    tags = {cls: tag for tag, cls in classes.items()}

    def write(value: object) -> object:
        return {TAG: tags[type(value)], **write_class(type(value), value)}

    def read(value: object, path: str) -> object:
        if not is_dict(value):
            raise MalformedError(not_a("an object", value, path))
        tag = value.get(TAG)
        if not isinstance(tag, str) or tag not in classes:
            shown = f"has no {TAG!r}" if tag is None else f"has the unknown kind {tag!r}"
            raise MalformedError(Problem(path, shown, near(str(tag), list(classes))))
        cls: type[object] = classes[tag]
        return read_class(cls, {k: v for k, v in value.items() if k != TAG}, path)

    return Codec(write, read)


def _same(value: object) -> object:
    return value


def _read_plain(classes: tuple[type, ...], value: object, path: str) -> object:
    if type(value) not in classes:
        raise MalformedError(not_a(classes[-1].__name__, value, path))
    return value


def _read_literal(options: tuple[object, ...], value: object, path: str) -> object:
    if value not in options:
        known = [str(each) for each in options]
        raise MalformedError(Problem(path, f"unknown value {value!r}", near(str(value), known)))
    return value


def _read_value(value: object, path: str) -> object:
    try:
        return decode(value)
    except FlowError as error:
        raise MalformedError(
            Problem(path, f"a value can't be read: {error.message.rstrip('.')}")
        ) from error


def _write_effect(value: object) -> object:
    return [each.name for each in value] if isinstance(value, Effect) else value


def _read_effect(value: object, path: str) -> object:
    found = Effect.NONE
    for name in _items(value, path):
        if not isinstance(name, str) or name not in Effect.__members__:
            known = near(str(name), list(Effect.__members__))
            raise MalformedError(Problem(path, f"unknown effect {name!r}", known))
        found |= Effect[name]
    return found


def _gathered(parts: Iterator[Callable[[], object]]) -> list[object]:
    """The parts' values; if some are malformed, the problems of all of them."""
    found: list[object] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            found.append(part())
        except MalformedError as error:
            problems.extend(error.problems)
    if problems:
        raise MalformedError(*problems)
    return found


def _items(value: object, path: str) -> list[object]:
    if not is_list(value):
        raise MalformedError(not_a("a list", value, path))
    return value


def _write_list(item: Codec, value: object) -> object:
    return [item.write(each) for each in value] if is_tuple(value) else value


def _read_list(item: Codec, value: object, path: str) -> object:
    items = enumerate(_items(value, path))
    return tuple(_gathered(partial(item.read, each, f"{path}[{at}]") for at, each in items))


def _write_pair(items: tuple[Codec, ...], value: object) -> object:
    pairs = zip(items, value if is_tuple(value) else (), strict=True)
    return [item.write(each) for item, each in pairs]


def _read_pair(items: tuple[Codec, ...], value: object, path: str) -> object:
    found = _items(value, path)
    if len(found) != len(items):
        raise MalformedError(Problem(path, f"expected {len(items)} items, found {len(found)}"))
    pairs = enumerate(zip(items, found, strict=True))
    return tuple(_gathered(partial(item.read, each, f"{path}[{at}]") for at, (item, each) in pairs))


def _write_mapping(item: Codec, value: object) -> object:
    return {str(key): item.write(each) for key, each in value.items()} if is_mapping(value) else {}


def _read_mapping(item: Codec, value: object, path: str) -> object:
    if not is_dict(value):
        raise MalformedError(not_a("an object", value, path))
    read = _gathered(partial(item.read, each, f"{path}.{key}") for key, each in value.items())
    return types.MappingProxyType(dict(zip(value, read, strict=True)))


@cache
def _slots(cls: type) -> tuple[_Slot, ...]:
    hints = get_type_hints(cls, localns=LATE)
    defaults: dict[str, object] = vars(cls).get("_field_defaults", {})
    if is_dataclass(cls):
        written = [each for each in fields(cls) if not _is_live(hints[each.name])]
        return tuple(
            _Slot(each.name, codec_of(hints[each.name]), *_default(each)) for each in written
        )
    return tuple(
        _Slot(name, codec_of(hint), name in defaults, defaults.get(name))
        for name, hint in hints.items()
    )


def _is_live(hint: object) -> bool:
    # A function or a class lives in this process only; its origin is a field of its own.
    return any(each is type or get_origin(each) is Callable for each in get_args(hint))


def _default(field: Field[object]) -> tuple[bool, object]:
    if field.default_factory is not MISSING:
        return True, field.default_factory()
    return field.default is not MISSING, field.default


def write_class(cls: type, value: object) -> dict[str, object]:
    """Write the fields of one class that differ from their defaults."""
    written: dict[str, object] = {}
    for slot in _slots(cls):
        part: object = getattr(value, slot.name)
        if not (slot.has_default and type(part) is type(slot.default) and part == slot.default):
            written[slot.name] = slot.codec.write(part)
    return written


def read_class(cls: type[T], value: object, path: str) -> T:
    """Read an object of one class.

    Raises:
        MalformedError: With every problem found.
    """
    if not is_dict(value):
        raise MalformedError(not_a("an object", value, path))
    plain: type = cls
    slots = {slot.name: slot for slot in _slots(plain)}
    parts: list[Callable[[], object]] = []
    names: list[str] = []
    for key, each in value.items():
        slot = slots.get(str(key))
        at = f"{path}.{key}" if path else str(key)
        parts.append(partial(slot.codec.read, each, at) if slot else partial(_unknown, at, slots))
        names.append(str(key))
    absent = [
        slot.name for slot in slots.values() if slot.name not in value and not slot.has_default
    ]
    parts.extend(partial(_missing, path, name) for name in absent)
    read = dict(zip(names, _gathered(iter(parts)), strict=False))
    return cls(**{name: read[name] for name in slots if name in read})


def _unknown(path: str, slots: Mapping[str, object]) -> object:
    known = near(path.rpartition(".")[2], list(slots))
    raise MalformedError(Problem(path, "there is no such field", known))


def _missing(path: str, name: str) -> object:
    raise MalformedError(Problem(path, f"the field {name!r} is missing"))
