"""JSON schemas in the form that Gemini takes: nothing that it does not know, and as little lost as can be.

Gemini holds answers to a part of JSON Schema (the SDK names it at `response_json_schema`) and does not look at the
rest. What is outside of that part is written in words of it where it has such, and else said in the description,
which the model reads. The answer is validated against the declared type in any case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve

_KEPT = frozenset(
    {"type", "format", "description", "minItems", "maxItems", "minimum", "maximum", "required"}
    | {"$id", "$anchor", "$ref", "title", "propertyOrdering"}
)
_PARTS = frozenset({"items", "additionalProperties"})
_LISTS = frozenset({"anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "$defs"})
_REWRITTEN = frozenset(
    {"const", "enum", "allOf", "patternProperties", "exclusiveMinimum", "exclusiveMaximum"}
)
_SILENT = frozenset(
    {"default", "examples", "discriminator", "$schema", "$comment", "deprecated", "readOnly"}
    | {"writeOnly", "contentMediaType", "contentEncoding", "contentSchema"}
)
"""Words that bind no value, so that nobody misses them."""
_SAID: Mapping[str, str] = {
    "pattern": "matches the regular expression {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "uniqueItems": "no item twice",
    "minProperties": "at least {} keys",
    "maxProperties": "at most {} keys",
    "propertyNames": "each key meets the schema {}",
    "patternProperties": "keys by pattern: {}",
}


def gemini_schema(schema: Schema) -> dict[str, object]:
    """The schema with only those words that Gemini knows; its meaning stands in them, or in descriptions."""
    return _rebuilt(schema)


def endless(schema: Schema) -> str | None:
    """Why Gemini refuses a schema; `None` when it takes it.

    It unrolls references that lead back to themselves only where every turn passes a property that may be left out.
    """
    name = _Circles(schema).first(schema)
    if name is None:
        return None
    return (
        f"'{name}' contains itself in a place that is always there. give the field a default, so that it may be "
        "left out, or name levels that end"
    )


def _rebuilt(schema: Schema) -> dict[str, object]:
    if "$ref" in schema and (beside := _beside(schema)):
        # A reference has to stand alone, so what is said of it is said around it.
        return _rebuilt({**beside, "anyOf": [{"$ref": schema["$ref"]}]})
    part: dict[str, object] = {}
    for word, value in schema.items():
        if word in _KEPT:
            part[word] = value
        elif word in _PARTS:
            part[word] = _inner(value)
        elif word in _LISTS and is_list(value):
            part[word] = [_inner(each) for each in value]
        elif word in _NAMED and is_schema(value):
            part[word] = {name: _inner(each) for name, each in value.items()}
    if "$ref" in part:
        part.pop("title", None)
    _add_values(part, schema)
    _add_bounds(part, schema)
    _add_keys(part, schema)
    _add_all(part, schema)
    _describe(part, schema)
    return part


def _inner(value: object) -> object:
    return _rebuilt(value) if is_schema(value) else value


def _beside(schema: Schema) -> dict[str, object]:
    """What stands beside a reference and may not; titles and defaults bind nothing, `$` words may stay."""
    told = schema.keys() - _SILENT - {"title"}
    if not any(not word.startswith("$") for word in told):
        return {}
    return {word: schema[word] for word in schema if word in told and word != "$ref"}


def _add_values(part: dict[str, object], schema: Schema) -> None:
    """Allowed values: Gemini knows texts and numbers; truths and null are types to it."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not is_list(values):
        return
    plain = [each for each in values if isinstance(each, str) or _is_number(each)]
    others = [each for each in values if each not in plain or isinstance(each, bool)]
    choices: list[dict[str, object]] = [{**_value_type(plain), "enum": plain}] if plain else []
    truths = [each for each in others if isinstance(each, bool)]
    if truths:
        told = {} if len(set(truths)) > 1 else {"description": f"always {json.dumps(truths[0])}"}
        choices.append({"type": "boolean", **told})
    if None in others:
        choices.append({"type": "null"})
    if left := [each for each in others if each is not None and not isinstance(each, bool)]:
        choices.append({"description": f"one of {json.dumps(left, ensure_ascii=False)}"})
    if len(choices) == 1:
        said = [text for each in (part, choices[0]) if (text := each.get("description"))]
        part |= choices[0]
        if said:
            part["description"] = ", ".join(map(str, said))
    else:
        part.pop("type", None)
        part["anyOf"] = choices


