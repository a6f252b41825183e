"""How a value reads inside a prompt: text as it stands, everything else as readable JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Protocol, TypeGuard, runtime_checkable

from flowdsl.errors.prompts import RenderError, UnshowableValueError

LINE = 88
"""Characters a JSON text may have before each of its items gets a line of its own."""

_AS_STR = frozenset({"Decimal", "Fraction", "UUID"})


@runtime_checkable
class _Dumps(Protocol):
    """A pydantic model."""

    def model_dump(self, *, mode: str) -> object: ...


@runtime_checkable
class _Dated(Protocol):
    """A date, a time, or both."""

    def isoformat(self) -> str: ...


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Whether the value has keys and values."""
    return isinstance(value, Mapping)


def is_set(value: object) -> TypeGuard[set[object] | frozenset[object]]:
    """Whether the value is a set, frozen or not."""
    return isinstance(value, set | frozenset)


def is_row(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    """Whether the value is a list or a tuple."""
    return isinstance(value, list | tuple)


def show(value: object) -> str:
    """The text a model reads for a value.

    Text stands as it is; numbers and booleans as Python writes them; dates in ISO form; models, dataclasses,
    lists and dicts as JSON, on one line when short, else an item a line.

    Raises:
        UnshowableValueError: The value has no text form.
        RenderError: The value is an image or a document, which cannot be part of a text.
    """
    plain = _plain(value)
    if isinstance(plain, str):
        return plain
    if plain is None or isinstance(plain, bool | int | float):
        return repr(plain)
    return _laid_out(to_document(plain))


def dumps(value: object) -> str:
    """The value as JSON on one line, with every letter readable."""
    return _json(to_document(value))


def to_document(value: object) -> object:
    """The value as plain JSON data; sets are sorted, so that the same value always reads the same.

    Raises:
        UnshowableValueError: The value, or something in it, has no JSON form.
        RenderError: There is an image or a document in it.
    """
    plain = _plain(value)
    if plain is None or isinstance(plain, str | bool | int | float):
        return plain
    if is_mapping(plain):
        return {show(key): to_document(item) for key, item in plain.items()}
    if is_set(plain):
        return [to_document(item) for item in in_order(plain)]
    if is_row(plain):
        items = [to_document(item) for item in plain]
        names: object = getattr(type(plain), "_fields", None)  # a named tuple's
        return dict(zip(names, items, strict=True)) if is_row(names) else items
    return _object(plain)


def in_order(values: Iterable[object]) -> list[object]:
    """The members of a set in an order that does not hang on hashing."""
    return sorted(values, key=lambda value: (type(value).__name__, show(value)))


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)


def _laid_out(document: object) -> str:
    text = _json(document)
    if len(text) <= LINE:
        return text
    if is_mapping(document):
        items = [f"  {_json(key)}: {_json(item)}" for key, item in document.items()]
        return "{\n" + ",\n".join(items) + "\n}"
    items = [f"  {_json(item)}" for item in document] if is_row(document) else []
    return "[\n" + ",\n".join(items) + "\n]"


def _plain(value: object) -> object:
    """What an enum member, a date, a path or a decimal number is written as; other values unchanged."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if type(value).__name__ in _AS_STR or hasattr(type(value), "__fspath__"):
        return str(value)
    if isinstance(value, _Dated) and not isinstance(value, type):
        return value.isoformat()
    return value


def _object(value: object) -> object:
    """The document of a model or a dataclass."""
    if hasattr(value, "__flowdsl_media__"):
        raise RenderError(
            f"a value of type '{type(value).__name__}' stands inside a text",
            place=None,
            cure="give it braces of its own, without filters: {{ picture }}.",
        )
    if isinstance(value, type):
        raise UnshowableValueError(f"type[{value.__name__}]")
    if isinstance(value, _Dumps):
        try:
            return to_document(value.model_dump(mode="json"))
        except ValueError as error:  # pydantic: a field holds what JSON cannot
            raise UnshowableValueError(type(value).__name__) from error
    if dataclasses.is_dataclass(value):
        return {
            part.name: to_document(getattr(value, part.name)) for part in dataclasses.fields(value)
        }
    raise UnshowableValueError(type(value).__name__)
