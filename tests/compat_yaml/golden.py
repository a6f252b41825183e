"""The answers the original really gave, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeGuard

import pytest

SHARED = Path(__file__).parents[3] / "shared"


def is_table(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def golden(name: str) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The vectors of a kind, and what they share; the test is skipped where there are none."""
    path = SHARED / "golden" / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the original's answers are not at hand ({path.name})")
    found: object = json.loads(path.read_text(encoding="utf-8"))
    assert is_table(found)
    vectors, shared = found["vectors"], found.get("shared", {})
    assert is_list(vectors)
    assert is_table(shared)
    return [each for each in vectors if is_table(each)], shared


def unshared(value: object, shared: dict[str, object]) -> object:
    """What `{"$shared": NAME}` stands for."""
    if is_table(value) and set(value) == {"$shared"}:
        return shared[str(value["$shared"])]
    return value


def corpus(corpus_id: str) -> str:
    """The text of a document."""
    return (SHARED / "corpus" / "pipelines" / f"{corpus_id}.yaml").read_text(encoding="utf-8")