def _value_type(values: list[object]) -> dict[str, object]:
    if all(isinstance(each, str) for each in values):
        return {"type": "string"}
    if all(isinstance(each, int) for each in values):
        return {"type": "integer"}
    return {"type": "number"} if all(map(_is_number, values)) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _add_bounds(part: dict[str, object], schema: Schema) -> None:
    """Open bounds as closed ones, which are exact for integers and nearly so for other numbers."""
    step = 1 if schema.get("type") == "integer" else 0
    low, high = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(low, int | float) and not isinstance(low, bool):
        part.setdefault("minimum", low + step)
    if isinstance(high, int | float) and not isinstance(high, bool):
        part.setdefault("maximum", high - step)


def _add_keys(part: dict[str, object], schema: Schema) -> None:
    """Free keys of which a pattern is known: without this their values would be lost."""
    patterns = schema.get("patternProperties")
    if is_schema(patterns) and patterns:
        values = [_inner(each) for each in patterns.values()]
        part["additionalProperties"] = values[0] if len(values) == 1 else {"anyOf": values}


def _add_all(part: dict[str, object], schema: Schema) -> None:
    """Schemas that hold at once become one; what two of them say differently is said in words."""
    every = schema.get("allOf")
    for each in every if is_list(every) else ():
        inner = _inner(each)
        if not is_schema(inner):
            continue
        if "$ref" in inner and "anyOf" not in part and "properties" not in part:
            part["anyOf"] = [inner]
            continue
        for word, value in inner.items():
            if word == "properties" and is_schema(value) and is_schema(old := part.get(word)):
                part[word] = {**old, **value}
            elif word == "required" and is_list(value) and is_list(old := part.get(word)):
                part[word] = [*old, *(name for name in value if name not in old)]
            elif part.setdefault(word, value) != value:
                _say(part, f"also {json.dumps({word: value}, ensure_ascii=False)}")


def _describe(part: dict[str, object], schema: Schema) -> None:
    known = _KEPT | _PARTS | _LISTS | _NAMED | _SILENT | _REWRITTEN | _SAID.keys()
    for word, value in schema.items():
        if word in _SAID and not _is_exact(word, schema) and value is not False:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            _say(part, _SAID[word].format(shown))
        elif word not in known:
            _say(part, f"meets {json.dumps({word: value}, ensure_ascii=False)}")


def _is_exact(word: str, schema: Schema) -> bool:
    return word.startswith("exclusive") and schema.get("type") == "integer"


def _say(part: dict[str, object], words: str) -> None:
    before = part.get("description")
    part["description"] = f"{before} ({words})" if before else words


class _Circles:
    """Looks for definitions that contain themselves, by ways that no property left out can end."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._without: set[str] = set()

    def first(self, schema: object, inside: tuple[str, ...] = ()) -> str | None:
        """The name of one; `None` where there is none."""
        if not is_schema(schema):
            return None
        name = schema.get("$ref")
        if isinstance(name, str) and name not in self._without:
            if name in inside:
                return name.rpartition("/")[2] or name
            if found := self.first(resolve(self._root, name), (*inside, name)):
                return found
            self._without.add(name)
        return next(
            (found for each in _always(schema) if (found := self.first(each, inside))), None
        )


def _always(schema: Schema) -> Iterator[object]:
    """Parts of a schema that are not those of a property which may be left out."""
    required, properties = schema.get("required"), schema.get("properties")
    if is_schema(properties) and is_list(required):
        yield from (properties.get(key) for key in required if isinstance(key, str))
    for word in (*_PARTS, *_LISTS, "allOf"):
        value = schema.get(word)
        yield from value if is_list(value) else (value,)
