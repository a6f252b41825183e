"""Which parts of a return type models cannot be held to, found before any call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from flowdsl.errors.base import Place
from flowdsl.errors.prompts import SchemaLintError, Severity
from flowdsl.ir.types import (
    ANYTHING,
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

_Leaf: TypeAlias = (
    Anything | Json | Plain | Choice | EnumOf | DictOf | Named | Instance | Media | Variable
)

MAX_OPTIONAL = 24
"""Optional properties of one schema that Anthropic's API takes in strict mode."""
MAX_UNIONS = 16
"""Properties of more than one type that it takes."""

_WRITTEN_AS_TEXT = frozenset(
    {
        "datetime:date",
        "datetime:datetime",
        "datetime:time",
        "datetime:timedelta",
        "decimal:Decimal",
        "fractions:Fraction",
        "ipaddress:IPv4Address",
        "ipaddress:IPv6Address",
        "pathlib:Path",
        "pathlib:PurePath",
        "uuid:UUID",
    }
)
"""Classes that JSON holds as text, and pydantic reads back."""


def lint_type(type_: Type, *, place: Place | None = None) -> list[SchemaLintError]:
    """What the type alone tells, without a look at its classes; see `flowdsl.prompts.structured.lint`."""
    if type_ == ANYTHING:
        return []
    walk = _Walk(place)
    return [*walk.problems_of(type_, "$"), *walk.totals()]


@dataclass(slots=True)
class _Walk:
    """One look over a type; each record counts once, as each stands once among a schema's definitions."""

    place: Place | None
    optional: int = 0
    unions: int = 0
    seen: set[str] = field(default_factory=set[str])

    def problems_of(self, type_: Type, path: str) -> Iterator[SchemaLintError]:
        """Problems of one type and what is in it."""
        match type_:
            case ListOf(item) | SetOf(item):
                yield from self.problems_of(item, f"{path}[]")
            case TupleOf(items, rest):
                yield from self._tuple(items, rest, path)
            case Union(options):
                for option in options:
                    yield from self.problems_of(option, path)
            case Record():
                yield from self._record(type_, path)
            case _:
                unfit = _unfit(type_)
                if unfit is not None:
                    yield self._problem("error", path, *unfit)

    def totals(self) -> Iterator[SchemaLintError]:
        """Problems of the schema as a whole."""
        if self.optional > MAX_OPTIONAL:
            yield self._problem(
                "warning",
                "$",
                f"it has {self.optional} optional fields, and some providers take {MAX_OPTIONAL}",
                "make fields required, or ask for parts in several prompts.",
            )
        if self.unions > MAX_UNIONS:
            yield self._problem(
                "warning",
                "$",
                f"it has {self.unions} fields of several types, and some providers take {MAX_UNIONS}",
                "give fields one type, with an empty value in place of None.",
            )

    def _record(self, record: Record, path: str) -> Iterator[SchemaLintError]:
        if record.origin in self.seen and not record.origin.startswith("schema"):
            return
        self.seen.add(record.origin)
        for part in record.fields:
            self.optional += not part.required
            self.unions += isinstance(part.type, Union)
            yield from self.problems_of(part.type, f"{path}.{part.name}")

    def _tuple(
        self, items: tuple[Type, ...], rest: Type | None, path: str
    ) -> Iterator[SchemaLintError]:
        if items:
            yield self._problem(
                "warning",
                path,
                "some providers lose the types of a tuple's places",
                "use a model or a dataclass with named fields, or a list of one type.",
            )
        for n, item in enumerate(items):
            yield from self.problems_of(item, f"{path}[{n}]")
        if rest is not None:
            yield from self.problems_of(rest, f"{path}[]")

    def _problem(self, severity: Severity, path: str, reason: str, cure: str) -> SchemaLintError:
        return SchemaLintError(path, reason, severity=severity, cure=cure, place=self.place)


def _unfit(type_: _Leaf) -> tuple[str, str] | None:
    """Why a type without parts cannot be asked for, and what can; `None` when it can be."""
    match type_:
        case Plain("bytes"):
            return "JSON has no bytes", "ask for text, and decode it in a @step."
        case Plain() | Choice() | EnumOf():
            return None
        case Instance():
            return _unfit_class(type_)
        case _:
            return _unfit_form(type_)


def _unfit_class(type_: Instance) -> tuple[str, str] | None:
    if type_.origin in _WRITTEN_AS_TEXT:
        return None
    name = type_.origin.rpartition(":")[2]
    return (
        f"'{name}' is a class without declared fields",
        "make it a pydantic model or a dataclass.",
    )


def _unfit_form(type_: Anything | Json | DictOf | Named | Media | Variable) -> tuple[str, str]:
    match type_:
        case Anything() | Json():
            return "nothing says what it holds", "declare it: str, a model, a list of models."
        case DictOf():
            return (
                "a dict has open keys, which come back empty or without end",
                "use a model with fixed fields, or a list of a model with two fields such as `name` and `value`.",
            )
        case Named(origin):
            return (
                f"'{origin.rpartition(':')[2]}' holds itself, and recursive schemas are refused",
                "give a flat list whose items name their parent, or a model for each level.",
            )
        case Media(kind):
            return f"models that reply in text make no {kind}", "ask for text."
        case Variable(name):
            return f"'{name}' stands for no type yet", "name the type."
        case _:
            assert_never(type_)
