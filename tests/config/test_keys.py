"""Keys are looked for in three places, kept in one, and never shown."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from flowdsl.config import Settings, find_key, forget_key, keep_key
from flowdsl.errors import KeyStoreError, NoKeyStoreError
from flowdsl.errors.redaction import redact
from tests.keystores import ForgetfulStore, MemoryStore, no_store

KEY = "sk-ant-api03-abcdefgh-1234"


class LockedStore(MemoryStore):
    """A key store that nobody has unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the collection is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("the collection is locked")


class BrokenStore(MemoryStore):
    """A key store that fails in a way of its own."""

    def get_password(self, service: str, username: str) -> str | None:
        raise ConnectionError("no bus")


@pytest.fixture(autouse=True)
def store() -> Iterator[KeyringBackend]:
    """An empty key store in place of the machine's."""
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryStore())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


def test_the_environment_stands_before_the_settings_and_those_before_the_key_store() -> None:
    settings = Settings(keys={"anthropic": "env:MINE"})
    keep_key("anthropic", "from-the-store-1234567")
    environment = {"ANTHROPIC_API_KEY": f" {KEY}\n", "MINE": "from-my-variable-1"}

    first = find_key("anthropic", settings, environment).key
    second = find_key("anthropic", settings, {"MINE": "from-my-variable-1"}).key
    third = find_key("anthropic", settings, {})

    assert first is not None
    assert (first.value, first.origin) == (KEY, "ANTHROPIC_API_KEY")
    assert second is not None
    assert (second.value, second.origin) == ("from-my-variable-1", "env:MINE")
    assert third.key is not None
    assert (third.key.value, third.key.origin) == ("from-the-store-1234567", "keyring")
    assert third.notes == ("the settings point to the variable MINE, which is not set",)


def test_googles_two_variables_are_looked_at_in_their_order() -> None:
    both = {"GOOGLE_API_KEY": "second-key", "GEMINI_API_KEY": "first-key"}

    found = find_key("google", Settings(), both).key

    assert found is not None
    assert found.origin == "GEMINI_API_KEY"


def test_a_reference_leads_to_an_entry_of_the_key_store() -> None:
    keyring.set_password("team/models", "me", KEY)
    settings = Settings(keys={"openai": "keyring:team/models/me"})

    found = find_key("openai", settings, {}).key
    missing = find_key("openai", Settings(keys={"openai": "keyring:team/you"}), {})

    assert found is not None
    assert (found.value, found.origin) == (KEY, "keyring:team/models/me")
    assert missing.key is None
    assert missing.notes == (
        "the settings point to the key store's team/you, and it has no such entry",
    )


def test_a_key_shows_its_end_alone_and_is_hidden_once_it_is_found() -> None:
    found = find_key(
        "openai", Settings(), {"OPENAI_API_KEY": "a-key-of-no-known-look-at-all-98z1"}
    ).key
    short = find_key("openai", Settings(), {"OPENAI_API_KEY": "tiny-key"}).key

    assert found is not None
    assert short is not None
    assert "a-key" not in repr(found)
    assert found.end == "…98z1"
    assert short.end == "…"
    assert redact("it is a-key-of-no-known-look-at-all-98z1.") == "it is [redacted]."


@pytest.mark.parametrize("backend", [no_store(), LockedStore(), BrokenStore(), ForgetfulStore()])
def test_without_a_key_store_that_works_there_is_no_key_and_no_error(
    backend: KeyringBackend,
) -> None:
    keyring.set_keyring(backend)

    assert find_key("anthropic", Settings(), {}).key is None
    assert find_key("anthropic", Settings(), {}).notes == ()


def test_a_reference_into_a_store_that_does_not_work_says_why() -> None:
    settings = Settings(keys={"openai": "keyring:team/me"})
    said: list[str] = []
    for backend in (no_store(), LockedStore(), BrokenStore()):
        keyring.set_keyring(backend)
        said += find_key("openai", settings, {}).notes

    here = "the settings point to the key store's team/me, and "
    assert said == [
        f"{here}there is no key store here",
        f"{here}it can't be read (the collection is locked)",
        f"{here}there is no key store here",
    ]


def test_a_key_is_kept_and_forgotten() -> None:
    assert keep_key("google", KEY) == keyring.get_keyring().name
    assert keyring.get_password("flowdsl", "google") == KEY
    assert forget_key("google")
    assert not forget_key("google")
    assert keyring.get_password("flowdsl", "google") is None


@pytest.mark.parametrize("backend", [no_store(), ForgetfulStore()])
def test_a_key_that_cannot_be_kept_is_told_with_the_variable_to_set(
    backend: KeyringBackend,
) -> None:
    keyring.set_keyring(backend)

    with pytest.raises(NoKeyStoreError) as caught:
        keep_key("google", KEY)

    assert "set GEMINI_API_KEY" in caught.value.help
    assert not forget_key("google")


def test_a_locked_key_store_says_that_it_is_locked() -> None:
    keyring.set_keyring(LockedStore())

    for act in (lambda: keep_key("openai", KEY), lambda: forget_key("openai")):
        with pytest.raises(KeyStoreError, match="the collection is locked") as caught:
            act()
        assert "OPENAI_API_KEY" in caught.value.help
