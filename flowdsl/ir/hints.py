"""The annotations of a function or class as objects, with an error that names what is missing."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress

from flowdsl.errors.base import Place
from flowdsl.errors.types import UnresolvedHintError


def hints_of(
    owner: Callable[..., object], *, names: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Annotations of a function or class, evaluated, with `Annotated` and `Required` kept.

    Args:
        owner: A function or a class; what a closure has caught is found too.
        names: Further names annotations may use, such as the locals of the function a step is defined in.

    Raises:
        UnresolvedHintError: An annotation names something unknown, or is no expression.
    """
    known = {**_caught(owner), **(names or {})}
    try:
        return typing.get_type_hints(owner, localns=known or None, include_extras=True)
    except NameError as error:
        raise _unresolved(owner, str(error.name)) from None
    except (AttributeError, SyntaxError, TypeError) as error:
        raise _unresolved(owner, _culprit(owner, known) or str(error)) from None


def _caught(owner: object) -> dict[str, object]:
    code = getattr(owner, "__code__", None)
    cells = getattr(owner, "__closure__", None)
    if code is None or not cells:
        return {}
    found: dict[str, object] = {}
    for name, cell in zip(code.co_freevars, cells, strict=True):
        with suppress(ValueError):  # not assigned yet
            found[name] = cell.cell_contents
    return found


def _written(owner: object) -> dict[str, str]:
    """Annotations that are still text; those of Python 3.14, which are not, are left out."""
    own: Mapping[str, object] = {}
    if isinstance(owner, type):
        own = vars(owner).get("__annotations__", own)
    else:
        with suppress(AttributeError, NameError, SyntaxError, TypeError):
            own = getattr(owner, "__annotations__", own)
    return {name: hint for name, hint in own.items() if isinstance(hint, str)}


def _unresolved(owner: object, missing: str) -> UnresolvedHintError:
    pattern = re.compile(rf"(?<![\w.]){re.escape(missing)}(?!\w)")
    hint = next((name for name, text in _written(owner).items() if pattern.search(text)), "")
    code = getattr(owner, "__code__", None)
    name = str(getattr(owner, "__qualname__", owner)).rpartition("<locals>.")[2]
    place = Place(code.co_filename, code.co_firstlineno, function=name) if code else None
    return UnresolvedHintError(name, missing, hint=hint, place=place)


def _culprit(owner: object, known: dict[str, object]) -> str:
    """The first written annotation that cannot be evaluated by itself."""
    for name, text in _written(owner).items():
        lone = {"__annotations__": {name: text}, "__module__": getattr(owner, "__module__", "")}
        try:
            typing.get_type_hints(type("Lone", (), lone), localns=known or None)
        except (AttributeError, SyntaxError, TypeError):
            return text
    return ""
