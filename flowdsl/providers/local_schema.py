"""Which JSON schemas a small local model can finish, and a stricter copy that its grammar engine enforces.

LLGuidance drops *all* constraints, without a word, when it meets a keyword it doesn't know. So a schema
is rebuilt from the words it is known to enforce; what is left out is checked by the validation of replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve

_ENFORCED = frozenset(
    {"type", "enum", "const", "required", "minItems", "maxItems", "minLength", "maxLength"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "$ref"},
)
_SCHEMA_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SCHEMA_MAPS = ("properties", "$defs", "definitions")
_DATE = "[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_HOST = "[A-Za-z0-9-]{1,40}([.][A-Za-z0-9-]{2,20}){1,3}"
# The engine's own texts for these formats have no end (a second's fractions, an address's length).
_FORMATS = {
    "date": f"^{_DATE}$",
    "time": f"^{_TIME}Z?$",
    "date-time": f"^{_DATE}T{_TIME}Z?$",
    "duration": "^P([0-9]{1,3}D|T[0-9]{1,3}[HMS])$",
    "email": f"^[A-Za-z0-9._+-]{{1,40}}@{_HOST}$",
    "hostname": f"^{_HOST}$",
    "uri": f"^https?://{_HOST}(/[A-Za-z0-9._~/?&=%#+-]{{0,120}})?$",
    "uuid": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}
# Look-around, back references and word borders: a regular language has none of them.
_BEYOND_REGULAR = re.compile(r"\(\?(?![:P])|\\[1-9bBAZ]|\(\?P[=>]")
_SAYS_SOMETHING = ("type", "enum", "const", "$ref", "properties", "anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Ends that free values are given, since a small model may never find one of its own."""

    text: int | None = None
    """Characters; `None` sets no end."""
    items: int | None = None
    digits: int | None = None
    """Digits of a number, before and after the point."""


def harden(schema: Schema, bounds: Bounds) -> dict[str, object]:
    """A stricter copy of a schema that a small model can usually finish.

    Objects are closed, free strings and lists get an end, and only words that the grammar engine
    enforces are kept.
    """
    return {**_harden(schema, bounds), "x-guidance": {"whitespace_flexible": False}}


def _harden(schema: Schema, bounds: Bounds) -> dict[str, object]:
    kept = {word: value for word, value in schema.items() if word in _ENFORCED}
    for word in _SCHEMA_MAPS:
        if is_schema(inner := schema.get(word)):
            kept[word] = {name: _part(part, bounds) for name, part in inner.items()}
    for word in _SCHEMA_LISTS:
        if is_list(inner := schema.get(word)):
            # A grammar can't tell "exactly one of" from "one of"; the reply's validation can.
            kept["anyOf" if word == "oneOf" else word] = [_part(part, bounds) for part in inner]
    if "items" in schema:
        kept["items"] = _part(schema["items"], bounds)
    if "properties" in kept:
        kept["additionalProperties"] = False
    kept |= _text_words(schema, bounds)
    kept |= _number_words(schema, bounds)
    return kept | _list_words(schema, bounds)


def _part(part: object, bounds: Bounds) -> object:
    return _harden(part, bounds) if is_schema(part) else part


def _text_words(schema: Schema, bounds: Bounds) -> dict[str, object]:
    words: dict[str, object] = {}
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str) and not _BEYOND_REGULAR.search(pattern):
        words["pattern"] = pattern
    elif isinstance(form, str) and form in _FORMATS:
        return {"pattern": _FORMATS[form]}
    free = not {"enum", "const", "maxLength"} & schema.keys()
    if _allows(schema, "string") and free and bounds.text is not None:
        least = schema.get("minLength")
        words["maxLength"] = max(bounds.text, least if isinstance(least, int) else 0)
    return words


def _number_words(schema: Schema, bounds: Bounds) -> dict[str, object]:
    number, integer = _allows(schema, "number"), _allows(schema, "integer")
    if bounds.digits is None or not (number or integer) or {"enum", "const"} & schema.keys():
        return {}
    most = 10**bounds.digits
    low, high = (
        _first(schema, "minimum", "exclusiveMinimum"),
        _first(schema, "maximum", "exclusiveMaximum"),
    )
    words: dict[str, object] = {}
    if low is None:
        words["minimum"] = min(high or 0, 0) - most
    if high is None:
        words["maximum"] = max(low or 0, 0) + most
    if number and "multipleOf" not in schema:
        words["multipleOf"] = 1 / most
    return words


def _first(schema: Schema, *words: str) -> float | None:
    values = [schema[word] for word in words if word in schema]
    return next((value for value in values if isinstance(value, int | float)), None)


def _list_words(schema: Schema, bounds: Bounds) -> dict[str, object]:
    if not _allows(schema, "array") or "maxItems" in schema:
        return {}
    first, least = schema.get("prefixItems"), schema.get("minItems")
    if is_list(first):
        return {"maxItems": len(first)}
    if bounds.items is None:
        return {}
    return {"maxItems": max(bounds.items, least if isinstance(least, int) else 0)}


def _allows(schema: Schema, kind: str) -> bool:
    named = schema.get("type")
    return named == kind or (is_list(named) and kind in named)


def too_hard(schema: Schema) -> str | None:
    """Why a small model would run on without end in this schema; `None` when it can finish.

    Found are recursion, open dictionaries and values of no declared type, each with the place in the
    schema and what to declare instead.
    """
    return next(_problems(schema, schema, (), "the answer"), None)


def _problems(schema: object, root: Schema, refs: tuple[str, ...], at: str) -> Iterator[str]:
    if not is_schema(schema) or not any(word in schema for word in _SAYS_SOMETHING):
        yield f"{at} has no declared type; declare one, such as `str` or a model class"
        return
    if isinstance(ref := schema.get("$ref"), str):
        if ref in refs:
            yield f"{at} contains itself ({ref.rpartition('/')[2]}); declare a fixed depth, such as a flat list"
            return
        yield from _problems(resolve(root, ref), root, (*refs, ref), at)
    if is_list(parts := schema.get("allOf")) and len(parts) > 1:
        yield f"{at} has to meet several schemas at once; declare one model class"
    if _is_open(schema):
        yield f"{at} is a dictionary with free keys; declare a list of pairs or a model class with named fields"
    for name, part in _parts(schema):
        yield from _problems(part, root, refs, f"{at}.{name}" if name else at)


def _is_open(schema: Schema) -> bool:
    extra = schema.get("additionalProperties")
    if is_schema(extra) or extra is True or "patternProperties" in schema:
        return True
    return _allows(schema, "object") and "properties" not in schema and extra is None


def _parts(schema: Schema) -> Iterator[tuple[str, object]]:
    if is_schema(fields := schema.get("properties")):
        yield from fields.items()
    for word in _SCHEMA_LISTS:
        if is_list(parts := schema.get(word)):
            yield from (("", part) for part in parts)
    if "items" in schema and schema["items"] is not False:
        yield "items", schema["items"]
    elif _allows(schema, "array") and "prefixItems" not in schema:
        yield "items", {}
