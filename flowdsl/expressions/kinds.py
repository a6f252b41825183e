"""Types as operators see them: which options there are, what kind of value each is, what is inside."""

from __future__ import annotations

from typing import Literal

from flowdsl.ir.nominal import base_of, is_dict
from flowdsl.ir.select import item_of
from flowdsl.ir.types import (
    FLOAT,
    INT,
    NONE,
    STR,
    Choice,
    DictOf,
    EnumOf,
    Instance,
    ListOf,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
)

Kind = Literal[
    "number", "text", "bytes", "none", "list", "tuple", "set", "dict", "enum", "record", "unknown"
]
"""What operators tell apart; of the unknown kind nothing is promised, and nothing is a problem."""

_PLAIN: dict[str, Kind] = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "number",
    "bytes": "bytes",
    "None": "none",
}


def options(type_: Type) -> tuple[Type, ...]:
    """The types it may turn out to be: those of a union, the values of a choice one by one."""
    if type(type_) is Plain:
        return (type_,)
    match type_:
        case Union(several):
            return tuple(option for each in several for option in options(each))
        case Choice(values) if len(values) > 1:
            return tuple(Choice((value,)) for value in values)
        case Variable(_, bound) if bound is not None:
            return options(bound)
        case _:
            return (type_,)


def is_none(type_: Type) -> bool:
    """Whether it is the type of None alone."""
    match type_:
        case Plain("None") | Choice((None,)):
            return True
        case _:
            return False


def kind_of(option: Type) -> Kind:
    """The kind of one option of a type."""
    match option:
        case Plain(name):
            return _PLAIN[name]
        case Choice((value, *_)):
            return _PLAIN["None" if value is None else type(value).__name__]
        case EnumOf():
            return "enum"
        case Record():
            return (
                "dict" if is_dict(option) else "tuple" if option.kind == "namedtuple" else "record"
            )
        case ListOf(_, abstract):
            return "unknown" if abstract else "list"
        case _:
            return _collection_kind(option)


def _collection_kind(option: Type) -> Kind:
    match option:
        case TupleOf():
            return "tuple"
        case SetOf():
            return "set"
        case DictOf():
            return "dict"
        case _:
            return "unknown"


def widened(option: Type) -> Type:
    """The built-in type whose operators a choice, a `StrEnum` or a named tuple has; else the type itself."""
    match option:
        case Choice((None,)):
            return NONE
        case Choice() | EnumOf() | Record():
            return base_of(option) or option
        case _:
            return option


def number_of(option: Type) -> Type:
    """`float` of a float, `int` of every other number."""
    return FLOAT if widened(option) == FLOAT else INT


def is_whole(option: Type) -> bool:
    """Whether it is, or may be, a whole number."""
    kind = kind_of(widened(option))
    return kind == "unknown" or (kind == "number" and number_of(option) == INT)


def items_of(option: Type) -> Type | None:
    """What going over a value gives, letters of a text too; `None` if it cannot be gone over."""
    kind = kind_of(option)
    if kind == "text":
        return STR
    return INT if kind == "bytes" else item_of(option)


def defines(option: Type, method: str) -> bool:
    """Whether a class has an operator of its own, or might have."""
    match option:
        case Record(python=python) | EnumOf(python=python) | Instance(python=python):
            own: object = getattr(python, method, None)
            return python is None or own is not getattr(object, method, None)
        case _:
            return False


def may_equal(left: Type, right: Type) -> bool:
    """Whether a value of one type can equal one of the other."""
    return any(
        _pair_may_equal(widened_enum(a), widened_enum(b))
        for a in options(left)
        for b in options(right)
    )


def widened_enum(option: Type) -> Type:
    """A `StrEnum` or `IntEnum` as the choice of its values, which they equal."""
    match option:
        case EnumOf(_, members, plain) if plain:
            return Choice(tuple(value for _, value in members))
        case _:
            return option


def _pair_may_equal(left: Type, right: Type) -> bool:
    kinds = {kind_of(left), kind_of(right)}
    if "unknown" in kinds:
        return True
    if len(kinds) > 1:
        return False
    match left, right:
        case Choice(values), Choice(others):
            return any(value == other for value in values for other in others)
        case EnumOf(origin=origin), EnumOf(origin=other):
            return origin == other
        case Record(kind="model" | "dataclass"), Record():
            return _related(left, right)
        case _:
            return True


def _related(left: Record, right: Record) -> bool:
    return left.origin == right.origin or left.origin in right.bases or right.origin in left.bases
