"""The base of all nodes: plain data that says what a node is, never how it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from flowdsl.ir.effects import UNKNOWN, Effects
from flowdsl.ir.ids import Fingerprint
from flowdsl.ir.policy import DEFAULT_POLICY, Policy
from flowdsl.ir.types import ANYTHING, Type

PortKind = Literal["positional", "keyword", "rest", "rest_keyword"]


@dataclass(frozen=True, slots=True)
class Port:
    """A named, typed place where a value goes in."""

    name: str
    type: Type
    required: bool = True
    """An unwired port that is not required is left to the function's default."""
    kind: PortKind = "positional"
    """How the value is handed to a function; `rest` ports are named `args[0]`, `args[1]` …"""


@dataclass(frozen=True, slots=True)
class FunctionRef:
    """A Python function a node stands for."""

    module: str
    qualname: str
    is_async: bool = False
    version: str | None = None
    """Declared by the author (`@step(version="3")`); stands in place of the code's hash."""
    stored: Fingerprint | None = field(default=None, compare=False)
    """The code fingerprint a document carried along; used while `target` is absent."""
    target: Callable[..., object] | None = field(default=None, compare=False, repr=False)
    """The function itself; `None` in a graph read from a document."""

    @property
    def origin(self) -> str:
        """`module:qualname`."""
        return f"{self.module}:{self.qualname}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has. One value comes out of a node; `constants` fill ports that no edge fills."""

    kind: ClassVar[str] = "node"

    label: str
    """The step's name, as printed; ids are made from it."""
    inputs: tuple[Port, ...] = ()
    output: Type = ANYTHING
    constants: tuple[tuple[str, object], ...] = ()
    """Port name and value, sorted by the ports' order."""
    policy: Policy = DEFAULT_POLICY
    tags: tuple[str, ...] = ()

    @property
    def effects(self) -> Effects:
        """What running it may do; all there is, unless a kind says less."""
        return UNKNOWN

    def port(self, name: str) -> Port | None:
        """The input port of that name."""
        return next((port for port in self.inputs if port.name == name), None)
