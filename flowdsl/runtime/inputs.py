"""What a run is given, checked against the signature; JSON becomes the models it is meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from flowdsl.errors.base import FlowError, raise_all
from flowdsl.errors.run import InputTypeError, MissingInputError, UnknownInputError
from flowdsl.ir.types import Anything, ListOf, Variable
from flowdsl.runtime.fresh import fresh
from flowdsl.runtime.ops import UNSET
from flowdsl.runtime.telling import kind_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from flowdsl.ir.types import Type
    from flowdsl.runtime.ops import Frame, PlanInput


def fill_inputs(frame: Frame, given: Mapping[str, object]) -> None:
    """Put a run's inputs into the root frame.

    Raises:
        FlowError: An input is missing, unknown or of a wrong type; all that are wrong are named at once.
    """
    plan = frame.plan
    problems: list[FlowError] = []
    left = dict(given)
    for each in plan.inputs:
        if each.name in left:
            value = left.pop(each.name)
            if each.check is None or not each.check(value):
                value = _fitted(plan.name, each, value, problems)
            frame.values[each.slot] = value
        elif each.default is UNSET:
            problems.append(MissingInputError(plan.name, each.name, _shown(each.type)))
        else:
            frame.values[each.slot] = fresh(each.default)
    known = [each.name for each in plan.inputs]
    problems += [UnknownInputError(plan.name, name, known) for name in left]
    if problems:
        raise_all(problems)


def _fitted(pipeline: str, each: PlanInput, value: object, problems: list[FlowError]) -> object:
    """The value as the type wants it."""
    if isinstance(each.type, Anything | Variable):
        return value
    if isinstance(each.type, ListOf) and each.type.abstract in {"Iterable", "Collection"}:
        value = _listed(value)
    if each.check is not None:
        why = of_json(value)
        problems.append(
            InputTypeError(pipeline, each.name, _shown(each.type), kind_of(value), why=why)
        )
        return value
    return _validated(pipeline, each.name, value, each.type, problems)


def _listed(value: object) -> object:
    """Sets, views and iterators as the lists they stand for, since a run may read an input more than once."""
    return list(value) if _is_many(value) else value


def _is_many(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes))


def _validated(
    pipeline: str, name: str, value: object, wanted: Type, problems: list[FlowError]
) -> object:
    from pydantic import ValidationError

    try:
        return adapter_of(wanted).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        at = ".".join(map(str, first["loc"]))
        said = f"{name}.{at}: {first['msg']}." if at else f"{first['msg']}."
        why = of_json(value) or said
        problems.append(InputTypeError(pipeline, name, _shown(wanted), kind_of(value), why=why))
        return value


def of_json(value: object) -> str:
    """What to say of a text that looks like JSON, given where a value is taken; empty for anything else."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return ""
    import json

    try:
        json.loads(value)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        return f"It looks like JSON, but is broken: {error.msg} ({at})."
    return "It is the text of a JSON value: give the value, as json.loads(…) reads it."


@lru_cache(maxsize=256)
def adapter_of(wanted: Type) -> TypeAdapter[object]:
    """What reads and checks values of a type."""
    from pydantic import ConfigDict, PydanticUserError, TypeAdapter

    from flowdsl.ir.python_types import to_annotation

    annotation = to_annotation(wanted)
    assert _is_form(annotation)  # noqa: S101 - narrows only
    try:
        return TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError:  # a model brings its own config
        return TypeAdapter(annotation)


def _is_form(annotation: object) -> TypeGuard[type[object]]:
    return annotation is not None


def _shown(wanted: Type) -> str:
    from flowdsl.ir.show import show

    return show(wanted)
