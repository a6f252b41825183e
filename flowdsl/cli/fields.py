"""`--field`: one part of a value, named by dots; what the type says about it is looked at before the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import TypeGuard

from flowdsl.errors.setup import FieldError
from flowdsl.ir.select import entry_of, field_names, field_of, without_none
from flowdsl.ir.show import show
from flowdsl.ir.types import STR, Type


def check_field(path: str, type_: Type) -> None:
    """See whether a value of the type could have such a part.

    Args:
        path: Fields, entries and items by dots: `report.issues.0.line`.
        type_: What is known of the value.

    Raises:
        FieldError: It can't have it.
    """
    at = type_
    for name in path.split("."):
        whole = without_none(at)
        found = field_of(whole, name) if name else None
        if found is None and _is_number(name) and whole != STR:
            found = entry_of(whole, int(name))
        if found is None:
            raise FieldError(path, name, show(whole), field_names(whole))
        at = found


def field_in(value: object, path: str) -> object:
    """That part of a value.

    Raises:
        FieldError: It is not there.
    """
    at = value
    for name in path.split("."):
        at = _part(at, name, path)
    return at


def _part(value: object, name: str, path: str) -> object:
    if _is_mapping(value):
        known = {str(key): each for key, each in value.items()}
        if name not in known:
            raise FieldError(path, name, "the object", list(known))
        return known[name]
    if _is_list(value):
        if not _is_number(name) or not -len(value) <= int(name) < len(value):
            raise FieldError(path, name, f"the list of {len(value)}")
        return value[int(name)]
    offered = list(dict.fromkeys(_offered(value)))
    if name not in offered:
        raise FieldError(path, name, f"the {type(value).__name__}", offered)
    found: object = getattr(value, name)
    return found


def _offered(value: object) -> Iterator[str]:
    """Fields and properties; methods are no values."""
    if is_dataclass(value):
        yield from (each.name for each in fields(value))
    yield from (name for name in getattr(value, "__dict__", {}) if not name.startswith("_"))
    for base in type(value).__mro__:
        if not base.__module__.startswith("pydantic."):
            for name, each in vars(base).items():
                if isinstance(each, (property, cached_property)) and not name.startswith("_"):
                    yield name


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdecimal()


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))
