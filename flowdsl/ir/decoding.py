"""JSON with `$type`s → values. Nothing is imported and no constructor of a user's class is called."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Mapping

from flowdsl.errors.types import MalformedValueError, UnknownClassError
from flowdsl.ir.classes import kind_of, origin_of, stored_names
from flowdsl.ir.encoding import TAG
from flowdsl.ir.narrowing import is_dict, is_list

_Classes = Mapping[str, type]
_Tagged = Mapping[object, object]


def decode(document: object, *, classes: Mapping[str, type] | None = None) -> object:
    """The value that `encode` has written as `document`.

    Args:
        document: JSON scalars, lists and dicts.
        classes: Classes by `module:qualname`, looked up first; others are found in modules already loaded.

    Raises:
        UnknownClassError: A class is not loaded, or its fields have changed.
        MalformedValueError: The document is not one that `encode` writes.
    """
    return _read(document, classes or {})


def _read(document: object, classes: _Classes) -> object:
    if is_list(document):
        return [_read(item, classes) for item in document]
    if not is_dict(document):
        return document
    if TAG not in document:
        return {key: _read(item, classes) for key, item in document.items()}
    tag = document[TAG]
    reader = _READERS.get(tag) if isinstance(tag, str) else None
    if reader is None:
        raise MalformedValueError(str(tag))
    try:
        return reader(document, classes)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        raise MalformedValueError(str(tag)) from None


def _text(document: _Tagged, key: str = "value") -> str:
    found = document[key]
    if not isinstance(found, str):
        raise TypeError(key)
    return found


def _items(document: _Tagged, classes: _Classes) -> list[object]:
    found = document["value"]
    if not is_list(found):
        raise TypeError(TAG)
    return [_read(item, classes) for item in found]


def _fields(document: _Tagged, key: str, classes: _Classes) -> dict[str, object]:
    found = _read(document.get(key, {}), classes)
    if not is_dict(found):
        raise TypeError(key)
    return {str(name): value for name, value in found.items()}


def _pairs(document: _Tagged, classes: _Classes) -> dict[object, object]:
    made: dict[object, object] = {}
    for pair in _items(document, classes):
        if not is_list(pair):
            raise TypeError(TAG)
        key, value = pair
        made[key] = value
    return made


def _bytes(document: _Tagged) -> bytes:
    from base64 import b64decode

    return b64decode(_text(document), validate=True)


def _time(document: _Tagged) -> object:
    from datetime import datetime, time

    cls = datetime if document[TAG] == "datetime" else time
    value = cls.fromisoformat(_text(document))
    if "fold" in document:
        value = value.replace(fold=1)
    if "zone" not in document:
        return value
    from zoneinfo import ZoneInfo

    return value.replace(tzinfo=ZoneInfo(_text(document, "zone")))


def _date(document: _Tagged) -> object:
    from datetime import date

    return date.fromisoformat(_text(document))


def _span(document: _Tagged) -> object:
    from datetime import timedelta

    days, seconds, microseconds = (int(str(part)) for part in _items(document, {}))
    return timedelta(days, seconds, microseconds)


def _decimal(document: _Tagged) -> object:
    from decimal import Decimal

    return Decimal(_text(document))


def _uuid(document: _Tagged) -> object:
    from uuid import UUID

    return UUID(_text(document))


def _path(document: _Tagged) -> object:
    from pathlib import Path, PurePosixPath, PureWindowsPath

    pure = {"path": Path, "posixpath": PurePosixPath, "windowspath": PureWindowsPath}
    return pure[_text(document, TAG)](_text(document))


def _class(document: _Tagged, classes: _Classes) -> type:
    name = _text(document, "class")
    found: object = classes.get(name)
    if found is None:
        module, _, qualname = name.partition(":")
        found = sys.modules.get(module)
        if found is None:
            raise UnknownClassError(name)
        plain = qualname.partition("[")[0]
        for part in plain.split("."):
            # Not getattr: a module may answer it by importing something.
            found = vars(found).get(part) if hasattr(found, "__dict__") else None
        if plain != qualname and isinstance(found, type):
            given: list[type] = type.__subclasses__(found)
            found = next((each for each in given if origin_of(each) == name), None)
    if not isinstance(found, type):
        raise UnknownClassError(name, "its module has no such class")
    return found


def _enum(document: _Tagged, classes: _Classes) -> object:
    cls = _class(document, classes)
    if not issubclass(cls, enum.Enum):
        raise UnknownClassError(_text(document, "class"), "it is no Enum now")
    if "name" not in document:
        return cls(_read(document["value"], classes))
    name = _text(document, "name")
    if name not in cls.__members__:
        raise UnknownClassError(_text(document, "class"), f"it has no member '{name}' now")
    return cls[name]


def _record(document: _Tagged, classes: _Classes) -> object:
    cls = _class(document, classes)
    name, kind = _text(document, "class"), _text(document, TAG)
    if kind_of(cls) != kind:
        raise UnknownClassError(name, f"it is no {kind} now")
    if kind == "namedtuple":
        items = _items(document, classes)
        _same_fields(name, getattr(cls, "_fields", ()), items)
        make: Callable[[list[object]], object] = getattr(cls, "_make", tuple)
        return make(items)
    values = _fields(document, "value", classes)
    if kind == "dataclass":
        return _dataclass(cls, name, values)
    return _model(document, cls, values, classes)


def _same_fields(name: str, known: tuple[str, ...], given: object) -> None:
    same = len(given) == len(known) if is_list(given) else given == set(known)
    if not same:
        raise UnknownClassError(name, "its fields have changed")


def _dataclass(cls: type[object], name: str, values: dict[str, object]) -> object:
    _same_fields(name, stored_names(cls), set(values))
    made = object.__new__(cls)
    for key, value in values.items():
        object.__setattr__(made, key, value)
    return made


def _model(
    document: _Tagged, cls: type[object], values: dict[str, object], classes: _Classes
) -> object:
    fields: Mapping[str, object] = getattr(cls, "__pydantic_fields__", {})
    _same_fields(_text(document, "class"), tuple(fields), set(values))
    given = document.get("given", list(fields))
    made = object.__new__(cls)
    extra = getattr(cls, "model_config", {}).get("extra") == "allow"
    private = bool(getattr(cls, "__private_attributes__", {}))
    state = {
        "__dict__": values,
        "__pydantic_fields_set__": set(given) if is_list(given) else set(fields),
        "__pydantic_extra__": _fields(document, "extra", classes) if extra else None,
        "__pydantic_private__": _fields(document, "private", classes) if private else None,
    }
    for key, value in state.items():
        object.__setattr__(made, key, value)
    return made


_READERS: Mapping[str, Callable[[_Tagged, _Classes], object]] = {
    "bytes": lambda document, _: _bytes(document),
    "dataclass": _record,
    "date": lambda document, _: _date(document),
    "datetime": lambda document, _: _time(document),
    "decimal": lambda document, _: _decimal(document),
    "dict": _pairs,
    "enum": _enum,
    "float": lambda document, _: float(_text(document)),
    "frozenset": lambda document, classes: frozenset(_items(document, classes)),
    "int": lambda document, _: int(_text(document), 16),
    "model": _record,
    "namedtuple": _record,
    "path": lambda document, _: _path(document),
    "posixpath": lambda document, _: _path(document),
    "set": lambda document, classes: set(_items(document, classes)),
    "str": lambda document, _: _bytes(document).decode("utf-8", "surrogatepass"),
    "time": lambda document, _: _time(document),
    "timedelta": lambda document, _: _span(document),
    "tuple": lambda document, classes: tuple(_items(document, classes)),
    "uuid": lambda document, _: _uuid(document),
    "windowspath": lambda document, _: _path(document),
}
