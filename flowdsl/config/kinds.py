"""What settings take: in words, out of a file, out of the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting takes."""

    takes: str
    """In words, for messages."""
    read: Callable[[object], object]
    """A value out of TOML or a flag; raises `ValueError` when it is not taken."""
    parse: Callable[[str], object]
    """The text of a variable; raises `ValueError` likewise."""


def _number(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value:  # noqa: PLR0124 - not NaN
        return value
    raise ValueError


def _whole(value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError
    return value


def _positive(value: object) -> object:
    if not _number(value) > 0:
        raise ValueError
    return value


def _not_negative(value: object) -> object:
    if not _number(value) >= 0:
        raise ValueError
    return value


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _course(value: object) -> object:
    if value not in ("stop", "continue"):
        raise ValueError
    return value


def is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a value is a table of TOML, or an object of JSON."""
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _aliases(value: object) -> object:
    if not is_table(value):
        raise ValueError
    pairs = {name: str(_text(model)) for name, model in value.items()}
    if any(not name or ":" in name for name in pairs):
        raise ValueError
    return pairs


def _alias_list(text: str) -> object:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    return _aliases({name.strip(): model.strip() for name, _, model in pairs})


def _rules(value: object) -> object:
    if not _is_list(value):
        raise ValueError
    for rule in value:
        if not is_table(rule) or "answer" not in rule:
            raise ValueError
        if not set(rule) <= {"answer", "contains", "step"}:
            raise ValueError
    return tuple(value)


def _json_rules(text: str) -> object:
    import json

    return _rules(json.loads(text))


WHOLE = Kind("a whole number from 1", _whole, lambda text: _whole(int(text)))
SECONDS = Kind("a number of seconds above 0", _positive, lambda text: _positive(float(text)))
WAIT = Kind("a number of seconds from 0", _not_negative, lambda text: _not_negative(float(text)))
TEXT = Kind("a text that is not empty", _text, _text)
COURSE = Kind("'stop' or 'continue'", _course, _course)
ALIASES = Kind('a table such as {fast = "provider:model"}', _aliases, _alias_list)
RULES = Kind(
    "a list of tables with 'answer' and, if wanted, 'contains' and 'step'", _rules, _json_rules
)
