"""What a model's name stands for."""

from __future__ import annotations

import pytest

from flowdsl.config import resolve
from flowdsl.errors import AliasError


@pytest.mark.parametrize(
    ("name", "default", "aliases", "full"),
    [
        (None, None, {}, None),
        (None, "mock:", {}, "mock:"),
        ("local:a", "mock:", {}, "local:a"),
        ("quick", "mock:", {"quick": "fast", "fast": "local:a"}, "local:a"),
        ("fast", "mock:", {}, "mock:"),
        ("smart", "fast", {"fast": "local:a"}, "local:a"),
        ("fast", None, {}, None),
        (None, "fast", {}, None),
        ("unheard", "mock:", {"fast": "local:a"}, "unheard"),
    ],
)
def test_names_lead_to_models(
    name: str | None, default: str | None, aliases: dict[str, str], full: str | None
) -> None:
    assert resolve(name, default, aliases) == full


@pytest.mark.parametrize("aliases", [{"a": "a"}, {"a": "b", "b": "a"}])
def test_aliases_in_a_circle_are_told(aliases: dict[str, str]) -> None:
    with pytest.raises(AliasError, match="'a' leads in a circle: a → "):
        resolve("a", None, aliases)


def test_the_default_may_not_lead_back_to_itself() -> None:
    with pytest.raises(AliasError):
        resolve(None, "a", {"a": "fast", "fast": "a"})
