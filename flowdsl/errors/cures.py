"""What to write instead where Python itself raised an error: near names among those in reach at that line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FrameType, ModuleType

from flowdsl.errors.base import near

SHOWN = 30
"""Up to so many names are listed where none is near."""
_NOT_IMPORTED = re.compile(r"cannot import name '(\w+)'")
_NOT_TAKEN = re.compile(r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'")
_NOT_GIVEN = re.compile(r"^(\w+)\(\) missing \d+ required .*'otherwise'")
_BRANCHING = ("when", "given")


def cure_of(cause: BaseException) -> str:
    """A help sentence for a Python error of the user's; empty when nothing can be advised."""
    match cause:
        case ModuleNotFoundError(name=str(name)):
            return _of_module(name)
        case ImportError(name=str(module)):
            found = _NOT_IMPORTED.search(cause.msg)
            return "" if found is None else _listed(found[1], _names_in(sys.modules.get(module)))
        case AttributeError(name=str(name)):
            return near_only(name, _names_in(cause.obj))
        case NameError(name=str(name)):
            return _of_name(name, cause)
        case TypeError():
            return _of_call(cause)
        case _:
            return ""


def _of_call(cause: TypeError) -> str:
    said = str(cause)
    if (found := _NOT_TAKEN.search(said)) is not None:
        return _listed(found[2], _taken_by(found[1], cause))
    if (left_out := _NOT_GIVEN.search(said)) is not None and left_out[1] in _BRANCHING:
        return "write `otherwise=…`: what it is when the condition does not hold."
    return ""


def _of_module(name: str) -> str:
    parent, _, last = name.rpartition(".")
    if parent in sys.modules:
        from pkgutil import iter_modules

        inside = iter_modules(getattr(sys.modules[parent], "__path__", ()))
        return near_only(last, (each.name for each in inside))
    return f"install what brings '{name}', or put it beside the file: its folder is searched."


def _of_name(name: str, cause: BaseException) -> str:
    words = _names_in(sys.modules.get("flowdsl"))
    if name in words:
        return f"write `from flowdsl import {name}`."
    frame = next(_frames(cause), None)
    known = [] if frame is None else [*frame.f_locals, *frame.f_globals, *frame.f_builtins]
    return near_only(name, [*known, *words])


def near_only(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, and nothing where no name is near."""
    said = near(name, list(dict.fromkeys(known)))
    return "" if said.startswith("known: ") else said


def _listed(name: str, known: list[str]) -> str:
    """Near names, else all there are if they are few."""
    if (said := near_only(name, known)) or not known or len(known) > SHOWN:
        return said
    return f"there are {', '.join(known)}."


def _names_in(thing: object) -> list[str]:
    """What a module or an object offers."""
    if isinstance(thing, ModuleType) and hasattr(thing, "__all__"):
        return [str(each) for each in thing.__all__]
    return [] if thing is None else [each for each in dir(thing) if not each.startswith("_")]


def _taken_by(callee: str, cause: BaseException) -> list[str]:
    """Keywords of the function that was called, where it can be found by its name in the frames of the call."""
    import inspect

    for frame in _frames(cause):
        for thing in _reached(callee, frame):
            try:
                parameters = inspect.signature(thing).parameters.values()
            except (TypeError, ValueError):  # written in C, without a signature
                continue
            kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            return [each.name for each in parameters if each.kind in kinds]
    return []


def _reached(callee: str, frame: FrameType) -> Iterator[Callable[..., object]]:
    """Functions that a qualified name may stand for at a line."""
    first, *rest = callee.removesuffix(".__init__").split(".")
    names = {**frame.f_globals, **frame.f_locals}
    modules = [each for each in names.values() if isinstance(each, ModuleType)]
    for place in (names.get(first), *(getattr(each, first, None) for each in modules)):
        thing: object = place
        for part in rest:
            thing = getattr(thing, part, None)
        if callable(thing):
            yield thing


def _frames(cause: BaseException) -> Iterator[FrameType]:
    """Frames of the way to an error, the innermost first."""
    found: list[FrameType] = []
    step = cause.__traceback__
    while step is not None:
        found.append(step.tb_frame)
        step = step.tb_next
    return reversed(found)
