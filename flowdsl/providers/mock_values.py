"""Made-up values that meet a JSON schema: the same schema and seed give the same value.

The search is ours, since what exists does not fit: jsf draws in 25 MB of Faker, seeds the whole process's
chance, and fails on recursion and tuples; polyfactory wants Python types; Hypothesis is no run-time
dependency. Texts that meet a pattern come from rstr.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import TypeAlias

from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve

_DEEP = 4
"""Objects within objects after which the shortest way out is taken."""
_PATTERN_TRIES = 20
_ITEM_TRIES = 50
_ENDLESS = 1000
_WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour", "island", "jasper"),
    *(
        "lagoon",
        "meadow",
        "north",
        "ocean",
        "pebble",
        "quartz",
        "river",
        "summit",
        "thistle",
        "willow",
    ),
)

_Texts: TypeAlias = Callable[[Random], str]


def example(schema: Schema, seed: int) -> object:
    """A value that meets the schema.

    Args:
        schema: JSON Schema as pydantic writes it: types, `enum`, `const`, bounds, `pattern`, common
            formats, lists, tuples, objects with fixed and free keys, unions, `$ref` with recursion.
            Other words (`not`, `if`, `contains` …) are not heeded.
        seed: Equal seeds give equal values, on every machine.
    """
    return _Maker(schema, Random(seed)).value(schema, 0)  # noqa: S311 - nothing here is secret


class _Maker:
    def __init__(self, root: Schema, chance: Random) -> None:
        self._root = root
        self._chance = chance

    def value(self, schema: object, depth: int) -> object:
        if not is_schema(schema):
            return self._words(2)
        schema = self._followed(schema)
        if "const" in schema:
            return schema["const"]
        if is_list(options := schema.get("enum")):
            return self._chance.choice(options)
        for word in ("anyOf", "oneOf"):
            if is_list(branches := schema.get(word)):
                beside = {key: value for key, value in schema.items() if key != word}
                return self.value(_merged(beside, self._branch(branches, depth)), depth)
        return self._of_type(schema, depth)

    def _followed(self, schema: Schema) -> Schema:
        for _ in range(_ENDLESS):
            if isinstance(ref := schema.get("$ref"), str):
                beside = {key: value for key, value in schema.items() if key != "$ref"}
                schema = _merged(beside, resolve(self._root, ref))
            elif is_list(parts := schema.get("allOf")):
                schema = {key: value for key, value in schema.items() if key != "allOf"}
                for part in parts:
                    schema = _merged(schema, self._followed(part) if is_schema(part) else part)
            else:
                break
        return schema

    def _branch(self, branches: list[object], depth: int) -> object:
        if {"type": "number"} in branches:
            # So pydantic writes a Decimal: a number, or a text that no word says must look like one.
            branches = [branch for branch in branches if branch != {"type": "string"}]
        if depth < _DEEP:
            return self._chance.choice(branches)
        return min(branches, key=lambda branch: self._height(branch, ()))

    def _height(self, schema: object, refs: tuple[str, ...]) -> float:
        """Objects that have to be nested inside a value; infinite when it never ends."""
        if not is_schema(schema):
            return 0
        if isinstance(ref := schema.get("$ref"), str):
            return math.inf if ref in refs else self._height(resolve(self._root, ref), (*refs, ref))
        for word in ("anyOf", "oneOf"):
            if is_list(branches := schema.get(word)):
                return min(self._height(branch, refs) for branch in branches)
        inner = [self._height(part, refs) for part in _needed(schema)]
        return 1 + max(inner) if inner else 0

    def _of_type(self, schema: Schema, depth: int) -> object:
        made: object = None
        match _kind(schema, self._chance):
            case "null":
                pass
            case "boolean":
                made = self._chance.random() < 0.5
            case "integer":
                made = self._integer(schema)
            case "number":
                made = self._number(schema)
            case "array":
                made = self._array(schema, depth)
            case "object":
                made = self._object(schema, depth)
            case _:
                made = self._string(schema)
        return made

    def _integer(self, schema: Schema) -> int:
        step = _bound(schema, "multipleOf") or 1
        low, high = _range(schema, 100, step)
        first, last = math.ceil(low / step), math.floor(high / step)
        return int(self._chance.randint(first, max(first, last)) * step)

    def _number(self, schema: Schema) -> float:
        if step := _bound(schema, "multipleOf"):
            low, high = _range(schema, 100 * step, step)
            first, last = math.ceil(low / step), math.floor(high / step)
            return self._chance.randint(first, max(first, last)) * step
        low, high = _range(schema, 1, 0)
        value = low + (high - low) * (0.05 + 0.9 * self._chance.random())
        short = round(value, 2)
        return short if low < short < high else value

    def _string(self, schema: Schema) -> str:
        low = _size(schema, "minLength", 0)
        high = _size(schema, "maxLength", max(40, low))
        if isinstance(pattern := schema.get("pattern"), str):
            return self._by_pattern(pattern, low, high)
        form = schema.get("format")
        if isinstance(form, str) and form in _FORMATS:
            return _FORMATS[form](self._chance)
        text = self._words(3)
        while len(text) < low:
            text = f"{text} {self._words(1)}"
        return text[:high]

    def _by_pattern(self, pattern: str, low: int, high: int) -> str:
        from rstr import Rstr

        found = ""
        for _ in range(_PATTERN_TRIES):
            try:
                found = Rstr(self._chance).xeger(pattern)
            except (re.error, KeyError, IndexError):  # a pattern in another dialect
                return self._words(1)
            if low <= len(found) <= high and re.search(pattern, found):
                return found
        return found

    def _array(self, schema: Schema, depth: int) -> list[object]:
        first = schema.get("prefixItems")
        made = [self.value(part, depth + 1) for part in first] if is_list(first) else []
        low = _size(schema, "minItems", 0)
        items = schema.get("items", {})
        if items is False or (is_list(first) and "items" not in schema):
            return made
        high = _size(schema, "maxItems", max(low, 1) + 2)
        wanted = low if depth >= _DEEP else self._chance.randint(min(max(low, 1), high), high)
        for _ in range(_ITEM_TRIES):
            if len(made) >= wanted:
                break
            value = self.value(items, depth + 1)
            if schema.get("uniqueItems") is not True or _unlike(value, made):
                made.append(value)
        return made

    def _object(self, schema: Schema, depth: int) -> dict[str, object]:
        fields, needed = schema.get("properties"), schema.get("required")
        required = needed if is_list(needed) else []
        made: dict[str, object] = {}
        parts: Schema = fields if is_schema(fields) else {}
        for name, part in parts.items():
            if name in required or depth < _DEEP:
                made[name] = self.value(part, depth + 1)
        self._free_keys(schema, depth, made)
        return made

    def _free_keys(self, schema: Schema, depth: int, made: dict[str, object]) -> None:
        names, values = self._free(schema)
        if values is None:
            return
        low = _size(schema, "minProperties", 0)
        wanted = low if depth >= _DEEP else max(low, min(2, _size(schema, "maxProperties", 2)))
        for _ in range(_ITEM_TRIES):
            if len(made) >= wanted:
                return
            name = self.value(names, depth + 1)
            if isinstance(name, str) and name not in made:
                made[name] = self.value(values, depth + 1)

    def _free(self, schema: Schema) -> tuple[Schema, object]:
        """What free keys and their values are; `None` for the values when there are to be none."""
        if is_schema(patterns := schema.get("patternProperties")):
            pattern, values = next(iter(patterns.items()))
            return {"type": "string", "pattern": pattern}, values
        values = schema.get("additionalProperties")
        names = schema.get("propertyNames")
        keys: Schema = names if is_schema(names) else {}
        if not is_schema(values) and "properties" in schema:
            values = None
        return {"type": "string", "maxLength": 12, **keys}, None if values is False else values

    def _words(self, count: int) -> str:
        return " ".join(self._chance.choice(_WORDS) for _ in range(count))


def _merged(left: Schema, right: object) -> Schema:
    if not is_schema(right):
        return left
    merged = {**left, **right}
    for word in ("properties", "$defs"):
        if is_schema(ours := left.get(word)) and is_schema(theirs := right.get(word)):
            merged[word] = {**ours, **theirs}
    if is_list(ours := left.get("required")) and is_list(theirs := right.get("required")):
        merged["required"] = [*ours, *theirs]
    return merged


def _needed(schema: Schema) -> list[object]:
    """Schemas of the values that must stand inside."""
    fields, required = schema.get("properties"), schema.get("required")
    parts = (
        [fields.get(str(name)) for name in required]
        if is_schema(fields) and is_list(required)
        else []
    )
    first = schema.get("prefixItems")
    parts += first if is_list(first) else []
    if _size(schema, "minItems", 0):
        parts.append(schema.get("items"))
    return parts


def _kind(schema: Schema, chance: Random) -> object:
    named = schema.get("type")
    if is_list(named):
        return chance.choice(named)
    if named is None:
        return next((kind for word, kind in _HINTS.items() if word in schema), "string")
    return named


_HINTS: Mapping[str, str] = {
    "properties": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minimum": "number",
    "maximum": "number",
}


def _bound(schema: Schema, word: str) -> float | None:
    value = schema.get(word)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _size(schema: Schema, word: str, otherwise: int) -> int:
    value = schema.get(word)
    return value if isinstance(value, int) else otherwise


def _range(schema: Schema, span: float, step: float) -> tuple[float, float]:
    """Lowest and highest number allowed; `step` is added inside exclusive bounds."""
    lows = [_bound(schema, "minimum"), _shifted(_bound(schema, "exclusiveMinimum"), step)]
    highs = [_bound(schema, "maximum"), _shifted(_bound(schema, "exclusiveMaximum"), -step)]
    low = max((each for each in lows if each is not None), default=None)
    high = min((each for each in highs if each is not None), default=None)
    if low is None:
        low = 0 if high is None or high > 0 else high - span
    return low, low + span if high is None else high


def _shifted(value: float | None, by: float) -> float | None:
    return None if value is None else value + by


def _unlike(value: object, others: list[object]) -> bool:
    text = json.dumps(value, sort_keys=True)
    return all(json.dumps(other, sort_keys=True) != text for other in others)


def _date(chance: Random) -> str:
    return f"20{chance.randint(20, 29)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"


def _time(chance: Random) -> str:
    return f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z"


def _uuid(chance: Random) -> str:
    from uuid import UUID

    return str(UUID(int=chance.getrandbits(128), version=4))


def _host(chance: Random) -> str:
    return f"{chance.choice(_WORDS)}.example"


_FORMATS: Mapping[str, _Texts] = {
    "date": _date,
    "time": _time,
    "date-time": lambda chance: f"{_date(chance)}T{_time(chance)}",
    "duration": lambda chance: f"PT{chance.randint(1, 59)}M",
    "email": lambda chance: f"{chance.choice(_WORDS)}@{_host(chance)}",
    "uri": lambda chance: f"https://{_host(chance)}/{chance.choice(_WORDS)}",
    "hostname": _host,
    "uuid": _uuid,
    "ipv4": lambda chance: f"192.0.2.{chance.randint(1, 254)}",
    "ipv6": lambda chance: f"2001:db8::{chance.randint(1, 9999)}",
    "path": lambda chance: f"{chance.choice(_WORDS)}.txt",
    "binary": lambda chance: chance.choice(_WORDS),
}
