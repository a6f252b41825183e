"""Inputs that are plain values while a pipeline is traced: each set of values makes a graph of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowdsl.dsl.handles import is_handle
from flowdsl.dsl.places import here
from flowdsl.errors.tracing import StaticInputError, TypeMismatchError

if TYPE_CHECKING:
    from flowdsl.dsl.signature import Signature
    from flowdsl.errors.base import Place
    from flowdsl.ir.types import Type


def static_names(signature: Signature) -> tuple[str, ...]:
    """The names of the `Static` inputs, in the signature's order."""
    return tuple(each.port.name for each in signature.parameters if each.is_static)


def static_values(
    signature: Signature,
    given: Mapping[str, object],
    kept: Mapping[str, object],
    place: Place | None,
) -> dict[str, object]:
    """A value for every `Static` input.

    Args:
        signature: The pipeline's.
        given: Arguments of the call; they come first.
        kept: Values given to `trace` earlier; the parameters' defaults stand in last.
        place: The pipeline's definition.

    Raises:
        StaticInputError: An input has no value, or was given a handle.
        TypeMismatchError: A value is not of the declared type.
    """
    found: dict[str, object] = {}
    for parameter in signature.parameters:
        name = parameter.port.name
        if not parameter.is_static:
            continue
        values = [each[name] for each in (given, kept) if name in each]
        if parameter.has_default:
            values.append(parameter.default)
        if not values:
            raise StaticInputError(signature.name, name, handle=False, place=place)
        _check(signature.name, name, values[0], parameter.port.type)
        found[name] = values[0]
    return found


def _check(pipeline: str, name: str, value: object, type_: Type) -> None:
    from flowdsl.ir.show import show
    from flowdsl.ir.values import checker

    if is_handle(value):
        raise StaticInputError(pipeline, name, handle=True, place=here())
    accepts = checker(type_)
    if accepts is not None and not accepts(value):
        raise TypeMismatchError(
            repr(value),
            type(value).__name__,
            f"{pipeline}.{name}",
            show(type_),
            advice=f"give '{name}' a value of type {show(type_)}.",
            place=here(),
        )


def key_of(static: Mapping[str, object]) -> bytes | None:
    """What a graph is kept under; `None` where a value can't be written down, so that nothing is kept."""
    if not static:
        return b""
    from flowdsl.errors.types import NotEncodableError
    from flowdsl.ir.values import canonical

    try:
        return canonical(dict(static))
    except NotEncodableError:
        return None
