"""Structured output: the schema a model is asked for, and its reply read back into the declared type."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from types import new_class
from typing import TYPE_CHECKING, NoReturn

from flowdsl.errors.base import Place
from flowdsl.errors.prompts import ReplyMismatchError, SchemaLintError
from flowdsl.ir.types import ANYTHING, STR, Type
from flowdsl.prompts.lint import lint_type
from flowdsl.prompts.show import is_mapping, is_row

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

__all__ = ["lint", "read_reply", "repair_message", "request_schema"]

MAX_MISMATCHES = 20
"""Mismatches that are listed; a model mends no more at once."""

BRIEF = 60
"""Characters of a wrong value that are quoted."""

_WRAPPER = "value"
_DEFINITION = "#/$defs/"
_FENCED = re.compile(r"\A\s*```[A-Za-z]*[ \t]*\n(.*?)\n?[ \t]*```\s*\Z", re.DOTALL)
_DROPPED = frozenset({"default", "discriminator", "examples", "title", "uniqueItems"})
_NAMED_PARTS = frozenset({"$defs", "properties"})
_LITERAL_PARTS = frozenset({"const", "enum", "required"})


def request_schema(type_: Type) -> dict[str, object] | None:
    """The JSON Schema that a reply must meet.

    Its root is an object with named properties, as providers want it: anything else (lists, unions, literals,
    numbers, `None`) stands in the one property `value`. Objects are closed, titles and defaults left out.

    Returns:
        The schema; `None` when the reply is plain text (`str`, or no annotation).

    Raises:
        SchemaLintError: The type has no JSON form at all; `lint` tells more.
    """
    if type_ in {STR, ANYTHING}:
        return None
    return _wrapped(_inner(type_))


def lint(type_: Type, *, place: Place | None = None) -> list[SchemaLintError]:
    """What about a reply's type will not work, by field; for use before any call.

    Args:
        type_: What a prompt declares to return. No annotation (`Anything`) asks for plain text and is fine.
        place: Where it is declared.

    Returns:
        `SchemaLintError`s. Those of severity `error` break with every provider, or lose data silently; those of
        severity `warning` only with some.
    """
    problems = lint_type(type_, place=place)
    if all(problem.severity == "warning" for problem in problems):
        try:
            request_schema(type_)
        except SchemaLintError as error:
            error.place = place
            problems.append(error)
    return [*problems]


def read_reply(type_: Type, text: str) -> object:
    """A reply's text as a value of the declared type.

    A code fence around the whole reply is taken off; nothing else is guessed or mended, so that `"3"` is no
    number. Models and dataclasses come back as instances, with their own validators run.

    Raises:
        ReplyMismatchError: The text is not JSON, or not of the type; every mismatch is listed with its path.
    """
    if type_ in {STR, ANYTHING}:
        return text
    document = _parsed(text)
    root = "$"
    if not _has_object_root(_inner(type_)):
        root = f"$.{_WRAPPER}"
        document = _unwrapped(document, text)
    return _validated(type_, document, text, root)


def repair_message(error: ReplyMismatchError) -> str:
    """What the model is told after a reply that did not match."""
    return (
        f"Your reply cannot be used. {error.message}\n"
        "Reply again with the complete JSON value, corrected, and nothing else."
    )


def _inner(type_: Type) -> dict[str, object]:
    """The schema of the type itself."""
    from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
    from pydantic_core import SchemaError

    try:
        written = _holder(type_).model_json_schema()
    except (PydanticUndefinedAnnotation, PydanticUserError, SchemaError, ValueError) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise SchemaLintError(
            "$",
            f"pydantic has no schema for it ({reason})",
            severity="error",
            cure="declare it as a pydantic model, or with fields of types JSON can hold.",
        ) from None
    whole = _strict(written, frozenset(_telling(written)))
    definitions = _part(whole, "$defs")
    inner = _part(_part(whole, "properties"), _WRAPPER)
    reference = inner.get("$ref")
    if isinstance(reference, str):
        inner = _part(definitions, reference.removeprefix(_DEFINITION)) | {
            key: part for key, part in inner.items() if key != "$ref"
        }
    needed = _needed(inner, definitions)
    return {**inner, "$defs": needed} if needed else inner


def _needed(schema: object, definitions: Mapping[str, object]) -> dict[str, object]:
    """The definitions that a schema refers to, directly or through others."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(definitions.get(name))
    return {name: part for name, part in definitions.items() if name in found}


def _references(schema: object) -> Iterator[str]:
    if is_mapping(schema):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(_DEFINITION)
        schema = [*schema.values()]
    for part in schema if is_row(schema) else ():
        yield from _references(part)


def _part(schema: object, name: str) -> dict[str, object]:
    """A named part of a schema; empty when there is none."""
    found = schema.get(name) if is_mapping(schema) else None
    return {str(key): part for key, part in found.items()} if is_mapping(found) else {}


def _holder(type_: Type) -> type[BaseModel]:
    """A model of one field, `value`, of the type."""
    from flowdsl.ir.python_types import to_annotation

    annotation = to_annotation(type_)
    return (
        _known_holder(annotation) if isinstance(annotation, Hashable) else _new_holder(annotation)
    )


