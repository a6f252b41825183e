"""Key stores of the machine, as tests need them: through the real `keyring`, without anybody's keys."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as Absent
from keyring.backends.null import Keyring as SwitchedOff


class MemoryStore(KeyringBackend):
    """Keeps passwords for as long as it lives; nobody takes it unless told."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


ForgetfulStore = SwitchedOff
"""Takes everything and keeps nothing: how people switch the key store off."""


def no_store() -> KeyringBackend:
    """What there is on a machine without a key store."""
    return Absent()
