"""What is said where a key is missing."""

from __future__ import annotations

import pytest

from flowdsl.errors import UnfitModelError
from flowdsl.providers.catalog import PROVIDERS
from flowdsl.providers.keyless import KEY_VARIABLES, no_key


@pytest.mark.parametrize("prefix", KEY_VARIABLES)
def test_the_cure_names_the_command_the_variable_and_two_ways_without_a_key(prefix: str) -> None:
    error = UnfitModelError("judge", f"{prefix}:x", no_key(prefix))

    assert (
        error.message
        == f"'judge' asks '{prefix}:x', which cannot answer: there is no key for '{prefix}:'."
    )
    assert f"`flowdsl login {prefix}` or set {KEY_VARIABLES[prefix][0]}" in error.help
    assert "--model local:" in error.help
    assert "--model mock:" in error.help


def test_every_provider_with_a_key_can_be_made() -> None:
    assert set(KEY_VARIABLES) <= set(PROVIDERS)
