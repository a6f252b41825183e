"""Values → JSON without loss: what JSON lacks is an object with a `$type`."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from flowdsl.errors.types import NotEncodableError
from flowdsl.ir.classes import kind_of, origin_of, stored_names
from flowdsl.ir.narrowing import is_dict, is_list, is_set, is_tuple

TAG = "$type"
"""Key of the objects that stand for what JSON lacks; a dict that has it itself is written as pairs."""


def encode(value: object) -> object:
    """The value as JSON scalars, lists and dicts; `decode` gives an equal value of the same types back.

    Raises:
        NotEncodableError: A part is of a class that cannot be written, with its path; or nesting has no end.
    """
    try:
        return _write(value, None)
    except RecursionError:
        why = "it is nested too deeply or contains itself"
        raise NotEncodableError("", type(value).__name__, why) from None


def canonical(value: object) -> bytes:
    """Bytes for hashing, whatever the order of dicts and sets.

    Equal bytes mean equal values of the same types. Values that Python calls equal have different bytes where a
    step could tell them apart: `1` and `True`, `0.0` and `-0.0`, a model with a field given or left at its default.

    Raises:
        NotEncodableError: As `encode`.
    """
    written = encode(value)
    found = dumps(written)
    return dumps(_settled(written)) if b'"$type":"dict"' in found else found


def dumps(written: object) -> bytes:
    """JSON bytes with sorted keys and without spaces."""
    import orjson

    try:
        return orjson.dumps(written, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # nested deeper than orjson goes
        import json

        return json.dumps(
            written, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()


class _At(NamedTuple):
    """Where in the value: the last step of the way, and the way to it."""

    before: _At | None
    step: str

    def __str__(self) -> str:
        steps: list[str] = []
        at: _At | None = self
        while at is not None:
            steps.append(at.step)
            at = at.before
        return "".join(reversed(steps))


def _write(value: object, at: _At | None) -> object:
    cls = type(value)
    if value is None or cls is bool:
        return value
    if cls in _SCALARS:
        return _scalar(value)
    if cls in _COLLECTIONS:
        return _collection(value, at)
    # By name, so that none of these modules is loaded for the sake of the question.
    known = _KNOWN.get(f"{cls.__module__.partition('.')[0]}:{cls.__qualname__}")
    return _object(value, cls, at) if known is None else {TAG: known[0], **known[1](value, at)}


_SCALARS = frozenset({str, int, float})
_COLLECTIONS = frozenset({list, dict, tuple, set, frozenset})
_INT_RANGE = range(-(2**63), 2**63)
_Parts = dict[str, object]


def _scalar(value: object) -> object:
    if isinstance(value, str):
        if value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value):
            return value
        return {TAG: "str", "value": _base64(value.encode("utf-8", "surrogatepass"))}
    if isinstance(value, int):
        return value if value in _INT_RANGE else {TAG: "int", "value": hex(value)}
    finite = isinstance(value, float) and math.isfinite(value)
    return value if finite else {TAG: "float", "value": repr(value)}


def _collection(value: object, at: _At | None) -> object:
    if is_list(value):
        return _items(value, at)
    if is_dict(value):
        return _dict(value, at)
    if is_set(value):
        kind = "set" if isinstance(value, set) else "frozenset"
        step = _At(at, "{…}")
        return {TAG: kind, "value": sorted((_write(item, step) for item in value), key=dumps)}
    return {TAG: "tuple", "value": _items(value, at) if is_tuple(value) else []}


def _items(values: Iterable[object], at: _At | None) -> list[object]:
    return [_write(item, _At(at, f"[{index}]")) for index, item in enumerate(values)]


def _dict(value: Mapping[object, object], at: _At | None) -> object:
    written: _Parts = {}
    for key, item in value.items():
        if type(key) is not str or key == TAG or not isinstance(_scalar(key), str):
            return {TAG: "dict", "value": _pairs(value, at)}
        written[key] = _write(item, _At(at, f"[{key!r}]"))
    return written


def _pairs(value: Mapping[object, object], at: _At | None) -> list[object]:
    return [
        [_write(key, _At(at, f".key({key!r})")), _write(item, _At(at, f"[{key!r}]"))]
        for key, item in value.items()
    ]


def _object(value: object, cls: type[object], at: _At | None) -> object:
    """An object of a user's class, by what kind of class it is."""
    if isinstance(value, enum.Enum):
        by_value = isinstance(value, enum.Flag)
        part = {"value": _write(value.value, at)} if by_value else {"name": value.name}
        return {TAG: "enum", "class": origin_of(cls), **part}
    kind = kind_of(cls)
    if kind == "namedtuple" and is_tuple(value):
        return {TAG: kind, "class": origin_of(cls), "value": _items(value, at)}
    if kind == "dataclass" and not _LOSES_CONTENT.intersection(cls.__mro__):
        fields = _attributes(value, stored_names(cls), at)
        return {TAG: kind, "class": origin_of(cls), "value": fields}
    if kind == "model":
        return {TAG: kind, "class": origin_of(cls), **_model(value, cls, at)}
    raise NotEncodableError("" if at is None else str(at), origin_of(cls))


