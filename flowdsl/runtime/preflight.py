"""What can be known to go wrong with a graph's models before any step starts; all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowdsl.errors.asking import MediaUnsupportedError, UnfitModelError
from flowdsl.errors.base import FlowError
from flowdsl.errors.prompts import SchemaLintError
from flowdsl.ir.parts import parts_of
from flowdsl.ir.types import DictOf, ListOf, Media, SetOf, TupleOf, Union
from flowdsl.providers import Capabilities, KnowsModels, RefusesSchemas

if TYPE_CHECKING:
    from flowdsl.errors.base import Place
    from flowdsl.ir.model_nodes import Generate
    from flowdsl.ir.types import Type
    from flowdsl.runtime.context import FindsModels, Model
    from flowdsl.runtime.ops import Plan


def preflight(plan: Plan, models: FindsModels) -> list[FlowError]:
    """Look at every model call of a plan and its bodies.

    Models are found, asked whether they could answer, and whether they take the images and documents they are
    shown; reply types are linted. Nothing is called.

    Returns:
        Every problem; empty when all is well.
    """
    problems: list[FlowError] = []
    seen: set[str] = set()
    for node, place in plan.asks:
        problems += _lint(node, place)
        try:
            model = models(node.model)
        except FlowError as error:
            if str(error) not in seen:
                seen.add(str(error))
                error.place = error.place or place
                problems.append(error)
            continue
        problems += _unfit(node, model, place, seen)
    return problems


def _lint(node: Generate, place: Place | None) -> list[FlowError]:
    from flowdsl.prompts.structured import lint

    return [problem for problem in lint(node.output, place=place) if problem.severity == "error"]


def _unfit(node: Generate, model: Model, place: Place | None, seen: set[str]) -> list[FlowError]:
    provider = model.provider
    if not isinstance(provider, KnowsModels):
        return []
    why = provider.unready(model.name)
    if why is not None:
        if why in seen:
            return []
        seen.add(why)
        return [UnfitModelError(node.label, model.full_name, why, place=place)]
    if (refusal := _refusal(node, model)) is not None:
        return [UnfitModelError(node.label, model.full_name, refusal, place=place)]
    capabilities = provider.capabilities(model.name)
    return [] if capabilities is None else list(_unseen(node, model, capabilities, place))


def _refusal(node: Generate, model: Model) -> str | None:
    """Why the model can't answer in the reply's type; `None` when it can."""
    from flowdsl.prompts.structured import request_schema

    if not isinstance(model.provider, RefusesSchemas):
        return None
    try:
        schema = request_schema(node.output)
    except SchemaLintError:  # told by the lint
        return None
    return None if schema is None else model.provider.refuses(model.name, schema)


def _unseen(
    node: Generate, model: Model, capabilities: Capabilities, place: Place | None
) -> Iterator[FlowError]:
    for port in node.inputs:
        kind = media_in(port.type)
        if kind == "image" and not capabilities.images:
            yield MediaUnsupportedError(node.label, port.name, kind, model.full_name, place=place)


def media_in(type_: Type) -> str | None:
    """The kind of media a value of the type is or collects; `None` when it does not."""
    match type_:
        case Media(kind):
            return kind
        # A record is left out: its prompt may well show the other fields alone.
        case Union() | ListOf() | SetOf() | TupleOf() | DictOf():
            return next(filter(None, map(media_in, parts_of(type_))), None)
        case _:
            return None
