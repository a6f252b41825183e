"""Classes and annotations that the tests of types share."""

import datetime as dt
import decimal
import enum
import uuid
from collections import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import (
    Annotated,
    Generic,
    Literal,
    NamedTuple,
    NotRequired,
    Protocol,
    TypeVar,
    get_args,
    get_origin,
)

from hypothesis import strategies as st
from pydantic import BaseModel, Field, JsonValue, type_adapter
from typing_extensions import TypedDict

T = TypeVar("T")


class Issue(BaseModel):
    """A defect."""

    severity: str
    line: int = Field(ge=1, description="counted from 1")


class Urgent(Issue):
    due: dt.date | None = None


class Tree(BaseModel):
    value: int
    children: list["Tree"] = []


class Box(BaseModel, Generic[T]):
    content: T


@dataclass(frozen=True)
class Pair(Generic[T]):
    left: T
    right: T


@dataclass(frozen=True)
class Span:
    start: int
    end: Annotated[int, "the first position after it"]
    tags: tuple[str, ...] = ()
    size: int = field(init=False, default=0, metadata={"description": "in characters"})


class Point(NamedTuple):
    x: int
    y: int = 0


class Named(TypedDict):
    name: str


class Person(Named):
    age: NotRequired[int]


class Branch(TypedDict):
    value: int
    children: list["Branch"]


class WideBranch(TypedDict):
    value: float
    children: Sequence["WideBranch"]


class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Shape(enum.Enum):
    ROUND = (1, 2)
    SQUARE = "square"


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Plain:
    """A class nothing is known about."""


class Text(str):
    __slots__ = ()


CONCRETE: list[object] = [
    None,
    bool,
    int,
    float,
    str,
    bytes,
    Literal["a", "b"],
    Literal["a"],
    Literal[1, 2],
    Literal[True],
    Literal["a", 1] | None,
    Literal[Color.RED],
    Color,
    Level,
    Shape,
    list[int],
    list[bool],
    list[str | None],
    list[Literal["a"]],
    Sequence[float],
    Sequence[int | str],
    abc.Collection[float],
    tuple[int, str],
    tuple[int, int],
    tuple[bool, ...],
    tuple[int, ...],
    tuple[int, Literal["a"]],
    tuple[()],
    set[int],
    frozenset[int],
    abc.Set[float],
    dict[str, int],
    dict[str, bool],
    Mapping[str, float],
    Mapping[str, str | int],
    int | None,
    str | None,
    str | int,
    int | str | None,
    float | None,
    Issue,
    Urgent,
    Issue | None,
    list[Urgent],
    list[Issue],
    Span,
    Point,
    Pair[int],
    Pair[float],
    Box[int],
    Tree,
    dt.datetime,
    dt.timedelta,
    uuid.UUID,
    decimal.Decimal,
]
"""Annotations on which fitting is an order: nothing in them is taken on trust."""

DICTS: list[object] = [Named, Person, Branch, WideBranch, dict[str, int | str], Mapping[str, str]]
"""TypedDicts may have more keys than they say, which is where a chain of fitting may break."""

JSONISH: list[object] = [JsonValue, list[JsonValue], dict[str, JsonValue]]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


class _Adapter(Protocol):
    def validate_python(self, value: object, /) -> object: ...
    def validate_json(self, text: str, /) -> object: ...


def values_of(annotation: object) -> st.SearchStrategy[object]:
    """Values of an annotation; `from_type` knows all but generic dataclasses."""
    if get_origin(annotation) is Pair:
        item = values_of(get_args(annotation)[0])
        return st.builds(Pair[object], item, item)
    if get_origin(annotation) is Sequence:  # for which `from_type` gives text and bytes too
        item = values_of(get_args(annotation)[0])
        return st.lists(item, max_size=4) | st.lists(item, max_size=4).map(tuple)
    return _from_type(type(None) if annotation is None else annotation)


# The annotations are made at run time, where a type checker cannot follow.
_from_type: Callable[[object], st.SearchStrategy[object]] = vars(st)["from_type"]
adapter_of: Callable[[object], _Adapter] = vars(type_adapter)["TypeAdapter"]
