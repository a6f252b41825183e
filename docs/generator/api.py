"""The page of public names: signature and docstring of each."""

import importlib
import inspect
from collections.abc import Iterator

from docs.generator.docstrings import GENERATED, markdown

MODULES = ("flowdsl", "flowdsl.testing")


def _signature(thing: object) -> str:
    try:
        signature = inspect.signature(thing) if callable(thing) else None
    except (TypeError, ValueError):
        return ""
    if signature is None:
        return ""
    lines = str(signature)
    return lines.replace("typing.", "").replace("collections.abc.", "")


def _members(cls: type) -> Iterator[str]:
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        function = member.fget if isinstance(member, property) else member
        function = getattr(function, "__func__", function)
        if not inspect.isfunction(function):
            continue
        call = "" if isinstance(member, property) else _signature(function)
        yield f"#### `{cls.__name__}.{name}`\n"
        if call:
            yield f"```text\n{name}{call}\n```\n"
        yield markdown(function.__doc__) + "\n"


def _entry(name: str, thing: object) -> Iterator[str]:
    yield f"### `{name}`\n"
    call = _signature(thing)
    if call:
        yield f"```text\n{name}{call}\n```\n"
    own = thing.__doc__ if inspect.isroutine(thing) or inspect.isclass(thing) else None
    if own and not (inspect.isclass(thing) and own.startswith(f"{thing.__name__}(")):
        yield markdown(own) + "\n"
    if inspect.isclass(thing):
        yield from _members(thing)


def page() -> str:
    """Every name of `flowdsl` and `flowdsl.testing`."""
    parts = ["# Public names\n", GENERATED, "Errors have [a page of their own](errors.md).\n"]
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        parts += [f"## `{module_name}`\n", markdown(module.__doc__) + "\n"]
        for name in module.__all__:
            parts += _entry(name, getattr(module, name))
    return "\n".join(parts)
