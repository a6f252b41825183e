"""Function signature → ports and types, bound once per function."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar, get_args, get_origin

from flowdsl.dsl.places import place_of_function
from flowdsl.errors.base import Place
from flowdsl.errors.tracing import ArgumentError, DeclarationError, TypeMismatchError
from flowdsl.ir.node import Port, PortKind
from flowdsl.ir.types import Type

T = TypeVar("T")


class StaticMark:
    """Marks an input as known while tracing."""

    __slots__ = ()


Static: TypeAlias = Annotated[T, StaticMark()]
"""`Static[int]`: an input that is a plain value while the pipeline is traced; each value gives its own graph."""

_KINDS: dict[object, PortKind] = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
    inspect.Parameter.VAR_POSITIONAL: "rest",
    inspect.Parameter.VAR_KEYWORD: "rest_keyword",
}


_READ_ONCE = (Iterator, Generator, AsyncIterator, AsyncGenerator)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a step or a pipeline."""

    port: Port
    default: object
    """`inspect.Parameter.empty` without one."""
    is_static: bool = False

    @property
    def has_default(self) -> bool:
        """Whether the argument may be left out."""
        return self.default is not inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives."""

    name: str
    parameters: tuple[Parameter, ...]
    output: Type
    declares_output: bool
    shown: str
    """As printed in errors: `(code: str) -> list[Issue]`."""
    ports: tuple[Port, ...]
    simple: bool
    """Every parameter is positional and required, so that a plain call binds by position."""

    def bind(
        self, args: tuple[object, ...], kwargs: Mapping[str, object], place: Callable[[], Place]
    ) -> Iterator[tuple[Port, object]]:
        """Pair ports with arguments, as Python would; parameters left to their default are left out.

        Raises:
            ArgumentError: Something is missing, unknown, given twice or too much.
        """
        if self.simple and not kwargs and len(args) == len(self.ports):
            return zip(self.ports, args, strict=True)
        if self.simple and not args and len(kwargs) == len(self.ports):
            found = [(port, kwargs[port.name]) for port in self.ports if port.name in kwargs]
            if len(found) == len(self.ports):
                return iter(found)
        return iter(self._bind(args, kwargs, place))

    def _bind(
        self, args: tuple[object, ...], kwargs: Mapping[str, object], place: Callable[[], Place]
    ) -> list[tuple[Port, object]]:
        left, named = list(args), dict(kwargs)
        twice = tuple(
            each.port.name
            for each, _ in zip(self.parameters, args, strict=False)
            if each.port.kind == "positional" and each.port.name in named
        )
        found = [pair for each in self.parameters for pair in _taken(each.port, left, named)]
        given = {port.name for port, _ in found}
        missing = tuple(
            each.port.name
            for each in self.parameters
            if each.port.required and each.port.name not in given
        )
        unknown = tuple(name for name in named if name not in twice)
        if missing or twice or unknown or left:
            raise ArgumentError(
                self.name,
                missing=missing,
                unknown=unknown,
                twice=twice,
                surplus=len(left),
                signature=self.shown,
                known=tuple(port.name for port in self.ports),
                place=place(),
            )
        return found


def _taken(port: Port, left: list[object], named: dict[str, object]) -> list[tuple[Port, object]]:
    """What one parameter takes of the arguments that are left; they are taken out."""
    match port.kind:
        case "rest":
            found = [(_numbered(port, number), value) for number, value in enumerate(left)]
            left.clear()
        case "rest_keyword":
            found = [(_keyed(port, key), value) for key, value in named.items()]
            named.clear()
        case "positional" if left:
            found = [(port, left.pop(0))]
        case "positional" | "keyword":
            found = [(port, named.pop(port.name))] if port.name in named else []
    return found


def _numbered(port: Port, number: int) -> Port:
    return Port(f"{port.name}[{number}]", port.type, kind="rest")


def _keyed(port: Port, key: str) -> Port:
    return Port(key, port.type, kind="rest_keyword")


def signature_of(
    function: Callable[..., object], name: str, *, scope: Mapping[str, object] | None = None
) -> Signature:
    """Read a function's signature.

    Args:
        function: What was decorated.
        name: The step's name, for messages.
        scope: Local names at the decoration, for annotations that name a local class.

    Raises:
        AnnotationError: An annotation names something that cannot be found.
        DeclarationError: It is declared to return an iterator.
        TypeMismatchError: A default is not of its parameter's type.
    """
    from flowdsl.ir.annotations import type_of
    from flowdsl.ir.hints import hints_of

    raw = inspect.signature(function)
    hints = hints_of(function, names=scope)
    parameters: list[Parameter] = []
    for parameter in raw.parameters.values():
        hint = hints.get(parameter.name, inspect.Parameter.empty)
        is_static, bare = _without_mark(hint)
        required = parameter.default is inspect.Parameter.empty and parameter.kind not in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        )
        port = Port(parameter.name, type_of(bare), required, _KINDS[parameter.kind])
        if parameter.default is not inspect.Parameter.empty:
            _check_default(function, name, port, parameter.default)
        parameters.append(Parameter(port, parameter.default, is_static))
    returned = hints.get("return", inspect.Parameter.empty)
    if (get_origin(returned) or returned) in _READ_ONCE:
        raise DeclarationError(
            name,
            "gives an iterator: several steps may read a result, and an iterator is empty after the first",
            instead="return a list, and declare it: -> list[…]",
            place=place_of_function(function),
        )
    ports = tuple(parameter.port for parameter in parameters)
    return Signature(
        name=name,
        parameters=tuple(parameters),
        output=type_of(returned),
        declares_output="return" in hints,
        shown=_shown(ports, type_of(returned), declared="return" in hints),
        ports=ports,
        simple=all(port.kind == "positional" and port.required for port in ports),
    )


def _check_default(
    function: Callable[..., object], owner: str, port: Port, default: object
) -> None:
    from flowdsl.ir.values import checker

    if checker(port.type)(default):
        return
    from reprlib import repr as brief

    from flowdsl.ir.annotations import type_of
    from flowdsl.ir.show import show

    takes = show(port.type)
    raise TypeMismatchError(
        f"{port.name} = {brief(default)}",
        show(type_of(None if default is None else type(default))),
        f"{owner}.{port.name}",
        takes,
        why="it is the default in the signature",
        advice=f"annotate '{port.name}' as `{takes} | None`, or leave its default out."
        if default is None
        else f"give '{port.name}' a default of type {takes}, or annotate it as what it takes.",
        place=place_of_function(function),
    )


def _without_mark(hint: object) -> tuple[bool, object]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        if any(isinstance(mark, StaticMark) for mark in marks):
            return True, inner
    return False, hint


def _shown(ports: tuple[Port, ...], output: Type, *, declared: bool) -> str:
    from flowdsl.ir.show import show

    inside = ", ".join(
        f"{port.name}: {show(port.type)}" + ("" if port.required else " = …") for port in ports
    )
    return f"({inside})" + (f" -> {show(output)}" if declared else "")
