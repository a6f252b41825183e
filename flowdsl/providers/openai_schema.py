"""JSON schemas in the form that strict structured answers want, where that changes no meaning.

OpenAI's strict mode takes closed objects whose properties are all required, and only some words of
JSON Schema. A schema is rebuilt only if that changes no meaning: objects that say nothing of other keys
are closed, a key that stands for null where it is left out is asked for, and what strict mode does not
know of texts (their length, rare formats) moves into the description; answers are validated against the
declared type anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve

_KEPT = frozenset(
    {"type", "description", "enum", "const", "format", "pattern", "minItems", "maxItems"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)
_REBUILT = frozenset(
    {"properties", "required", "additionalProperties", "items", "anyOf", "oneOf", "$ref", "$defs"}
)
_SAID = {"minLength": "at least {} characters", "maxLength": "at most {} characters"}
_ANNOTATIONS = frozenset({"title", "default", "examples", "discriminator", "$schema", "deprecated"})
_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
)
_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
}


class _LooseError(Exception):
    """The schema can't be made strict."""


def strict_schema(schema: Schema) -> dict[str, object] | None:
    """A schema that strict mode takes and that means the same; `None` when there is none."""
    try:
        return _Rebuilt(schema).whole()
    except _LooseError:
        return None


class _Rebuilt:
    def __init__(self, root: Schema) -> None:
        self._root = root
        self._inside: set[str] = set()

    def whole(self) -> dict[str, object]:
        if "anyOf" in self._root or "$ref" in self._root:
            raise _LooseError
        return self._part(self._root)

    def _part(self, schema: object) -> dict[str, object]:
        if not is_schema(schema) or not schema.keys() <= (
            _KEPT | _REBUILT | _ANNOTATIONS | _SAID.keys()
        ):
            raise _LooseError
        if "$ref" in schema:
            return self._reference(schema)
        part = {word: schema[word] for word in schema if word in _KEPT}
        if "properties" in schema or schema.get("type") == "object":
            part |= self._object(schema)
        if "items" in schema:
            part["items"] = self._part(schema["items"])
        elif schema.get("type") == "array":
            raise _LooseError
        if "anyOf" in schema or "oneOf" in schema:
            part["anyOf"] = [self._part(each) for each in _choices(schema)]
        if is_schema(defs := schema.get("$defs")):
            part["$defs"] = {name: self._part(each) for name, each in defs.items()}
        _describe(part, schema)
        _type(part)
        return part

    def _object(self, schema: Schema) -> dict[str, object]:
        properties, required = schema.get("properties"), schema.get("required", [])
        if schema.get("additionalProperties", False) is not False or not is_schema(properties):
            raise _LooseError
        if schema.get("type", "object") != "object":
            raise _LooseError
        if not is_list(required) or not set(required) <= properties.keys():
            raise _LooseError
        missing = properties.keys() - set(required)
        if not all(_may_be_null(self._root, properties[name]) for name in missing):
            raise _LooseError
        return {
            "type": "object",
            "properties": {name: self._part(each) for name, each in properties.items()},
            "required": list(properties),
            "additionalProperties": False,
        }

    def _reference(self, schema: Schema) -> dict[str, object]:
        """A reference stands alone; what is said beside it goes into a copy of what it names."""
        name = schema["$ref"]
        beside = {word: schema[word] for word in schema if word != "$ref"}
        told = beside.keys() - _ANNOTATIONS
        if not isinstance(name, str) or not told <= {"description", "$defs"}:
            raise _LooseError
        if not told or name in self._inside:
            return {"$ref": name}
        target = resolve(self._root, name)
        self._inside.add(name)
        try:
            return self._part({**target, **beside} if is_schema(target) else None)
        finally:
            self._inside.discard(name)


def _choices(schema: Schema) -> Iterator[object]:
    """Of one thing or another; `oneOf` is the same as `anyOf` only where a mark tells them apart."""
    if "oneOf" in schema and ("anyOf" in schema or "discriminator" not in schema):
        raise _LooseError
    choices = schema.get("anyOf", schema.get("oneOf"))
    if not is_list(choices):
        raise _LooseError
    return iter(choices)


def _may_be_null(root: Schema, schema: object) -> bool:
    """Left out means null here, so that a null in its place changes nothing."""
    if not is_schema(schema) or "default" not in schema or schema["default"] is not None:
        return False
    if is_list(choices := schema.get("anyOf")):
        return any(_is_null(root, each) for each in choices)
    return _is_null(root, schema)


def _is_null(root: Schema, schema: object) -> bool:
    if not is_schema(schema):
        return False
    if isinstance(name := schema.get("$ref"), str):
        schema = resolve(root, name)
    kind = schema.get("type") if is_schema(schema) else None
    return kind == "null" or (is_list(kind) and "null" in kind)


def _describe(part: dict[str, object], schema: Schema) -> None:
    """Lengths, and a format that strict mode does not know, become words."""
    said = [words.format(schema[word]) for word, words in _SAID.items() if word in schema]
    if "format" in part and part["format"] not in _FORMATS:
        said.append(f"format {part.pop('format')}")
    if said:
        before = f"{described} " if isinstance(described := part.get("description"), str) else ""
        part["description"] = f"{before}({', '.join(said)})"


def _type(part: dict[str, object]) -> None:
    """Strict mode wants a type everywhere; allowed values tell it."""
    if "type" in part or "anyOf" in part:
        return
    values = part.get("enum", [part["const"]] if "const" in part else None)
    if not is_list(values) or not all(type(each) in _TYPES for each in values):
        raise _LooseError
    names = sorted({_TYPES[type(each)] for each in values})
    part["type"] = names[0] if len(names) == 1 else names
