"""Whether a pipeline's function still means what it meant when it was traced: cells of a notebook are run again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import TypeAlias

Seen: TypeAlias = tuple[tuple[Mapping[str, object], str, object], ...]
"""Namespace, name, and what the name stood for."""
_ABSENT = object()


def names_seen(function: object) -> Seen:
    """What the global names of a function stand for, and those of the pipelines and neighbours it calls."""
    found: list[tuple[Mapping[str, object], str, object]] = []
    todo: list[object] = [function]
    known: set[int] = set()
    while todo:
        each = todo.pop()
        if not isinstance(each, FunctionType) or id(each) in known:
            continue
        known.add(id(each))
        space: dict[str, object] = each.__globals__
        for name in _names(each.__code__):
            if name in space:
                found.append((space, name, space[name]))
                todo.append(_body_of(space[name], space))
    return tuple(found)


def still_stands(seen: Seen) -> bool:
    """Whether every name stands for the same thing as before."""
    return all(space.get(name, _ABSENT) is value for space, name, value in seen)


def _body_of(value: object, space: Mapping[str, object]) -> object:
    """The function whose names count too: a pipeline's, or a plain function of the same module or notebook."""
    if getattr(type(value), "_flow_adds_a_node", False):
        return getattr(value, "fn", None)
    if type(value) is FunctionType and value.__globals__ is space:  # a handle refuses isinstance
        return value
    return None


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
