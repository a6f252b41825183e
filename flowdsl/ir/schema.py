"""Types → JSON Schema (draft 2020-12); the ways back are in `schema_reading` and `python_types`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowdsl.errors.types import NoSchemaError
from flowdsl.ir.expr import Scalar
from flowdsl.ir.narrowing import is_dict, is_list
from flowdsl.ir.parts import parts_of
from flowdsl.ir.python_types import to_annotation
from flowdsl.ir.schema_reading import from_schema
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    Anything,
    Choice,
    DictOf,
    EnumOf,
    Field,
    Instance,
    Json,
    ListOf,
    Named,
    Plain,
    Record,
    SetOf,
    TupleOf,
    Type,
    Union,
    Variable,
)

__all__ = ["from_schema", "to_annotation", "to_schema"]

Schema = dict[str, object]


def to_schema(type_: Type) -> Schema:
    """The JSON Schema of a type's values, with records under `$defs`, closed to further keys.

    Where a pydantic model is involved pydantic writes the schema, so that bounds and patterns are kept.

    Raises:
        NoSchemaError: A part has no JSON form.
    """
    if _has_model(type_):
        return _by_pydantic(type_)
    writer = _Writer()
    schema = writer.schema(type_, {})
    root = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if root and not _refers(list(writer.definitions.values()), f"#/$defs/{root}"):
        schema = {"title": root, **writer.definitions.pop(root)}
    return {**schema, "$defs": writer.definitions} if writer.definitions else schema


@dataclass(slots=True)
class _Writer:
    """Collects the definitions of records while a type is written."""

    definitions: dict[str, Schema] = field(default_factory=dict[str, Schema])
    names: dict[Record, str] = field(default_factory=dict[Record, str])

    def schema(self, type_: Type, scope: Mapping[str, str]) -> Schema:
        """The schema of a type; `scope` has the definition each open record's name stands for."""
        match type_:
            case ListOf() | SetOf() | DictOf() | TupleOf():
                return self.collection(type_, scope)
            case Union(options):
                return {"anyOf": [self.schema(option, scope) for option in options]}
            case Record():
                return self.record(type_, scope)
            case Named(origin):
                return {"$ref": f"#/$defs/{scope[origin]}"} if origin in scope else {}
            case Variable(_, bound) if bound is not None:
                return self.schema(bound, scope)
            case _:
                return _leaf(type_)

    def collection(
        self, type_: ListOf | SetOf | DictOf | TupleOf, scope: Mapping[str, str]
    ) -> Schema:
        match type_:
            case ListOf(item):
                return {"type": "array", "items": self.schema(item, scope)}
            case SetOf(item):
                return {"type": "array", "items": self.schema(item, scope), "uniqueItems": True}
            case TupleOf(items, rest):
                return self.array(items, rest, scope)
            case _:
                values = self.schema(type_.value, scope) or True
                named = isinstance(type_.key, Choice | EnumOf)
                keys = {"propertyNames": _leaf(type_.key)} if named else {}
                return {"type": "object", "additionalProperties": values, **keys}

    def array(self, items: Iterable[Type], rest: Type | None, scope: Mapping[str, str]) -> Schema:
        fixed = [self.schema(item, scope) for item in items]
        # An empty `prefixItems` is not allowed.
        first: Schema = {"prefixItems": fixed, "minItems": len(fixed)} if fixed else {}
        last = {"maxItems": len(fixed)} if rest is None else {"items": self.schema(rest, scope)}
        return {"type": "array", **first, **last}

    def record(self, record: Record, scope: Mapping[str, str]) -> Schema:
        if record.kind == "namedtuple":
            return self.array([each.type for each in record.fields], None, scope)
        if not record.name:
            return self.object(record, scope)
        name = self.names.get(record)
        if name is None:
            name = self.names[record] = self.free_name(record.name)
            self.definitions[name] = {}
            self.definitions[name] = self.object(record, {**scope, record.origin: name})
        return {"$ref": f"#/$defs/{name}"}

    def free_name(self, name: str) -> str:
        number = 2
        found = name
        while found in self.definitions:
            found, number = f"{name}_{number}", number + 1
        return found

    def object(self, record: Record, scope: Mapping[str, str]) -> Schema:
        said = {"description": record.description} if record.description else {}
        return {
            "type": "object",
            **said,
            "properties": {each.name: self.property(each, scope) for each in record.fields},
            "required": [each.name for each in record.fields if each.required],
            "additionalProperties": False,
        }

    def property(self, part: Field, scope: Mapping[str, str]) -> Schema:
        said = {"description": part.description} if part.description else {}
        return {**self.schema(part.type, scope), **said}


def _leaf(type_: Type) -> Schema:
    match type_:
        case Anything() | Json() | Variable():
            return {}
        case Plain(name):
            return dict(_PLAIN[name])
        case Choice(values):
            return _one_of(values)
        case EnumOf(members=members):
            return _one_of(tuple(value for _, value in members))
        case Instance(origin) if origin in _FORMATS:
            return dict(_FORMATS[origin])
        case _:
            raise NoSchemaError(show(type_))


def _one_of(values: tuple[Scalar, ...]) -> Schema:
    kinds = {type(value).__name__ for value in values}
    kind = {"type": _PLAIN[kinds.pop()]["type"]} if len(kinds) == 1 else {}
    return {"const": values[0], **kind} if len(values) == 1 else {"enum": list(values), **kind}


_PLAIN: Mapping[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "bytes": {"type": "string", "format": "binary"},
}
_FORMATS: Mapping[str, Schema] = {
    "datetime:datetime": {"type": "string", "format": "date-time"},
    "datetime:date": {"type": "string", "format": "date"},
    "datetime:time": {"type": "string", "format": "time"},
    "datetime:timedelta": {"type": "string", "format": "duration"},
    "decimal:Decimal": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "pathlib:Path": {"type": "string", "format": "path"},
    "uuid:UUID": {"type": "string", "format": "uuid"},
}


def _has_model(type_: Type) -> bool:
    model = isinstance(type_, Record) and type_.kind == "model" and type_.python is not None
    return model or any(map(_has_model, parts_of(type_)))


def _by_pydantic(type_: Type) -> Schema:
    from pydantic import type_adapter
    from pydantic.errors import PydanticInvalidForJsonSchema

    # The annotation is made at run time, where a type checker cannot follow.
    adapter = vars(type_adapter)["TypeAdapter"](to_annotation(type_))
    try:
        written: object = adapter.json_schema()
    except PydanticInvalidForJsonSchema:
        raise NoSchemaError(show(type_)) from None
    closed = _closed(written)
    return {str(key): part for key, part in closed.items()} if is_dict(closed) else {}


def _closed(schema: object) -> object:
    """Without the titles pydantic makes of names; objects closed to further keys unless the model says otherwise."""
    if is_list(schema):
        return [_closed(part) for part in schema]
    if not is_dict(schema):
        return schema
    kept = {key: part for key, part in schema.items() if key != "title"}
    for key, part in kept.items():
        if key in {"properties", "$defs"} and is_dict(part):
            kept[key] = {name: _closed(each) for name, each in part.items()}
        elif key not in {"default", "const", "enum", "examples"}:
            kept[key] = _closed(part)
    if "properties" in kept:
        kept.setdefault("additionalProperties", False)
    return kept


def _refers(schema: object, reference: str) -> bool:
    if is_list(schema):
        return any(_refers(part, reference) for part in schema)
    if not is_dict(schema):
        return False
    return schema.get("$ref") == reference or _refers(list(schema.values()), reference)
