"""What can be known to go wrong with a graph's models before any step starts; all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowdsl.errors.asking import MediaUnsupportedError, NoModelError, UnfitModelError
from flowdsl.errors.base import FlowError
from flowdsl.errors.budget import UnpricedCallError
from flowdsl.ir.parts import parts_of
from flowdsl.ir.types import DictOf, ListOf, Media, SetOf, TupleOf, Union
from flowdsl.ir.usage import Usage
from flowdsl.pricing import listed
from flowdsl.providers import KnowsModels, KnowsPrices, RefusesSchemas
from flowdsl.runtime.fitting import refused_settings

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
    nameless: dict[str | None, dict[str, Place | None]] = {}
    for node, place in plan.asks:
        misshapen = _lint(node, place)
        problems += misshapen
        try:
            model = models(node.model)
        except NoModelError as error:
            nameless.setdefault(error.alias, {}).setdefault(node.label, place)
            continue
        except FlowError as error:
            if error.message not in seen:
                seen.add(error.message)
                error.message = f"prompt '{node.label}': {error.message}"
                error.place = error.place or place
                problems.append(error)
            continue
        why = _unready(model)
        if why is not None:
            if why not in seen:
                seen.add(why)
                problems.append(UnfitModelError(node.label, model.full_name, why, place=place))
            continue
        # Whether a model takes a type that no model can be held to is not worth asking.
        refused = [] if misshapen else _refused(node, model, place)
        problems += refused or _unseen(node, model, place)
        problems += refused_settings(node, model, place)
    for alias, prompts in nameless.items():
        first = next(iter(prompts.values()))
        problems.append(NoModelError(alias=alias, prompts=tuple(prompts), place=first))
    return problems


def unpriced(plan: Plan, models: FindsModels) -> list[FlowError]:
    """Models of a plan and its bodies whose price is not known; under a budget they can't be asked. Each is told once."""
    problems: dict[str, FlowError] = {}
    for node, place in plan.asks:
        try:
            model = models(node.model)
        except FlowError:  # told by the look at all models
            continue
        if model.is_free or model.full_name in problems or _has_price(model):
            continue
        known = listed(model.full_name.partition(":")[0])
        problems[model.full_name] = UnpricedCallError(
            node.label, model.full_name, known=known, place=place
        )
    return list(problems.values())


def _has_price(model: Model) -> bool:
    provider, one = model.provider, Usage(calls=1, input_tokens=1, output_tokens=1)
    return isinstance(provider, KnowsPrices) and provider.cost_usd(model.name, one) is not None


def _lint(node: Generate, place: Place | None) -> list[FlowError]:
    from flowdsl.prompts.structured import lint

    return [problem for problem in lint(node.output, place=place) if problem.severity == "error"]


def _unready(model: Model) -> str | None:
    """Why the model can't answer anything now; `None` when it can."""
    provider = model.provider
    return provider.unready(model.name) if isinstance(provider, KnowsModels) else None


def _refused(node: Generate, model: Model, place: Place | None) -> list[FlowError]:
    """That the model can't answer in the reply's type."""
    from flowdsl.prompts.structured import request_schema

    provider, schema = model.provider, request_schema(node.output)
    if schema is None or not isinstance(provider, RefusesSchemas):
        return []
    why = provider.refuses(model.name, schema)
    return [] if why is None else [UnfitModelError(node.label, model.full_name, why, place=place)]


def _unseen(node: Generate, model: Model, place: Place | None) -> list[FlowError]:
    """The images that the model can't see."""
    can = model.can
    if can is None or can.images:
        return []
    return [
        MediaUnsupportedError(node.label, port.name, "image", model.full_name, place=place)
        for port in node.inputs
        if media_in(port.type) == "image"
    ]


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
