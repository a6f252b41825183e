"""How an input of a type is given on the command line."""

from __future__ import annotations

import json
import shlex

from flowdsl.ir.select import without_none
from flowdsl.ir.types import (
    NONE,
    STR,
    Choice,
    DictOf,
    EnumOf,
    ListOf,
    Media,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
)

DEPTH = 4
"""Records inside records are shown as far as this."""
_PLAIN: dict[str, object] = {
    "str": "…",
    "int": 3,
    "float": 0.5,
    "bool": True,
    "None": None,
    "image": "PATH",
    "document": "PATH",
}


def option(name: str, wanted: Type) -> str:
    """What to type: `--input n=3`."""
    return f"--input {name}={example(wanted)}"


def example(wanted: Type) -> str:
    """What stands behind the `=`, quoted for a shell."""
    match without_none(wanted):
        case Plain("str" | "bytes"):
            return "…, or @FILE for a file's text."
        case Plain() | Choice() | EnumOf() as plain:
            value = sample(plain)
            return value if isinstance(value, str) else json.dumps(value)
        case Media():
            return "PATH"
        case found if is_structure(found):
            return shlex.quote(json.dumps(sample(found), ensure_ascii=False))
        case _:
            return "…, as JSON."


def is_structure(wanted: Type) -> bool:
    """Whether every value of the type, other than `None`, is written as a list or an object of JSON."""
    match wanted:
        case ListOf() | SetOf() | TupleOf() | DictOf() | Record():
            return True
        case Union(options):
            return all(is_structure(each) for each in options if each != NONE)
        case _:
            return False


def sample(wanted: Type, depth: int = 0) -> object:
    """A value of the type as JSON-able data; `…` where none can be made up."""
    match wanted:
        case Plain(name) | Media(name):
            return _PLAIN.get(name, "…")
        case Choice((first, *_)):
            return first
        case EnumOf(members=((_, first), *_)):
            return first
        case Union(options):
            return sample(next((each for each in options if each != NONE), NONE), depth)
        case _ if depth < DEPTH:
            return _collected(wanted, depth + 1)
        case _:
            return "…"


def _collected(wanted: Type, depth: int) -> object:
    match wanted:
        case ListOf(item) | SetOf(item):
            return [sample(item, depth)] * (2 if item == STR else 1)
        case TupleOf(items, rest):
            return [sample(each, depth) for each in (*items, *([rest] if rest else []))]
        case DictOf(key, value):
            return {str(sample(key, depth)): sample(value, depth)}
        case Record(fields=fields):
            needed = [each for each in fields if each.required] or fields[:1]
            return {each.name: sample(each.type, depth) for each in needed}
        case _:
            return "PATH" if isinstance(wanted, Media) else "…"
