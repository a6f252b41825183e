"""What kind of class an annotation names, and its fields as they are written."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Literal, NamedTuple

from flowdsl.ir.hints import hints_of
from flowdsl.ir.types import ANYTHING

RecordKind = Literal["model", "dataclass", "typeddict", "namedtuple"]


class RawField(NamedTuple):
    """A field before its annotation is read."""

    name: str
    annotation: object
    required: bool
    description: str


def is_class(annotation: object) -> typing.TypeGuard[type]:
    """A class itself, not a class given arguments."""
    return isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias)


def origin_of(cls: type) -> str:
    """`module:qualname`."""
    given: Mapping[str, object] = vars(cls).get("__pydantic_generic_metadata__", {})
    # Pydantic puts `Box[int]` into the module that first wrote it down.
    home = given.get("origin") or cls
    return f"{getattr(home, '__module__', '')}:{cls.__qualname__}"


def bases_of(cls: type) -> tuple[str, ...]:
    """Origins of the classes it inherits from, nearest first, `object` left out."""
    return tuple(origin_of(base) for base in cls.__mro__[1:] if base is not object)


def kind_of(cls: type) -> RecordKind | None:
    """How the class holds its fields; `None` when it is no record."""
    if hasattr(cls, "__required_keys__") and hasattr(cls, "__total__"):
        return "typeddict"
    if hasattr(cls, "__dataclass_fields__"):
        return "dataclass"
    if hasattr(cls, "__pydantic_fields__") and hasattr(cls, "__pydantic_complete__"):
        return "model"
    if tuple in cls.__mro__ and hasattr(cls, "_fields"):
        return "namedtuple"
    return None


def stored_names(cls: type[object]) -> tuple[str, ...]:
    """Names of a dataclass's fields, those left out of `__init__` too; none for another class."""
    return tuple(each.name for each in dataclasses.fields(cls)) if is_dataclass(cls) else ()


def raw_fields(cls: type, kind: RecordKind) -> Iterator[RawField]:
    """The fields of a record class, in order.

    Raises:
        UnresolvedHintError: An annotation names something unknown.
    """
    if kind == "model":
        yield from _model_fields(cls)
        return
    hints = hints_of(cls)
    if kind == "typeddict":
        required: frozenset[str] = getattr(cls, "__required_keys__", frozenset())
        for name, hint in hints.items():
            yield RawField(name, hint, _demanded(hint, default=name in required), _words(hint))
    elif kind == "namedtuple":
        names: tuple[str, ...] = getattr(cls, "_fields", ())
        defaults: Mapping[str, object] = getattr(cls, "_field_defaults", {})
        for name in names:
            hint = hints.get(name, ANYTHING)
            yield RawField(name, hint, name not in defaults, description_of(hint))
    else:
        yield from _dataclass_fields(cls, hints)


def description_of(annotation: object) -> str:
    """What `Annotated` says in words: a text, a `Doc`, or a pydantic `Field(description=...)`."""
    extras: tuple[object, ...] = getattr(annotation, "__metadata__", ())
    said = [
        text
        for extra in extras
        for text in (
            extra,
            getattr(extra, "description", None),
            getattr(extra, "documentation", None),
        )
        if isinstance(text, str)
    ]
    return said[0] if said else ""


def docstring_of(cls: type) -> str:
    """The class's own docstring, cleaned; empty where it has none or a generated one."""
    text = vars(cls).get("__doc__")
    if not isinstance(text, str) or text.startswith(f"{cls.__name__}("):
        return ""
    import inspect

    return inspect.cleandoc(text)


def _model_fields(cls: type) -> Iterator[RawField]:
    rebuild = getattr(cls, "model_rebuild", None)
    if rebuild is not None and not vars(cls).get("__pydantic_complete__", False):
        rebuild(raise_errors=False)
    fields: Mapping[str, object] = getattr(cls, "__pydantic_fields__", {})
    for name, info in fields.items():
        annotation: object = getattr(info, "annotation", ANYTHING)
        is_required = getattr(info, "is_required", None)
        said = getattr(info, "description", None)
        yield RawField(name, annotation, is_required is None or bool(is_required()), said or "")


def _dataclass_fields(cls: type[object], hints: Mapping[str, object]) -> Iterator[RawField]:
    for each in dataclasses.fields(cls) if is_dataclass(cls) else ():
        hint = hints.get(each.name, each.type)
        required = (
            each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
        )
        said = each.metadata.get("description")
        description = said if isinstance(said, str) else description_of(hint)
        yield RawField(each.name, hint, required and each.init, description)


def _demanded(hint: object, *, default: bool) -> bool:
    """`Required[...]` and `NotRequired[...]`, within `Annotated` or around it, stand over the class's own `total`."""
    for part in (hint, getattr(hint, "__origin__", None)):
        form: object = getattr(typing.get_origin(part), "_name", None)
        if form in {"Required", "NotRequired"}:
            return form == "Required"
    return default


def _words(hint: object) -> str:
    """What `Annotated` says, within `Required[...]` or around it."""
    return description_of(hint) or "".join(map(description_of, typing.get_args(hint)[:1]))