_LOSES_CONTENT: frozenset[type] = frozenset(
    {BaseException, str, int, float, bytes, list, dict, tuple, set, frozenset}
)
"""A dataclass that is one of these too has more in it than its fields."""


def _attributes(value: object, names: Iterable[str], at: _At | None) -> _Parts:
    found: _Parts = {}
    owner = origin_of(value.__class__)
    for name in names:
        step = _At(at, f".{name}")
        try:
            part: object = getattr(value, name)
        except AttributeError:
            why = "the attribute was never set"
            raise NotEncodableError(str(step), owner, why) from None
        found[name] = _write(part, step)
    return found


def _model(value: object, cls: type, at: _At | None) -> _Parts:
    """A pydantic model's fields, and which were given, extras and private ones where that is not the plain case."""
    fields: Mapping[str, object] = getattr(cls, "__pydantic_fields__", {})
    written: _Parts = {"value": _attributes(value, fields, at)}
    given: frozenset[str] = frozenset(getattr(value, "__pydantic_fields_set__", fields))
    if given != frozenset(fields):
        written["given"] = sorted(given)
    for name in ("extra", "private"):
        part: object = getattr(value, f"__pydantic_{name}__", None)
        if is_dict(part) and part:
            kept = {key: each for key, each in part.items() if _is_set(each)}
            written[name] = _write(kept, _At(at, f".__pydantic_{name}__"))
    return written


def _is_set(value: object) -> bool:
    return type(value).__name__ != "PydanticUndefinedType"


def _settled(written: object) -> object:
    """The written form with the pairs of its dicts in a fixed order."""
    if is_list(written):
        return [_settled(item) for item in written]
    if not is_dict(written):
        return written
    parts = {key: _settled(item) for key, item in written.items()}
    pairs = parts.get("value")
    if parts.get(TAG) == "dict" and is_list(pairs):
        parts["value"] = sorted(pairs, key=dumps)
    return parts


def _base64(content: bytes) -> str:
    from base64 import b64encode

    return b64encode(content).decode("ascii")


def _as_bytes(value: object, _: _At | None) -> _Parts:
    return {"value": _base64(value if isinstance(value, bytes) else b"")}


def _as_text(value: object, _: _At | None) -> _Parts:
    return {"value": str(value)}


def _as_time(value: object, at: _At | None) -> _Parts:
    """A date, a time of day or both: its text, the zone's name, and which of two equal clock times it is."""
    from datetime import datetime, time, timezone

    if not isinstance(value, datetime | time):
        return _as_text(value, at)
    zone: object = value.tzinfo
    key: object = None
    if zone is not None and type(zone) is not timezone:
        key = getattr(zone, "key", None)
        if origin_of(type(zone)) != "zoneinfo:ZoneInfo" or not isinstance(key, str):
            raise NotEncodableError(f"{at or ''}.tzinfo", origin_of(type(zone)))
        value = value.replace(tzinfo=None)
    parts: _Parts = {"value": value.isoformat()}
    if value.fold:
        parts["fold"] = value.fold
    return parts if key is None else {**parts, "zone": key}


def _as_span(value: object, _: _At | None) -> _Parts:
    return {"value": [getattr(value, name) for name in ("days", "seconds", "microseconds")]}


_KNOWN: Mapping[str, tuple[str, Callable[[object, _At | None], _Parts]]] = {
    "builtins:bytes": ("bytes", _as_bytes),
    "datetime:date": ("date", _as_time),
    "datetime:datetime": ("datetime", _as_time),
    "datetime:time": ("time", _as_time),
    "datetime:timedelta": ("timedelta", _as_span),
    "decimal:Decimal": ("decimal", _as_text),
    "pathlib:PosixPath": ("path", _as_text),
    "pathlib:PurePosixPath": ("posixpath", _as_text),
    "pathlib:PureWindowsPath": ("windowspath", _as_text),
    "pathlib:WindowsPath": ("path", _as_text),
    "uuid:UUID": ("uuid", _as_text),
}
