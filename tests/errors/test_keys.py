"""What errors of keys say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors.keys import (
    KeyRefusedError,
    KeyStoreError,
    LiteralKeyError,
    NoKeyGivenError,
    NoKeyStoreError,
    UnencryptedAddressError,
)

ERRORS: dict[str, FlowError] = {
    "in a file": LiteralKeyError("anthropic", place=Place("flowdsl.toml", 3)),
    "no store": NoKeyStoreError("google", "GEMINI_API_KEY"),
    "locked": KeyStoreError("openai", "it is locked", "OPENAI_API_KEY"),
    "refused": KeyRefusedError("openai", "the key is wrong", "copy it once more."),
    "none given": NoKeyGivenError("openai", "the line is empty"),
    "unencrypted": UnencryptedAddressError("openai", "http://models.example"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help
