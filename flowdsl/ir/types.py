"""Value types: what a port carries, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import TypeAlias

from flowdsl.ir.expr import Scalar


@dataclass(frozen=True, slots=True)
class Anything:
    """Nothing is known or promised (`Any`, `object`, no annotation); a source of this type is checked at run time."""


@dataclass(frozen=True, slots=True)
class Json:
    """Any JSON value: what an untyped legacy value is."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A built-in value type."""

    name: OneOf["str", "int", "float", "bool", "bytes", "None"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set of plain values (`Literal[...]`)."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class EnumOf:
    """A member of an `enum.Enum`."""

    origin: str
    """`module:qualname` of the class."""
    members: tuple[tuple[str, Scalar], ...]
    """Name and value of each member; a value JSON cannot hold is given as its `repr`."""
    python: type | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list[item]`; also the abstract `Sequence`, `Iterable` and `Collection`."""

    item: Type
    abstract: bool = False
    """The annotation was an abstract one: a target of this kind takes any collection of fitting items."""


@dataclass(frozen=True, slots=True)
class SetOf:
    """`set[item]` or `frozenset[item]`."""

    item: Type
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class DictOf:
    """`dict[key, value]` or `Mapping[key, value]`."""

    key: Type
    value: Type
    abstract: bool = False


@dataclass(frozen=True, slots=True)
class TupleOf:
    """`tuple[a, b]`; with `rest`, `tuple[item, ...]`."""

    items: tuple[Type, ...]
    rest: Type | None = None


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types; flattened, each once, in the order written."""

    options: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A named part of a record."""

    name: str
    type: Type
    required: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A pydantic model, a dataclass, a TypedDict, a NamedTuple, or an object schema out of YAML."""

    name: str
    origin: str
    """`module:qualname` of the class; `schema` for a record that only a schema describes."""
    kind: OneOf["model", "dataclass", "typeddict", "namedtuple", "schema"]
    fields: tuple[Field, ...]
    bases: tuple[str, ...] = ()
    """Origins of the classes it inherits from."""
    description: str = ""
    python: type | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A record met again inside itself (a recursive type), by origin."""

    origin: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of some other class (`datetime`, `Path`, `Decimal`, a user's own)."""

    origin: str
    bases: tuple[str, ...] = ()
    """Origins of its base classes, nearest first, `object` left out."""
    python: type | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Media:
    """An image or a document that a model is shown."""

    kind: OneOf["image", "document"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A type variable of a generic step, bound anew at each call."""

    name: str
    bound: Type | None = None


Type: TypeAlias = (
    Anything
    | Json
    | Plain
    | Choice
    | EnumOf
    | ListOf
    | SetOf
    | DictOf
    | TupleOf
    | Union
    | Record
    | Named
    | Instance
    | Media
    | Variable
)

ANYTHING = Anything()
JSON = Json()
STR = Plain("str")
INT = Plain("int")
FLOAT = Plain("float")
BOOL = Plain("bool")
BYTES = Plain("bytes")
NONE = Plain("None")
