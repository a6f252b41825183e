"""Reading JSON schemas, whose parts may be anything until looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

Schema: TypeAlias = Mapping[str, object]


def is_schema(value: object) -> TypeGuard[Schema]:
    """Whether a value is a schema in object form."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether a value is a list of a schema."""
    return isinstance(value, list)


def resolve(root: Schema, ref: str) -> object:
    """What a reference inside a schema stands for, such as `#/$defs/Issue`; `{}` when it leads nowhere."""
    here: object = root
    for name in ref.removeprefix("#").split("/")[1:]:
        here = here.get(name.replace("~1", "/").replace("~0", "~"), {}) if is_schema(here) else {}
    return here
