"""Expressions as data: one tree for Python handles and for legacy text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """A value the surroundings provide: a node's input port, or a root of the legacy dialect."""

    name: str


@dataclass(frozen=True, slots=True)
class Const:
    """A plain value written in the source."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        # 1, 1.0 and True are different constants although Python calls them equal; -0.0 and 0.0 too.
        if not isinstance(other, Const):
            return False
        return type(self.value) is type(other.value) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash((type(self.value).__name__, repr(self.value)))


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator of the table in `flowdsl.expressions.operators`, applied to its operands."""

    operator: str
    """Key of the operator's row, such as `eq`, `add`, `getitem`, `attr`, `list`."""
    operands: tuple[Expr, ...]

    def __eq__(self, other: object) -> bool:
        # Walked without recursion: a sum of a thousand terms is a thousand levels deep.
        todo: list[tuple[object, object]] = [(self, other)]
        while todo:
            left, right = todo.pop()
            if isinstance(left, Apply) and isinstance(right, Apply):
                if left.operator != right.operator or len(left.operands) != len(right.operands):
                    return False
                todo.extend(zip(left.operands, right.operands, strict=True))
            elif isinstance(left, Apply) or isinstance(right, Apply) or left != right:
                return False
        return True

    def __hash__(self) -> int:
        todo: list[Expr] = [self]
        parts: list[object] = []
        while todo:
            match todo.pop():
                case Apply(operator, operands):
                    parts.append((operator, len(operands)))
                    todo.extend(operands)
                case leaf:
                    parts.append(leaf)
        return hash(tuple(parts))


Expr: TypeAlias = Name | Const | Apply


def names_in(expr: Expr) -> tuple[str, ...]:
    """Names an expression reads, in order of first use, each once."""
    found: dict[str, None] = {}
    todo = [expr]
    while todo:
        match todo.pop():
            case Name(name):
                found[name] = None
            case Apply(_, operands):
                todo.extend(reversed(operands))
            case _:
                pass
    return tuple(found)
