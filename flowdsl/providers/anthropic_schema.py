"""Which JSON schemas Claude models answer in, and the copy of a schema that their API takes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flowdsl.providers.json_schema import Schema, is_list, is_schema, resolve
from flowdsl.providers.local_schema import too_hard

MOST_OPTIONAL = 24
"""Optional fields of one request, counted in the schema as it is sent (PROVIDERS.md A.4)."""
MOST_UNIONS = 16
"""Values of several types of one request, counted alike (PROVIDERS.md A.4)."""

_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
)
_UNIONS = ("anyOf", "oneOf")
_NAMED = ("properties", "$defs")
_NO_CONSTRAINT = frozenset(
    {"$defs", "$ref", "type", "additionalProperties", "discriminator", "examples", "$schema", "$id"}
)


def refusal(schema: Schema) -> str | None:
    """Why no Claude model can answer in this schema, with the cure; `None` when they can.

    Found are free keys, recursion, untyped values, tuples, and more optional or union fields than the API takes.
    """
    if why := too_hard(schema) or next(_tuples(schema, schema, "the answer"), None):
        return f"{why}."
    sent = prepared(schema)
    if (optional := sum(_optional(each) for each in _all(sent))) > MOST_OPTIONAL:
        return (
            f"the answer has {optional} optional fields, and {MOST_OPTIONAL} are the most; "
            "leave out their defaults, or ask in two calls."
        )
    if (unions := sum(_is_union(each) for each in _all(sent))) > MOST_UNIONS:
        return (
            f"the answer has {unions} values of several types, and {MOST_UNIONS} are the most; "
            "declare one type for more of them, or ask in two calls."
        )
    return None


def _tuples(schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if isinstance(ref := schema.get("$ref"), str) and is_schema(target := resolve(root, ref)):
        yield from _tuples(target, root, at)
    if "prefixItems" in schema:
        yield f"{at} is a tuple, whose places would lose their types; declare a model class with named fields"
    for name, part in _parts(schema):
        if name != "$defs":
            yield from _tuples(part, root, f"{at}.{name}" if name else at)


def _parts(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Schemas right inside of a schema, by the name of the field."""
    for word in _NAMED:
        if is_schema(inner := schema.get(word)):
            for name, part in inner.items():
                if is_schema(part):
                    yield name if word == "properties" else word, part
    for word in (*_UNIONS, "allOf"):
        if is_list(several := schema.get(word)):
            yield from (("", part) for part in several if is_schema(part))
    if is_schema(items := schema.get("items")):
        yield "items", items


def _all(schema: Schema) -> Iterator[Schema]:
    yield schema
    for _, part in _parts(schema):
        yield from _all(part)


def _optional(schema: Schema) -> int:
    fields, required = schema.get("properties"), schema.get("required")
    if not is_schema(fields):
        return 0
    return len(fields.keys() - set(map(str, required if is_list(required) else ())))


def _is_union(schema: Schema) -> bool:
    return "anyOf" in schema or is_list(schema.get("type"))


def prepared(schema: Schema) -> dict[str, object]:
    """A copy that the API takes: objects closed, and what it can't enforce said in the descriptions.

    Bounds, lengths, patterns and the like become text that the model reads, as Anthropic's own SDK writes it;
    the validation of replies enforces them.
    """
    sent = _prepared(schema, schema)
    if is_schema(defined := schema.get("$defs")):
        sent["$defs"] = {name: _part(part, schema) for name, part in defined.items()}
    return sent


def _part(part: object, root: Schema) -> object:
    return _prepared(part, root) if is_schema(part) else part


def _prepared(schema: Schema, root: Schema) -> dict[str, object]:
    plain = _plain(schema, root)
    if "$ref" in plain:
        return {"$ref": plain["$ref"]}
    sent: dict[str, object] = {
        word: plain[word] for word in ("title", "description", "enum", "const") if word in plain
    }
    for word in _UNIONS:
        if is_list(parts := plain.get(word)):
            sent["anyOf"] = [_part(part, root) for part in parts]
    if "type" in plain and not {"enum", "const", "anyOf"} & sent.keys():
        sent |= _of_type(plain, root)
    return _with_the_rest_said(sent, plain)


def _plain(schema: Schema, root: Schema) -> Schema:
    """The schema with a lone `allOf` merged into it, and a reference written out where words stand beside it."""
    beside = {word: value for word, value in schema.items() if word not in {"$ref", "allOf"}}
    if isinstance(ref := schema.get("$ref"), str):
        target = resolve(root, ref)
        is_bare = not beside.keys() - {"$defs"}
        return schema if is_bare or not is_schema(target) else _plain({**target, **beside}, root)
    if is_list(several := schema.get("allOf")) and several and is_schema(only := several[0]):
        return _plain({**only, **beside}, root)
    return schema


def _of_type(schema: Schema, root: Schema) -> dict[str, object]:
    sent: dict[str, object] = {"type": schema["type"]}
    if schema["type"] == "object":
        sent |= _fields(schema, root)
    if "items" in schema:
        sent["items"] = _part(schema["items"], root)
    if schema.get("format") in _FORMATS:
        sent["format"] = schema["format"]
    if schema.get("minItems") in {0, 1}:
        sent["minItems"] = schema["minItems"]
    return sent


def _fields(schema: Schema, root: Schema) -> dict[str, object]:
    fields = schema.get("properties")
    named = fields.items() if is_schema(fields) else ()
    return {
        "properties": {name: _part(part, root) for name, part in named},
        "required": schema.get("required", []),
        "additionalProperties": False,
    }


def _with_the_rest_said(sent: dict[str, object], schema: Schema) -> dict[str, object]:
    left = {
        word: value
        for word, value in schema.items()
        if word not in sent and word not in _NO_CONSTRAINT and word not in _UNIONS
    }
    if left:
        words = (f"{word}: {json.dumps(value, ensure_ascii=False)}" for word, value in left.items())
        said = f"{{{', '.join(words)}}}"
        own = sent.get("description")
        sent["description"] = f"{own}\n\n{said}" if own else said
    return sent
