"""Names that stand for models."""

from __future__ import annotations

from collections.abc import Mapping

from flowdsl.errors.setup import AliasError

FOLLOWING = ("fast", "smart")
"""Aliases that stand for the default model until they are given one of their own."""


def resolve(name: str | None, default: str | None, aliases: Mapping[str, str]) -> str | None:
    """The full name a model's name stands for.

    Args:
        name: As a prompt gives it; `None` when it names no model.
        default: The run's model, which may be an alias.
        aliases: Alias → model or further alias.

    Returns:
        `provider:model`; a word that is no alias as it is; `None` when there is no default.

    Raises:
        AliasError: Aliases lead in a circle.
    """
    current = name or default
    path: list[str] = []
    while current is not None and ":" not in current:
        if current in path:
            raise AliasError(path[0], [*path, current])
        path.append(current)
        if current in aliases:
            current = aliases[current]
        elif current in FOLLOWING:
            current = None if current == default else default
        else:
            return current
    return current
