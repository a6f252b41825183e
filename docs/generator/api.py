"""The page of public names: signature and docstring of each."""

import importlib
import inspect
import re
from collections.abc import Iterator

from docs.generator.docstrings import GENERATED, markdown
from flowdsl.testing import plugin

MODULES = ("flowdsl", "flowdsl.testing", "flowdsl.events", "flowdsl.providers")

_FIXTURES = """### Fixtures of pytest

They are there in every test wherever flowdsl and pytest are installed; name one as a parameter of the test.
"""

_WIDTH = 92
_STARS = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def _written(part: object) -> str:
    text = part if isinstance(part, str) else inspect.formatannotation(part)
    return re.sub(r"(?:typing|collections\.abc)\.", "", text)


def _parameter(parameter: inspect.Parameter) -> str:
    given = parameter.annotation is not parameter.empty
    annotation = f": {_written(parameter.annotation)}" if given else ""
    if parameter.default is parameter.empty:
        return f"{_STARS.get(parameter.kind, '')}{parameter.name}{annotation}"
    default = repr(parameter.default)
    shown = "..." if default.startswith("<") else _written(default)
    return f"{parameter.name}{annotation} = {shown}"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    marked = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not marked:
            yield "*"
        marked = marked or parameter.kind in {parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL}
        if parameter.name not in {"self", "cls"}:
            yield _parameter(parameter)


def _signature(name: str, thing: object) -> str:
    """The call in a block, on one line if it fits, else one parameter a line."""
    try:
        signature = inspect.signature(thing) if callable(thing) else None
    except (TypeError, ValueError):
        return ""
    if signature is None:
        return ""
    parameters = list(_parameters(signature))
    has_result = not inspect.isclass(thing) and signature.return_annotation is not signature.empty
    result = f" -> {_written(signature.return_annotation)}" if has_result else ""
    call = f"{name}({', '.join(parameters)}){result}"
    if len(call) > _WIDTH:
        call = "\n".join([f"{name}(", *(f"    {each}," for each in parameters), f"){result}"])
    return f"```text\n{call}\n```\n"


def _members(cls: type) -> Iterator[str]:
    for name, member in vars(cls).items():
        if name.startswith("_"):
            continue
        function = member.fget if isinstance(member, property) else member
        function = getattr(function, "__func__", function)
        if not inspect.isfunction(function):
            continue
        yield f"#### `{cls.__name__}.{name}`\n"
        if not isinstance(member, property):
            yield _signature(name, function)
        yield markdown(function.__doc__) + "\n"


def _entry(name: str, thing: object) -> Iterator[str]:
    yield f"### `{name}`\n"
    yield _signature(name, thing)
    own = thing.__doc__ if inspect.isroutine(thing) or inspect.isclass(thing) else None
    if own and not (inspect.isclass(thing) and own.startswith(f"{thing.__name__}(")):
        yield markdown(own) + "\n"
    if inspect.isclass(thing):
        yield from _members(thing)


def _fixtures() -> Iterator[str]:
    yield _FIXTURES
    for name, thing in vars(plugin).items():
        function = getattr(thing, "__wrapped__", None)
        if inspect.isfunction(function) and function.__module__ == plugin.__name__:
            result = inspect.signature(function).return_annotation
            yield f"#### `{name}`\n\nGives: `{_written(result)}`.\n"
            yield markdown(function.__doc__) + "\n"


def page() -> str:
    """Every public name, module by module, and the fixtures of pytest."""
    parts = ["# Public names\n", GENERATED, "Errors have [a page of their own](errors.md).\n"]
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        parts += [f"## `{module_name}`\n", markdown(module.__doc__) + "\n"]
        for name in module.__all__:
            parts += _entry(name, getattr(module, name))
        parts += _fixtures() if module_name == "flowdsl.testing" else ()
    return "\n".join(parts)
