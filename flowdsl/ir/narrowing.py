"""Collections out of values of unknown type, told to the type checker without a cast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether it is a list."""
    return isinstance(value, list)


def is_tuple(value: object) -> TypeGuard[tuple[object, ...]]:
    """Whether it is a tuple."""
    return isinstance(value, tuple)


def is_dict(value: object) -> TypeGuard[dict[object, object]]:
    """Whether it is a dict."""
    return isinstance(value, dict)


def is_set(value: object) -> TypeGuard[set[object] | frozenset[object]]:
    """Whether it is a set or a frozen one."""
    return isinstance(value, set | frozenset)


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Whether it is a mapping."""
    return isinstance(value, Mapping)
