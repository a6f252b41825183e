"""Errors of others that stand behind one of ours: what Python prints of them shows no secret either."""

from __future__ import annotations

from contextlib import suppress
from types import GetSetDescriptorType, MemberDescriptorType
from typing import TypeGuard

from flowdsl.errors.redaction import redact


def veil_causes(error: BaseException) -> None:
    """Put a stand-in for each cause whose words hold a secret.

    A traceback prints the words of every error that led to another. The stand-in has the cause's type, arguments,
    attributes and traceback, so that programs see no difference; only what it says of itself is redacted.
    """
    veils: dict[int, BaseException] = {}
    seen: set[int] = set()
    todo = [error]
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        is_suppressed = each.__suppress_context__
        for cause in (each.__cause__, each.__context__):
            if cause is not None and id(cause) not in veils:
                veils[id(cause)] = _veiled(cause)
                todo.append(veils[id(cause)])
        if each.__cause__ is not None:
            each.__cause__ = veils.get(id(each.__cause__), each.__cause__)
        if each.__context__ is not None:
            each.__context__ = veils.get(id(each.__context__), each.__context__)
        each.__suppress_context__ = is_suppressed


def _veiled(error: BaseException) -> BaseException:
    """The error itself, where it says nothing that is a secret."""
    with suppress(Exception):  # an error whose own words fail can't be printed by Python either
        said, notes = str(error), list[str](getattr(error, "__notes__", ()))
        if redact(said) != said or [*map(redact, notes)] != notes:
            return _stand_in(error, redact(said), [*map(redact, notes)])
    return error


def _stand_in(error: BaseException, said: str, notes: list[str]) -> BaseException:
    made = _like(type(error), said, error.args)
    for kind in type(error).__mro__:
        for name, slot in vars(kind).items():
            if isinstance(slot, (MemberDescriptorType, GetSetDescriptorType)) and name not in {
                "__class__",
                "__dict__",
            }:
                with suppress(
                    Exception
                ):  # some are read-only, and then are made from the arguments
                    setattr(made, name, getattr(error, name))
    made.__dict__.update(error.__dict__)
    if notes:
        made.__dict__["__notes__"] = notes
    return made


def _like(kind: type[BaseException], said: str, args: tuple[object, ...]) -> BaseException:
    """An error of a class of the same name below this one, whose words are given."""

    def words(_: object) -> str:
        return said

    def shown(_: object) -> str:
        return f"{kind.__name__}({said!r})"

    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    members: dict[str, object] = {**named, "__str__": words, "__repr__": shown}
    made = _made(kind, kind, members, args) or _made(_UnlikeError, kind, members, args)
    if made is None:
        raise TypeError(kind)  # the error is left as it is
    return made


def _made(
    base: type[BaseException],
    kind: type[BaseException],
    members: dict[str, object],
    args: tuple[object, ...],
) -> BaseException | None:
    """An error of a new class; `None` where its base allows none."""
    with suppress(Exception):
        below = type(kind.__name__, (base,), members)
        made: object = below.__new__(below, *args)
        return made if _is_error(made) else None
    return None


def _is_error(value: object) -> TypeGuard[BaseException]:
    return isinstance(value, BaseException)


class _UnlikeError(Exception):
    """Stands for errors that allow no class below theirs."""
