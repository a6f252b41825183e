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
_FORMATS = frozenset({"date-time", "date", "time", "email", "uuid", "ipv4", "ipv6", "hostname"})
# Look-around, back references and word borders: a regular language has none of them.
_BEYOND_REGULAR = re.compile(r"\(\?(?![:P])|\\[1-9bBAZ]|\(\?P[=>]")
_SAYS_SOMETHING = ("type", "enum", "const", "$ref", "properties", "anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Ends that a free text or list is given, since a small model may never find one of its own."""

    text: int | None = None
    """Characters; `None` sets no end."""
    items: int | None = None


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
    return kept | _list_words(schema, bounds)


def _part(part: object, bounds: Bounds) -> object:
    return _harden(part, bounds) if is_schema(part) else part


def _text_words(schema: Schema, bounds: Bounds) -> dict[str, object]:
    words: dict[str, object] = {}
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str) and not _BEYOND_REGULAR.search(pattern):
        words["pattern"] = pattern
    if form in _FORMATS:
        words["format"] = form
    free = not words and not {"enum", "const", "maxLength"} & schema.keys()
    if _allows(schema, "string") and free and bounds.text is not None:
        least = schema.get("minLength")
        words["maxLength"] = max(bounds.text, least if isinstance(least, int) else 0)
    return words


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
