"""The page of settings: a field of `flowdsl.config.Settings` is a key of the file and a variable."""

import dataclasses
from collections.abc import Iterator

from docs.generator.docstrings import GENERATED, field_notes, markdown
from flowdsl import config

INTRODUCTION = """Settings come from `flowdsl.toml` or the table `[tool.flowdsl]` of `pyproject.toml`, from environment variables,
and from flags; a later one of these stands over an earlier one.
"""


def _default(field: dataclasses.Field[object]) -> str:
    if field.default is not dataclasses.MISSING:
        return repr(field.default)
    if field.default_factory is not dataclasses.MISSING:
        return repr(field.default_factory())
    return "must be given"


def names() -> list[str]:
    """Every setting, in the order of the page."""
    return [field.name for field in dataclasses.fields(config.Settings)]


def _entries() -> Iterator[str]:
    notes = field_notes(config.Settings)
    for field in dataclasses.fields(config.Settings):
        yield f"## `{field.name}`\n"
        yield notes.get(field.name, "") + "\n"
        yield f"- Type: `{field.type}`"
        yield f"- Default: `{_default(field)}`"
        yield f"- Environment: `FLOWDSL_{field.name.upper()}`\n"


def page() -> str:
    """Every setting with its type, default and variable."""
    words = markdown(config.Settings.__doc__) + "\n"
    return "\n".join(["# Configuration\n", GENERATED, INTRODUCTION, words, *_entries()])
