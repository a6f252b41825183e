"""Types by their classes: what derives from what, and what built-in a value also is."""

from __future__ import annotations

from flowdsl.ir.types import (
    ANYTHING,
    BOOL,
    BYTES,
    FLOAT,
    INT,
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
)


def is_dict(record: Record) -> bool:
    """Whether its values are dicts, so that what counts is its keys and not its class."""
    return record.kind in {"typeddict", "schema"}


def class_of(type_: Type) -> type | None:
    """The class each value is an instance of, where it is loaded and there is one."""
    match type_:
        case Plain(name):
            return _PLAIN[name]
        case Record() if is_dict(type_):
            return dict
        case EnumOf() | Instance() | Record():
            return type_.python
        case SetOf(_, frozen=True, abstract=False):
            return frozenset
        case ListOf(abstract="") | SetOf(abstract=False) | DictOf(abstract=False) | TupleOf():
            return _COLLECTIONS[type(type_)]
        case _:
            return None


def base_of(type_: Type) -> Type | None:
    """A wider built-in type that each value also is: `int` of `Literal[1]`, `str` of a `StrEnum`, a named tuple's tuple."""
    match type_:
        case Choice((value,)):
            return _BY_NAME.get(type(value).__name__)
        case EnumOf(_, _, plain):
            return _BY_NAME[plain] if plain else None
        case Record(_, _, "namedtuple", fields):
            return TupleOf(tuple(field.type for field in fields))
        case Instance(_, bases):
            return next((_BY_ORIGIN[base] for base in bases if base in _BY_ORIGIN), None)
        case _:
            return None


def derives(source: Type, target: Record | Instance) -> bool:
    """Whether the source's class is the target's or inherits from it, by name or as `issubclass` sees it."""
    if isinstance(source, Record | Instance) and target.origin in (source.origin, *source.bases):
        return True
    mine, theirs = class_of(source), target.python
    if mine is None or theirs is None or isinstance(target, Record):
        return False
    try:
        return issubclass(mine, theirs)
    except TypeError:  # a class that refuses the question promises nothing
        return False


_PLAIN: dict[str, type] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "bytes": bytes,
    "None": type(None),
}
_COLLECTIONS: dict[type, type] = {ListOf: list, SetOf: set, DictOf: dict, TupleOf: tuple}
_BY_NAME: dict[str, Type] = {"str": STR, "int": INT, "float": FLOAT, "bool": BOOL}
_BY_ORIGIN: dict[str, Type] = {
    "builtins:str": STR,
    "builtins:int": INT,
    "builtins:float": FLOAT,
    "builtins:bytes": BYTES,
    "builtins:list": ListOf(ANYTHING),
    "builtins:dict": DictOf(ANYTHING, ANYTHING),
    "builtins:set": SetOf(ANYTHING),
    "builtins:frozenset": SetOf(ANYTHING, frozen=True),
    "builtins:tuple": TupleOf((), ANYTHING),
}
