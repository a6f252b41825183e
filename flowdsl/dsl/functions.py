"""Whether a decorated thing is a function that steps and pipelines can be made of."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from flowdsl.dsl.places import here, place_of_function
from flowdsl.errors.base import raise_all
from flowdsl.errors.tracing import DeclarationError

if TYPE_CHECKING:
    from flowdsl.errors.base import FlowError, Place

_MAY_CHANGE: tuple[type, ...] = (list, dict, set, bytearray)


def check_function(label: str, function: object, *, keeps_defaults: bool = True) -> Place | None:
    """Refuse what is no plain function; gives the place of its definition.

    Args:
        label: Its name, for messages.
        function: What was decorated.
        keeps_defaults: It is called with its own defaults, so that one call could change them for the next.

    Raises:
        DeclarationError: It is a class, a method, a generator, or has a default that may change.
        ManyProblemsError: More than one of these.
    """
    if isinstance(function, (staticmethod, classmethod)):
        raise DeclarationError(
            label,
            "is not a function",
            instead="put @staticmethod above the decorator",
            place=here(),
        )
    if not callable(function) or isinstance(function, type):
        raise DeclarationError(
            label,
            "is not a function",
            instead="decorate a plain function, defined with def",
            place=here(),
        )
    place = place_of_function(function)
    found: list[FlowError] = [
        DeclarationError(label, wrong, instead=instead, place=place)
        for wrong, instead in (*_wrongs(function), *(_changing(function) if keeps_defaults else ()))
    ]
    raise_all(found)
    return place


def _wrongs(function: object) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        found.append(("yields its results one by one", "return a list, or use each() over a step"))
    code = getattr(function, "__code__", None)
    names: tuple[str, ...] = getattr(code, "co_varnames", ())
    owner = getattr(function, "__qualname__", "").rpartition(".")[0]
    if owner and not owner.endswith("<locals>") and names and names[0] in ("self", "cls"):
        found.append(
            (
                f"is a method: '{names[0]}' would be one of its inputs",
                f"move it out of class {owner}, and give it what it needs as parameters",
            )
        )
    return found


def _changing(function: object) -> list[tuple[str, str]]:
    return [
        (
            f"has a default that one call could change for the next: {name}={value!r}",
            f"annotate {name} as `… | None`, write {name}=None, and make the {type(value).__name__} inside",
        )
        for name, value in _defaults(function)
        if issubclass(type(value), _MAY_CHANGE)
    ]


def _defaults(function: object) -> list[tuple[str, object]]:
    code = getattr(function, "__code__", None)
    names: tuple[str, ...] = getattr(code, "co_varnames", ())
    count: int = getattr(code, "co_argcount", 0)
    values: tuple[object, ...] = getattr(function, "__defaults__", None) or ()
    named: dict[str, object] = getattr(function, "__kwdefaults__", None) or {}
    return [*zip(names[count - len(values) : count], values, strict=False), *named.items()]
