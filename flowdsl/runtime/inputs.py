"""What a run is given, checked against the signature; JSON becomes the models it is meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from flowdsl.errors.base import FlowError, raise_all
from flowdsl.errors.run import InputTypeError, MissingInputError, UnknownInputError
from flowdsl.ir.types import Anything, Media, Plain, Variable
from flowdsl.runtime.telling import kind_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from flowdsl.ir.graph import Graph
    from flowdsl.ir.types import Type
    from flowdsl.runtime.ops import Frame


def fill_inputs(frame: Frame, graph: Graph, given: Mapping[str, object]) -> None:
    """Put a run's inputs into the root frame.

    Raises:
        FlowError: An input is missing, unknown or of a wrong type; all that are wrong are named at once.
    """
    problems: list[FlowError] = []
    left = dict(given)
    for node_id, node in graph.inputs:
        name = node.label
        slot = frame.plan.index[node_id]
        if name in left:
            value = left.pop(name)
            frame.values[slot] = _fitted(graph.name, name, value, node.output, problems)
        elif node.required:
            problems.append(MissingInputError(graph.name, name, _shown(node.output)))
        else:
            frame.values[slot] = node.default
    known = [node.label for _, node in graph.inputs]
    problems += [UnknownInputError(graph.name, name, known) for name in left]
    if problems:
        raise_all(problems)


def _fitted(
    pipeline: str, name: str, value: object, wanted: Type, problems: list[FlowError]
) -> object:
    match wanted:
        case Anything() | Variable():
            return value
        case Plain() | Media():
            from flowdsl.ir.checks import checker

            if not checker(wanted)(value):
                problems.append(InputTypeError(pipeline, name, _shown(wanted), kind_of(value)))
            return value
        case _:
            return _validated(pipeline, name, value, wanted, problems)


def _validated(
    pipeline: str, name: str, value: object, wanted: Type, problems: list[FlowError]
) -> object:
    from pydantic import ValidationError

    try:
        return _adapter(wanted).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        at = ".".join(map(str, first["loc"]))
        why = f"{name}.{at}: {first['msg']}." if at else f"{first['msg']}."
        problems.append(InputTypeError(pipeline, name, _shown(wanted), kind_of(value), why=why))
        return value


@lru_cache(maxsize=256)
def _adapter(wanted: Type) -> TypeAdapter[object]:
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
