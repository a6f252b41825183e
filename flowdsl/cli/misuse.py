"""A command that was called wrongly: what was meant, where inputs were written as options or bare words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from contextlib import redirect_stdout

import typer

from flowdsl.cli.answers import Answer, aside, failure
from flowdsl.errors.base import FlowError
from flowdsl.errors.cures import near_only
from flowdsl.errors.setup import CommandLineError

_EXTRA = re.compile(r"Got unexpected extra arguments? ?\(?s?\)? ?\((.*)\)$", re.DOTALL)
_OF_PYDANTIC = "Value error, "


def misused(error: typer.TyperException, given: Sequence[str]) -> Answer:
    """What is wrong with a command line, and what may have been meant.

    Args:
        error: What the parser says.
        given: The whole line, without the program's name.
    """
    context: object = getattr(error, "ctx", None)
    path = str(getattr(context, "command_path", "flowdsl"))
    message = error.format_message().replace(_OF_PYDANTIC, "")
    if message.startswith("Usage:"):  # a group without a command shows its help
        return Answer(text=message)
    takes_inputs = _takes_inputs(context)
    option: object = getattr(error, "option_name", None)
    cure = ""
    if isinstance(option, str):
        message = f"No such option: {option}"
        known = [str(each) for each in getattr(error, "possibilities", None) or ()]
        cure = (_meant_as_input(option, given) if takes_inputs else "") or near_only(option, known)
    elif takes_inputs and (extra := _EXTRA.search(message)) is not None:
        cure = _meant_as_inputs(extra[1], given)
    return failure(CommandLineError(message, path, cure))


def _takes_inputs(context: object) -> bool:
    parameters: Sequence[object] = getattr(getattr(context, "command", None), "params", ())
    return any("--input" in getattr(each, "opts", ()) for each in parameters)


def _meant_as_input(option: str, given: Sequence[str]) -> str:
    """The input that an option stands for: `--text x` is `--input text=x`."""
    name = option.lstrip("-").replace("-", "_")
    value = "…"
    for word, following in zip(given, [*given[1:], "-"], strict=True):
        if word.startswith(f"{option}="):
            value = word.partition("=")[2]
        elif word == option and not following.startswith("-"):
            value = following
    names = _inputs_of(given)
    if name in names:
        return f"'{name}' is an input: {_option(name, value)}"
    found = _nearest(name, names)
    return f"did you mean {_option(found, value)}?" if found else ""


def _meant_as_inputs(extra: str, given: Sequence[str]) -> str:
    """The inputs that bare words stand for: `text=hello`, or `hello` where there is one input."""
    names = _inputs_of(given)
    pairs = [word.partition("=") for word in given if "=" in word and word in extra]
    if pairs:
        options = [_option(_nearest(name, names) or name, text) for name, _, text in pairs]
        return f"did you mean {' '.join(options)}?"
    return f"did you mean {_option(names[0], extra)}?" if len(names) == 1 else ""


def _option(name: str, value: str) -> str:
    return f"--input {shlex.quote(f'{name}={value}') if value != '…' else f'{name}=…'}"


def _nearest(name: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, names, n=1)), "")


def _inputs_of(given: Sequence[str]) -> list[str]:
    """Names of the inputs of what the command was pointed at; none where that can't be told."""
    from flowdsl.targets import load_target

    words = [word for word in given[1:] if not word.startswith("-") and "=" not in word]
    for word in words[:3]:
        try:
            with redirect_stdout(aside):
                return [port.name for port in load_target(word).signature.ports]
        except FlowError:  # another word may be the target
            continue
    return []
