"""Parts of `each` and `loop`: whether a body can be one, how its node is called, which types go in and out."""

# Rooms of the DSL read a handle's own attributes.
# pyright: reportPrivateUsage=false
from __future__ import annotations

from typing import cast

from flowdsl.dsl.computing import type_of_value
from flowdsl.dsl.handles import Handle, is_handle, name_of
from flowdsl.dsl.places import here
from flowdsl.dsl.scope import Scope
from flowdsl.dsl.wiring import misfit
from flowdsl.errors.tracing import NotAStepError, TypeMismatchError
from flowdsl.ir.types import ANYTHING, BOOL, Anything, ListOf, Type


def check_body(where: str, do: object, wanted: str) -> None:
    """Refuse what can't be done per item or round.

    Raises:
        NotAStepError: It can't be called, or is an `async def` that is not a step.
    """
    from inspect import iscoroutinefunction

    if is_handle(do) or not callable(do):
        called = is_handle(do)
        got = f"the handle '{name_of(cast('Handle', do))}'" if called else repr(do)
        instead = f"give it {wanted}" + (", itself and not its result" if called else "")
        raise NotAStepError(f"{where}()", got, instead=instead, place=here())
    if iscoroutinefunction(do):
        name = getattr(do, "__name__", "it")
        raise NotAStepError(
            f"{where}()",
            f"the async function '{name}', which is not a step",
            instead=f"decorate '{name}' with @step",
            place=here(),
        )


def label_of(region: str, do: object) -> str:
    """The name of a region's node, after what it does."""
    name = getattr(do, "name", None) or getattr(do, "__name__", "")
    return f"{region}_{name}" if isinstance(name, str) and name.isidentifier() else region


def item_types(scope: Scope, items: object, label: str) -> tuple[Type, Type]:
    """What the port takes, and what one item is; items that are no collection are noted once."""
    from flowdsl.ir.select import item_of
    from flowdsl.ir.show import show

    type_ = type_of_value(items)
    item = item_of(type_)
    if item is None:
        name = name_of(cast("Handle", items)) if is_handle(items) else repr(items)
        scope.session.problems.append(
            TypeMismatchError(
                name,
                show(type_),
                label,
                "a collection",
                advice="give each() a list, or call the step once.",
                place=here(),
            )
        )
        return type_, ANYTHING
    return ListOf(item, abstract="Iterable"), item


def check_same(scope: Scope, found: Type, wanted: Type, what: str) -> None:
    """Note a value of the next round that is of another type than this round's."""
    from flowdsl.ir.fits import fits

    if not fits(found, wanted):
        problem = misfit(what, found, "the next round", wanted, here())
        problem.help = "let the body give a value of the type that it takes."
        scope.session.problems.append(problem)


def check_condition(scope: Scope, asked: object, type_: Type, where: str) -> None:
    """Note an answer that decides whether a loop goes on, and is no truth."""
    from flowdsl.ir.fits import fits

    if isinstance(type_, Anything) or fits(type_, BOOL):
        return
    name = name_of(cast("Handle", asked)) if is_handle(asked) else repr(asked)
    problem = misfit(name, type_, where, BOOL, here())
    problem.help = "compare it (== , <, …), or ask is_none(…), size(…) > 0, contains(…, …)."
    scope.session.problems.append(problem)
