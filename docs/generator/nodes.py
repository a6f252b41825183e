"""The page of node kinds: what a graph can be made of."""

import dataclasses
import importlib
import pkgutil
import sys

import flowdsl.ir
from docs.generator.docstrings import GENERATED, field_notes, markdown
from flowdsl.ir.node import Node


def kinds() -> list[type[Node]]:
    """Every node class that is a kind of its own, by kind."""
    for module in pkgutil.iter_modules(flowdsl.ir.__path__, "flowdsl.ir."):
        importlib.import_module(module.name)
    found: list[type[Node]] = []
    waiting: list[type[Node]] = Node.__subclasses__()
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        # `slots=True` makes a class twice; the module knows the real one.
        real = getattr(sys.modules[cls.__module__], cls.__name__, None) is cls
        if real and "kind" in vars(cls) and cls.__module__.startswith("flowdsl."):
            found.append(cls)
    return sorted(found, key=lambda cls: cls.kind)


def page() -> str:
    """Every node kind with its own fields."""
    common = {field.name for field in dataclasses.fields(Node)}
    parts = ["# Node kinds\n", GENERATED, "Both front doors, Python and YAML, end in these.\n"]
    for cls in kinds():
        parts += [f"## `{cls.kind}`\n", markdown(cls.__doc__) + "\n"]
        notes = field_notes(cls)
        own = [field for field in dataclasses.fields(cls) if field.name not in common]
        for field in own:
            note = notes.get(field.name, "").replace("\n", " ")
            parts.append(f"- `{field.name}: {field.type}`" + (f": {note}" if note else ""))
        parts += [""] if own else []
    return "\n".join(parts)
