"""JSON Schema → types, for schemas written in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flowdsl.errors.types import SchemaError
from flowdsl.ir.narrowing import is_dict, is_list
from flowdsl.ir.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    NONE,
    STR,
    Choice,
    DictOf,
    Field,
    ListOf,
    Named,
    Record,
    TupleOf,
    Type,
    union_of,
)


def from_schema(schema: Mapping[str, object]) -> Type:
    """The type a JSON Schema describes; where it says nothing, `Json`.

    Objects with `properties` are records, other objects dicts. Bounds, patterns and formats are not part of a type.

    Raises:
        SchemaError: A `$ref` leads nowhere, or a keyword has no type that stands for it (`not`, several `allOf`).
    """
    return _type(_Part(schema, schema, "#"))


class _Part(NamedTuple):
    """A subschema: the document it lies in, where, and what is being read around it."""

    root: Mapping[str, object]
    schema: object
    at: str
    name: str = ""
    open: tuple[str, ...] = ()
    """References being followed."""

    def within(self, schema: object, step: str) -> _Part:
        return self._replace(schema=schema, at=f"{self.at}/{step}", name="")


_Keywords = Mapping[object, object]


def _type(part: _Part) -> Type:
    schema = part.schema
    if schema is True:
        return JSON
    if not is_dict(schema):
        raise SchemaError(part.at, "it is no schema", "write an object such as {type: string}.")
    if "$ref" in schema:
        return _reference(part, schema["$ref"])
    if "const" in schema:
        return _choice([schema["const"]])
    options = schema.get("enum")
    if is_list(options):
        return _choice(options)
    return _or_none(schema, _combined(part, schema) or _by_type(part, schema))


def _or_none(schema: _Keywords, type_: Type) -> Type:
    return union_of((type_, NONE)) if schema.get("nullable") is True else type_


def _choice(values: list[object]) -> Type:
    options: list[Type] = []
    for value in values:
        if value is None:
            options.append(NONE)
        elif isinstance(value, str | int | float):
            options.append(Choice((value,)))
        else:
            return JSON
    return union_of(options)


def _reference(part: _Part, reference: object) -> Type:
    target: object = part.root
    steps = str(reference).split("/")
    for step in steps[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        target = target.get(key) if is_dict(target) else None
    if steps[0] != "#" or target is None:
        why = f"the reference '{reference}' leads nowhere"
        raise SchemaError(part.at, why, "define it under `$defs` of the same schema.")
    title = target.get("title") if is_dict(target) and len(steps) == 1 else None
    name = title if isinstance(title, str) else steps[-1]
    if str(reference) in part.open or (len(steps) == 1 and part.at.startswith("#/")):
        is_record = is_dict(target) and "properties" in target
        return Named(f"schema:{name}") if is_record else JSON
    opened = (*part.open, str(reference))
    return _type(_Part(part.root, target, str(reference), name, opened))


def _combined(part: _Part, schema: _Keywords) -> Type | None:
    for keyword in ("anyOf", "oneOf", "allOf"):
        parts = schema.get(keyword)
        if not is_list(parts) or not parts:
            continue
        if keyword == "allOf" and len(parts) > 1:
            why = "it combines several schemas with `allOf`"
            raise SchemaError(part.at, why, "write their properties into one schema.")
        return union_of(
            _type(part.within(each, f"{keyword}/{index}")) for index, each in enumerate(parts)
        )
    if "not" in schema:
        raise SchemaError(part.at, "no type stands for `not`", "say what is allowed instead.")
    return None


def _by_type(part: _Part, schema: _Keywords) -> Type:
    name = schema.get("type", _implied(schema))
    if is_list(name):
        return union_of(_type(part._replace(schema={**schema, "type": each})) for each in name)
    if name in {"object", "array"}:
        return _object(part, schema) if name == "object" else _array(part, schema)
    if name is None:
        return JSON
    if name not in _PLAIN:
        known = "array, boolean, integer, null, number, object, string."
        raise SchemaError(part.at, f"there is no type '{name}'", f"known: {known}")
    return _PLAIN[name]


_PLAIN: Mapping[object, Type] = {
    "string": STR,
    "integer": INT,
    "number": FLOAT,
    "boolean": BOOL,
    "null": NONE,
}


def _implied(schema: _Keywords) -> str | None:
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema or "prefixItems" in schema else None


def _array(part: _Part, schema: _Keywords) -> Type:
    first = schema.get("prefixItems")
    items = schema.get("items", True)
    if not is_list(first):
        return ListOf(_type(part.within(items, "items")))
    fixed = tuple(_type(part.within(each, f"prefixItems/{i}")) for i, each in enumerate(first))
    closed = items is False or schema.get("maxItems") == len(first)
    return TupleOf(fixed, None if closed else _type(part.within(items, "items")))


def _object(part: _Part, schema: _Keywords) -> Type:
    properties = schema.get("properties")
    if not is_dict(properties):
        values = schema.get("additionalProperties", True)
        return DictOf(
            STR, JSON if values is False else _type(part.within(values, "additionalProperties"))
        )
    title, required = schema.get("title"), schema.get("required")
    name = part.name or (title if isinstance(title, str) else "")
    needed = required if is_list(required) else []
    return Record(
        name=name,
        origin=f"schema:{name}" if name else "schema",
        kind="schema",
        fields=tuple(_field(part, str(key), each, needed) for key, each in properties.items()),
        description=_description(schema) if part.name or part.at == "#" else "",
    )


def _field(part: _Part, name: str, schema: object, required: list[object]) -> Field:
    said = _description(schema) if is_dict(schema) else ""
    type_ = _type(part.within(schema, f"properties/{name}"))
    return Field(name, type_, name in required, said)


def _description(schema: _Keywords) -> str:
    said = schema.get("description")
    return said if isinstance(said, str) else ""
