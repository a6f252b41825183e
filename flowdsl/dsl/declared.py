"""What a step's author says it does to the world → effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from flowdsl.dsl.places import here
from flowdsl.errors.tracing import OptionError
from flowdsl.ir.effects import Effect, Effects, Resource, ResourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS: dict[str, ResourceKind] = {kind: kind for kind in get_args(ResourceKind)}


def declared_effects(
    where: str,
    *,
    reads: str | Sequence[str] = (),
    writes: str | Sequence[str] = (),
    varies: bool = False,
    spends: bool = False,
) -> Effects:
    """The effects that a decorator's options stand for.

    Args:
        where: What is decorated, for messages.
        reads: Resources it looks at, each `kind` or `kind:name`.
        writes: Resources it changes, likewise.
        varies: Two runs may answer differently.
        spends: It costs money or quota.

    Raises:
        OptionError: A resource of no such kind, or without a name after its colon.
    """
    looked_at = _resources(where, "reads", reads)
    changed = _resources(where, "writes", writes)
    kinds = (
        (Effect.READS if looked_at else Effect.NONE)
        | (Effect.WRITES if changed else Effect.NONE)
        | (Effect.VARIES if varies else Effect.NONE)
        | (Effect.SPENDS if spends else Effect.NONE)
    )
    return Effects(kinds, looked_at, changed)


def _resources(where: str, option: str, named: str | Sequence[str]) -> tuple[Resource, ...]:
    listed = (named,) if isinstance(named, str) else tuple(named)
    return tuple(_resource(where, option, each) for each in listed)


def _resource(where: str, option: str, named: str) -> Resource:
    kind, colon, name = named.partition(":")
    if kind not in _KINDS:
        raise OptionError(
            where,
            option,
            f"holds {named!r}, which begins with no kind of resource",
            meant=kind,
            known=tuple(_KINDS),
            place=here(),
        )
    if colon and not name:
        raise OptionError(
            where,
            option,
            f"holds {named!r}, which names nothing after the colon",
            advice=f"write '{kind}:name', or '{kind}' for all of the kind.",
            place=here(),
        )
    return Resource(_KINDS[kind], name) if colon else Resource(_KINDS[kind])
