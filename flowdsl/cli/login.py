"""`flowdsl login` and `flowdsl logout`: keys go into the system's key store, and nowhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flowdsl.cli.answers import Answer
from flowdsl.cli.arguments import AsJson
from flowdsl.errors.keys import KeyRefusedError, NoKeyGivenError

if TYPE_CHECKING:
    from flowdsl.providers.reach import Obstacle, Reached

Holder = Literal["anthropic", "google", "openai"]
Who = Annotated[
    Holder,
    typer.Argument(metavar="PROVIDER", show_default=False, help="anthropic, google or openai."),
]

_ABOUT_KEY: tuple[Obstacle, ...] = ("wrong key", "expired key", "not allowed")


def login(
    provider: Who,
    *,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read the key from standard input instead of asking.")
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Store the key without trying it.")
    ] = False,
    as_json: AsJson = False,
) -> Answer:
    """Keep a provider's key in the key store.

    The key is asked for without being shown, and tried with one free call where the network allows it.
    """
    from flowdsl.config import keep_key
    from flowdsl.config.keys import Key
    from flowdsl.errors.redaction import hide
    from flowdsl.providers.reach import odd_shape

    del as_json  # `main` reads it
    value = _given(provider, stdin=stdin)
    hide(value)
    odd = odd_shape(provider, value)
    notes = [] if odd is None else [f"the key looks unusual: {odd}"]
    reached = None if no_check else _tried(provider, value)
    notes += _untried(reached)
    store = keep_key(provider, value)
    notes += _shadows(provider)
    end = Key(value, "keyring").end
    worked = reached is not None and reached.obstacle is None
    return Answer(
        f"stored the key for '{provider}:' ({end}) in {store}{', and it works' if worked else ''}",
        {
            "provider": provider,
            "stored": True,
            "store": store,
            "end": end,
            "works": worked or None,
            "notes": notes,
        },
        "\n".join(f"note: {note}" for note in notes),
    )


def logout(provider: Who, *, as_json: AsJson = False) -> Answer:
    """Take a provider's key out of the key store."""
    from flowdsl.config import forget_key

    del as_json  # `main` reads it
    was_there = forget_key(provider)
    notes = [*_shadows(provider)]
    name = f"key for '{provider}:'"
    return Answer(
        f"took out the {name}" if was_there else f"no {name} is stored",
        {"provider": provider, "removed": was_there, "notes": notes},
        "\n".join(f"note: {note}" for note in notes),
    )


def _given(provider: str, *, stdin: bool) -> str:
    if stdin:
        value = sys.stdin.read().strip()
    elif sys.stdin.isatty():
        from getpass import getpass

        value = getpass(f"Key for {provider} (it is not shown): ", sys.stderr).strip()
    else:
        raise NoKeyGivenError(provider, "there is no terminal to type it on")
    if not value:
        raise NoKeyGivenError(provider, "nothing was there")
    return value


def _tried(provider: str, value: str) -> Reached:
    """What a free call with the key tells.

    Raises:
        KeyRefusedError: The provider does not take the key.
    """
    from flowdsl.config import base_urls, load
    from flowdsl.providers.reach import reach

    reached = reach(provider, value, base_urls(load().settings).get(provider))
    if reached.obstacle in _ABOUT_KEY:
        raise KeyRefusedError(provider, reached.said, reached.cure)
    return reached


def _untried(reached: Reached | None) -> Iterator[str]:
    if reached is None:
        yield "the key was not tried"
    elif reached.obstacle is not None:
        yield f"the key could not be tried: {reached.said}"


def _shadows(provider: str) -> Iterator[str]:
    """Variables that stand before the key store."""
    from flowdsl.providers import KEY_VARIABLES

    for variable in KEY_VARIABLES[provider]:
        if os.environ.get(variable, "").strip():
            yield f"{variable} is set in the environment and is used instead"
