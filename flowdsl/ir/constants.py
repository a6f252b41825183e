"""How constants are printed: short, and the same in every process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from hashlib import sha256

from flowdsl.ir.narrowing import is_dict, is_list, is_set, is_tuple

LONGEST = 60
"""Characters a printed constant may take."""
_PLAIN = (str, bytes, int, float, bool, type(None))


def show_constant(value: object, *, longest: int = LONGEST) -> str:
    """A constant as Python would write it; one longer than `longest` is cut, with its length and hash.

    Sets are sorted and objects are named by class, so that no address and no hash seed shows.
    """
    return shorten(_written(value), longest=longest)


def shorten(text: str, *, longest: int = LONGEST) -> str:
    """The text, or its beginning with the whole's length and hash."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 25].rstrip()}… [{len(text):,} chars, #{short_hash(text)}]"


def short_hash(text: str) -> str:
    """Eight hex digits that tell texts apart at a glance."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _written(value: object) -> str:
    if isinstance(value, _PLAIN):
        return repr(value)
    if is_dict(value):
        return "{" + ", ".join(f"{_written(k)}: {_written(v)}" for k, v in value.items()) + "}"
    if is_list(value):
        return f"[{_joined(value)}]"
    if is_tuple(value):
        return f"({_joined(value)}{',' if len(value) == 1 else ''})"
    if is_set(value):
        return "{" + ", ".join(sorted(map(_written, value))) + "}" if value else "set()"
    return _object(value)


def _joined(items: Iterable[object]) -> str:
    return ", ".join(map(_written, items))


def _object(value: object) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        shown = (f"{each.name}={_written(getattr(value, each.name))}" for each in fields(value))
        return f"{type(value).__name__}({', '.join(shown)})"
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__qualname__))
    text = repr(value)
    return f"<{type(value).__qualname__}>" if " at 0x" in text else text
