"""FD26x: a key that is needed, given or kept in a way that can't be."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place


class LiteralKeyError(FlowError):
    """A key stands in a file of settings, where everyone who reads the project can read it.

    Files name only the place where a key is kept: a variable of the environment, or an entry of the key store.

    ```toml
    [keys]
    anthropic = "env:MY_VARIABLE"
    openai = "keyring:my-service/my-user"
    ```

    A key that has been in a shared file is known to others: make a new one at its provider.
    """

    code: ClassVar[str] = "FD260"

    def __init__(self, provider: str, *, place: Place | None = None) -> None:
        super().__init__(
            f"[keys] holds a text for '{provider}' that is no reference; keys never stand in files.",
            place=place,
            help=f'run `flowdsl login {provider}`, or write where the key is: "env:VARIABLE" or '
            '"keyring:SERVICE/USER". If it was a key, make a new one: this one may have been read.',
        )
        self.provider = provider


class NoKeyStoreError(FlowError):
    """This machine has no key store that programs can use, as on most servers and in containers.

    flowdsl writes keys into the key store of the system and nowhere else. Without one, the environment holds them.
    """

    code: ClassVar[str] = "FD261"

    def __init__(self, provider: str, variable: str) -> None:
        super().__init__(
            f"the key for '{provider}:' can't be kept: there is no key store here.",
            help=f"set {variable} in the environment instead.",
        )


class KeyStoreError(FlowError):
    """The key store of the system did not do what it was asked: it is locked, or refused."""

    code: ClassVar[str] = "FD262"

    def __init__(self, provider: str, why: str, variable: str) -> None:
        super().__init__(
            f"the key store did not take or give the key for '{provider}:': {why}.",
            help=f"unlock it and try again, or set {variable} in the environment.",
        )


class KeyRefusedError(FlowError):
    """A key was tried and the provider did not take it; nothing was stored."""

    code: ClassVar[str] = "FD263"

    def __init__(self, provider: str, why: str, cure: str) -> None:
        super().__init__(
            f"the key for '{provider}:' was tried and not stored: {why}.",
            help=f"{cure} `--no-check` stores it untried.",
        )


class NoKeyGivenError(FlowError):
    """`flowdsl login` was given no key: an empty line, or no terminal to type it on."""

    code: ClassVar[str] = "FD264"

    def __init__(self, provider: str, why: str) -> None:
        super().__init__(
            f"no key for '{provider}:' was given: {why}.",
            help=f"type it where it is asked for, or pipe it: `flowdsl login {provider} --stdin < file`.",
        )


class UnencryptedAddressError(FlowError):
    """Keys and prompts go to another machine unencrypted, for its address begins with `http:`. A warning."""

    code: ClassVar[str] = "FD265"

    def __init__(self, provider: str, address: str) -> None:
        super().__init__(
            f"keys and prompts for '{provider}:' go unencrypted to {address}.",
            help="use an address that begins with https:, or a server on this machine.",
        )
