"""Keys of providers: looked for in the environment, where the settings point, and in the system's key store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from flowdsl.config.settings import Settings
from flowdsl.errors.keys import KeyStoreError, NoKeyStoreError
from flowdsl.errors.redaction import hide
from flowdsl.providers import KEY_VARIABLES

SERVICE = "flowdsl"
"""The name under which `flowdsl login` keeps keys in the key store; the user's name there is the provider's."""
_SHOWN = 4
_SAFE_TO_SHOW = 20


@dataclass(frozen=True, slots=True)
class Key:
    """A key and where it was found."""

    value: str = field(repr=False)
    origin: str
    """A variable, `keyring`, or a reference such as `env:MY_VARIABLE`."""

    @property
    def end(self) -> str:
        """Its last four characters, to tell keys apart; nothing of a short one."""
        return f"…{self.value[-_SHOWN:]}" if len(self.value) >= _SAFE_TO_SHOW else "…"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a search for a key found."""

    key: Key | None
    notes: tuple[str, ...] = ()
    """Places that were named and did not have it, in words."""


def find_key(
    provider: str, settings: Settings, environment: Mapping[str, str] | None = None
) -> Looked:
    """Look for a provider's key; what is found is hidden from all errors and events from then on.

    Args:
        provider: Its prefix.
        settings: Where `keys` may point to a place.
        environment: The process's own by default.
    """
    environment = os.environ if environment is None else environment
    for variable in KEY_VARIABLES.get(provider, ()):
        if value := environment.get(variable, "").strip():
            return Looked(_hidden(value, variable))
    notes: list[str] = []
    reference = settings.keys.get(provider)
    places = [] if reference is None else [reference]
    for place in (*places, f"keyring:{SERVICE}/{provider}"):
        value = _at(place, environment, notes, told=place == reference)
        if value:
            return Looked(_hidden(value, place if place == reference else "keyring"), tuple(notes))
    return Looked(None, tuple(notes))


def _hidden(value: str, origin: str) -> Key:
    hide(value)
    return Key(value, origin)


def _at(place: str, environment: Mapping[str, str], notes: list[str], *, told: bool) -> str:
    """What a reference leads to; empty when it leads nowhere."""
    kind, _, name = place.partition(":")
    if kind == "env":
        value = environment.get(name, "").strip()
        if not value:
            notes.append(f"the settings point to the variable {name}, which is not set")
        return value
    service, _, user = name.rpartition("/")
    why = "there is no key store here"
    with suppress(Exception):  # a key store may fail in its own ways, and is only asked for
        value, why = _from_store(service, user)
        if value:
            return value
    if told:
        notes.append(f"the settings point to the key store's {name}, and {why}")
    return ""


def _from_store(service: str, user: str) -> tuple[str, str]:
    """The value, and why there is none."""
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        return (keyring.get_password(service, user) or "").strip(), "it has no such entry"
    except NoKeyringError:
        return "", "there is no key store here"
    except KeyringError as error:
        return "", f"it can't be read ({error or type(error).__name__})"


def keep_key(provider: str, value: str) -> str:
    """Put a key into the system's key store, in place of the one that was there.

    Returns:
        The name of the key store.

    Raises:
        NoKeyStoreError: There is none here.
        KeyStoreError: It is locked, or does not keep it.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    hide(value)
    variable = KEY_VARIABLES[provider][0]
    try:
        keyring.set_password(SERVICE, provider, value)
        kept = keyring.get_password(SERVICE, provider)
    except NoKeyringError:
        raise NoKeyStoreError(provider, variable) from None
    except KeyringError as error:
        raise KeyStoreError(provider, str(error) or type(error).__name__, variable) from error
    if kept != value:  # a store that is switched off takes everything and keeps nothing
        raise NoKeyStoreError(provider, variable)
    return str(getattr(keyring.get_keyring(), "name", "key store"))


def forget_key(provider: str) -> bool:
    """Take a provider's key out of the system's key store.

    Returns:
        Whether there was one.

    Raises:
        KeyStoreError: It is locked, or refuses.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        if keyring.get_password(SERVICE, provider) is None:
            return False
        keyring.delete_password(SERVICE, provider)
    except NoKeyringError:
        return False
    except KeyringError as error:
        variable = KEY_VARIABLES[provider][0]
        raise KeyStoreError(provider, str(error) or type(error).__name__, variable) from error
    return True