@lru_cache(maxsize=1024)
def _known_holder(annotation: Hashable) -> type[BaseModel]:
    return _new_holder(annotation)


def _new_holder(annotation: object) -> type[BaseModel]:
    from pydantic import BaseModel

    body = {"__annotations__": {_WRAPPER: annotation}, "__module__": __name__}
    made = new_class("Reply", (BaseModel,), exec_body=lambda names: names.update(body))
    assert issubclass(made, BaseModel)  # noqa: S101 - only tells the type checker what new_class cannot
    return made


def _strict(schema: object, telling: frozenset[object] = frozenset()) -> object:
    """A schema with closed objects, `anyOf` for every union, and nothing that says no more than the rest.

    Properties that tell the members of a union apart (`telling`), and those with one value only, are required.
    """
    if is_row(schema):
        return [_strict(part, telling) for part in schema]
    if not is_mapping(schema):
        return schema
    made: dict[object, object] = {}
    for key, part in schema.items():
        if key in _LITERAL_PARTS:
            made[key] = part
        elif key in _NAMED_PARTS and is_mapping(part):
            made[key] = {name: _strict(inner, telling) for name, inner in part.items()}
        elif key not in _DROPPED:
            made["anyOf" if key == "oneOf" else key] = _strict(part, telling)
    return made | _closed(made, telling)


def _closed(schema: Mapping[object, object], telling: frozenset[object]) -> dict[object, object]:
    """What closes an object; nothing for another schema."""
    properties = schema.get("properties")
    if not is_mapping(properties):
        return {}
    given = schema.get("required")
    required = list(given) if is_row(given) else []
    for name, part in properties.items():
        if name not in required and (name in telling or (is_mapping(part) and "const" in part)):
            required.append(name)
    closed: dict[object, object] = {"additionalProperties": False}
    return closed | {"required": required} if required else closed


def _telling(schema: object) -> Iterator[object]:
    """Names of the properties that discriminate unions."""
    if is_mapping(schema):
        discriminator = schema.get("discriminator")
        if is_mapping(discriminator):
            yield discriminator.get("propertyName")
        schema = [*schema.values()]
    for part in schema if is_row(schema) else ():
        yield from _telling(part)


def _has_object_root(schema: Mapping[str, object]) -> bool:
    return schema.get("type") == "object" and "properties" in schema


def _wrapped(schema: dict[str, object]) -> dict[str, object]:
    """The schema, or an object of one property that holds it."""
    if _has_object_root(schema):
        return schema
    inner = {key: part for key, part in schema.items() if key != "$defs"}
    whole: dict[str, object] = {
        "type": "object",
        "properties": {_WRAPPER: inner},
        "required": [_WRAPPER],
        "additionalProperties": False,
    }
    return {**whole, "$defs": schema["$defs"]} if "$defs" in schema else whole


def _parsed(text: str) -> object:
    fenced = _FENCED.match(text)
    bare = fenced.group(1) if fenced else text
    try:
        found: object = json.loads(bare, parse_constant=_no_number)
    except RecursionError:
        raise ReplyMismatchError(text, (("$", "it is nested too deeply"),)) from None
    except ValueError as error:
        reason = f"it is no JSON: {error}" if bare.strip() else "it is empty"
        raise ReplyMismatchError(text, (("$", reason),)) from None
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _unwrapped(document: object, text: str) -> object:
    """What stands in the one property `value`."""
    if not is_mapping(document) or set(document) != {_WRAPPER}:
        reason = (
            f'it must be an object with the one property "{_WRAPPER}"; it is {_brief(document)}'
        )
        raise ReplyMismatchError(text, (("$", reason),))
    return document[_WRAPPER]


def _validated(type_: Type, document: object, text: str, root: str) -> object:
    from pydantic import ValidationError

    try:
        held = _holder(type_).model_validate_json(json.dumps({_WRAPPER: document}), strict=True)
    except ValidationError as error:
        found = dict.fromkeys(_mismatches(error, document, root))
        raise ReplyMismatchError(text, tuple(found)[:MAX_MISMATCHES]) from None
    value: object = vars(held)[_WRAPPER]
    return value


def _mismatches(error: ValidationError, document: object, root: str) -> Iterator[tuple[str, str]]:
    for problem in error.errors(include_url=False, include_context=False):
        path, value = _place(problem["loc"][1:], document, root)
        if problem["type"] == "missing":
            yield f"{path}.{problem['loc'][-1]}", problem["msg"]
        else:
            message = problem["msg"].removeprefix("Value error, ")
            yield path, f"{message}; it is {_brief(value)}"


def _place(location: tuple[int | str, ...], document: object, path: str) -> tuple[str, object]:
    """Path and value at a location of pydantic's, as far as it is there; branches of unions are left out."""
    here = document
    for step in location:
        if is_row(here) and isinstance(step, int) and step < len(here):
            here = here[step]
            path += f"[{step}]"
        elif is_mapping(here) and step in here:
            here = here[step]
            path += f".{step}"
    return path, here


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= BRIEF else text[: BRIEF - 3] + "..."
