"""What strays into a graph and must not: handles hidden inside objects, coroutines nobody awaits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from types import CoroutineType
from typing import TYPE_CHECKING, cast

from flowdsl.dsl.handles import Handle, name_of
from flowdsl.dsl.places import here
from flowdsl.errors.tracing import HiddenHandleError, NotAStepError

if TYPE_CHECKING:
    from flowdsl.dsl.scope import Scope
    from flowdsl.errors.base import Place

ATOMS = frozenset({str, int, float, bool, bytes, type(None)})
"""Types whose values hold no others."""
_DEPTH = 4


def hidden_handle(value: object, depth: int = _DEPTH) -> Handle | None:
    """A handle somewhere inside a value: in a container, a dataclass, a model or another object."""
    if type(value) is Handle:
        return value
    if depth == 0 or type(value) in ATOMS:
        return None
    for part in _parts(value):
        found = hidden_handle(part, depth - 1)
        if found is not None:
            return found
    return None


def _parts(value: object) -> Iterable[object]:
    kind = type(value)
    if issubclass(kind, dict):
        return list(cast("dict[object, object]", value).values())
    if issubclass(kind, (list, tuple)):
        return list(cast("list[object]", value))
    if is_dataclass(kind):
        return [getattr(value, field.name, None) for field in fields(kind)]
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict) and not isinstance(value, type) and not callable(value):
        return list(cast("dict[str, object]", own).values())
    return ()


def note_hidden(scope: Scope, value: object, target: str, place: Place) -> bool:
    """Note a handle inside an object that the graph would keep as it is; whether there was one."""
    hidden = hidden_handle(value)
    if hidden is None:
        return False
    name = name_of(hidden)
    problems = scope.session.problems
    if not any(
        isinstance(each, HiddenHandleError) and (each.handle, each.place) == (name, place)
        for each in problems
    ):
        problems.append(HiddenHandleError(name, type(value).__name__, target, place=place))
    return True


_READ_ONCE = ("builtins", "itertools")


def _gives_items_once(kind: type) -> bool:
    """Whether it is a generator, or an iterator of Python's own; a class of the user's may know better."""
    is_iterator = hasattr(kind, "__next__") or hasattr(kind, "__anext__")
    return is_iterator and kind.__module__ in _READ_ONCE


def refuse_stray(result: object, where: str, place: Place | None = None) -> None:
    """Refuse what can't stand in a graph: the coroutine of an `async def` that is no step, and what is gone once it is read.

    Raises:
        NotAStepError: The value is a coroutine, a generator or another iterator.
    """
    kind = type(result)
    if kind in ATOMS:
        return
    if _gives_items_once(kind):
        raise NotAStepError(
            where,
            f"a {kind.__name__.replace('_', ' ')}, which gives its items only once",
            instead="write each(items, step), or give a list: [… for … in …]",
            place=place or here(),
        )
    if type(result) is CoroutineType:
        name = result.__qualname__
        result.close()
        raise NotAStepError(
            where,
            f"the coroutine of '{name}', which is not a step",
            instead=f"decorate '{name}' with @step",
            place=place or here(),
        )
