"""Value types: what a port carries, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
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

    def __eq__(self, other: object) -> bool:
        # 1 and True are different choices although Python calls them equal.
        if not isinstance(other, Choice):
            return False
        mine, theirs = ([(type(value), value) for value in each.values] for each in (self, other))
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self.values)


@dataclass(frozen=True, slots=True)
class EnumOf:
    """A member of an `enum.Enum`."""

    origin: str
    """`module:qualname` of the class."""
    members: tuple[tuple[str, Scalar], ...]
    """Name and value of each member; a value JSON cannot hold is given as its `repr`."""
    plain: OneOf["", "str", "int", "float"] = ""
    """The built-in its members are values of (`StrEnum`, `IntEnum`); empty for a plain `Enum`."""
    whole: bool = True
    """All its members; `Literal[Color.RED]` has fewer."""
    python: type | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list[item]`; also the abstract `Sequence`, `Iterable` and `Collection`."""

    item: Type
    abstract: OneOf["", "Sequence", "Collection", "Iterable"] = ""
    """The abstract annotation written, which takes more than lists: tuples, and but for `Sequence` sets and dicts."""


@dataclass(frozen=True, slots=True)
class SetOf:
    """`set[item]` or `frozenset[item]`; also the abstract `Set`."""

    item: Type
    frozen: bool = False
    abstract: bool = False
    """The annotation was `collections.abc.Set`, which takes both."""


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
    """`module:qualname` of the class; `schema:NAME` (`schema` without a name) for one that only a schema describes."""
    kind: OneOf["model", "dataclass", "typeddict", "namedtuple", "schema"]
    fields: tuple[Field, ...]
    bases: tuple[str, ...] = ()
    """Origins of the classes it inherits from."""
    description: str = ""
    arguments: tuple[Type, ...] = ()
    """What a generic class was given: `int` in `Box[int]`, which is then part of `name` and `origin` too."""
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


def union_of(types: Iterable[Type]) -> Type:
    """One type for "one of these": flattened, each once, all choices in one; `ANYTHING` if that is among them or none is."""
    options: dict[Type, None] = {}
    choices: dict[tuple[type, Scalar], Scalar] = {}
    place: Choice | None = None
    for each in types:
        for option in each.options if isinstance(each, Union) else (each,):
            if isinstance(option, Choice):
                choices.update({(type(value), value): value for value in option.values})
                place = place or option
                options[place] = None
            else:
                options[option] = None
    merged = [Choice(tuple(choices.values())) if each is place else each for each in options]
    if not merged or ANYTHING in merged:
        return ANYTHING
    return merged[0] if len(merged) == 1 else Union(tuple(merged))
