"""Prompts as data: parts in order, for the system text and for the user's message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from flowdsl.errors.base import Place


@dataclass(frozen=True, slots=True)
class Static:
    """Text sent as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A sandboxed Jinja template over the node's input ports.

    A variable that holds an image or a document splits the message at its place.
    """

    source: str
    """Template text, already normalised (`flowdsl.prompts.normalise`)."""
    variables: tuple[str, ...]
    """Ports the template reads, sorted."""
    place: Place | None = field(default=None, compare=False)
    """Where the text is written; not part of what the template means."""


@dataclass(frozen=True, slots=True)
class FromFile:
    """The text of a file, read when the node runs."""

    path: str
    """Relative to the workspace."""


@dataclass(frozen=True, slots=True)
class FromStep:
    """An earlier reply, whole or in part (the legacy `previous_response`)."""

    port: str
    select: Literal["whole", "field", "excerpt", "summary"] = "whole"
    argument: str | None = None
    """Field path, or length in characters for an excerpt or a summary."""


@dataclass(frozen=True, slots=True)
class FromSession:
    """What was said in a session before."""

    session: str


PromptPart: TypeAlias = Static | Template | FromFile | FromStep | FromSession


@dataclass(frozen=True, slots=True)
class Prompt:
    """What one model call is asked."""

    user: tuple[PromptPart, ...]
    system: tuple[PromptPart, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """Ports the prompt reads, sorted."""
        found: set[str] = set()
        for part in self.system + self.user:
            match part:
                case Template(_, variables):
                    found.update(variables)
                case FromStep(port):
                    found.add(port)
                case Static() | FromFile() | FromSession():
                    pass
                case _:
                    assert_never(part)
        return tuple(sorted(found))
