"""The page of error codes: a class's docstring is its error's page."""

import inspect

import flowdsl.errors
from docs.generator.docstrings import GENERATED, markdown

INTRODUCTION = """Every error flowdsl raises on purpose carries a code, the place it speaks of, and a cure.
`flowdsl … --json` prints the same as a document.
"""


def classes() -> list[type[flowdsl.errors.FlowError]]:
    """The public error classes that have a code of their own, by code."""
    public = (getattr(flowdsl.errors, name) for name in flowdsl.errors.__all__)
    found = [c for c in public if inspect.isclass(c) and issubclass(c, flowdsl.errors.FlowError)]
    return sorted((c for c in found if "code" in vars(c)), key=lambda c: (c.code, c.__name__))


def page() -> str:
    """Every error code, what it means, and what to write instead."""
    parts = ["# Error codes\n", GENERATED, INTRODUCTION]
    for cls in classes():
        parts += [f"## {cls.code}: {cls.__name__}\n", markdown(cls.__doc__) + "\n"]
    return "\n".join(parts)
