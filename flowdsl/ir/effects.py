"""What running a node may do to the world: the licence every rewrite asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from posixpath import normpath
from typing import Literal

ResourceKind = Literal["path", "workspace", "session", "variable", "outside"]


class Effect(Flag):
    """The four ways in which running a node can be observed."""

    NONE = 0
    READS = auto()
    """Gives what a resource holds now: not moved across a write, not merged."""
    WRITES = auto()
    """Changes a resource: never dropped, merged or repeated."""
    VARIES = auto()
    """Two runs may answer differently: never merged or cached."""
    SPENDS = auto()
    """Costs money or quota: never repeated or speculated."""
    ALL = READS | WRITES | VARIES | SPENDS
    """What a node that declares nothing is taken to do."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that is read or written."""

    kind: ResourceKind
    name: str = "*"
    """Which one; `*` stands for every resource of the kind."""

    def meets(self, other: Resource) -> bool:
        """Whether the two can be the same thing; a path meets what lies below it and the workspace."""
        if "outside" in (self.kind, other.kind):
            return self.kind == other.kind and (
                "*" in (self.name, other.name) or self.name == other.name
            )
        files = {"path", "workspace"}
        if self.kind != other.kind:
            return {self.kind, other.kind} == files
        if "*" in (self.name, other.name) or self.name == other.name:
            return True
        return self.kind in files and _overlap(normpath(self.name), normpath(other.name))


def _overlap(one: str, other: str) -> bool:
    # Nobody knows here which folder a relative path starts from, nor what `..` leads to.
    if one.startswith("/") is not other.startswith("/") or ".." in (one[:2], other[:2]):
        return True
    if one == other or "." in (one, other):
        return True
    return one.startswith(other.rstrip("/") + "/") or other.startswith(one.rstrip("/") + "/")


EVERYTHING = (
    Resource("path"),
    Resource("workspace"),
    Resource("session"),
    Resource("variable"),
    Resource("outside"),
)


@dataclass(frozen=True, slots=True)
class Effects:
    """The effects of a node, each with its resources."""

    kinds: Effect = Effect.NONE
    reads: tuple[Resource, ...] = ()
    writes: tuple[Resource, ...] = ()

    def __and__(self, other: Effect) -> Effect:
        return self.kinds & other

    def __or__(self, other: Effects) -> Effects:
        return Effects(
            self.kinds | other.kinds,
            tuple(dict.fromkeys(self.reads + other.reads)),
            tuple(dict.fromkeys(self.writes + other.writes)),
        )

    def conflicts(self, later: Effects) -> bool:
        """Whether the order of the two can be observed (write-write, write-read or read-write on one resource)."""
        pairs = (
            (self.writes, later.writes),
            (self.writes, later.reads),
            (self.reads, later.writes),
        )
        return any(mine.meets(theirs) for left, right in pairs for mine in left for theirs in right)


PURE = Effects()
UNKNOWN = Effects(Effect.ALL, EVERYTHING, EVERYTHING)
MODEL_CALL = Effects(Effect.SPENDS | Effect.VARIES)
REPEATABLE_MODEL_CALL = Effects(Effect.SPENDS)


def reads(*resources: Resource) -> Effects:
    """Effects of something that only looks at these resources."""
    return Effects(Effect.READS, reads=resources)


def writes(*resources: Resource) -> Effects:
    """Effects of something that changes these resources."""
    return Effects(Effect.WRITES, writes=resources)
