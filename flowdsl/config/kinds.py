"""What settings take: in words, out of a file, out of the environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard
from urllib.parse import urlsplit

from flowdsl.errors.keys import LiteralKeyError
from flowdsl.errors.redaction import hide
from flowdsl.pricing import OwnPrice
from flowdsl.providers import KEY_VARIABLES


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting takes."""

    takes: str
    """In words, for messages."""
    read: Callable[[object], object]
    """A value out of TOML or a flag; raises `ValueError` when it is not taken."""
    parse: Callable[[str], object]
    """The text of a variable; raises `ValueError` likewise."""
    is_private: bool = False
    """A value that is not taken may be a secret by mistake, and is not shown."""


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


def _switch(value: object) -> object:
    if value is not True and value is not False:
        raise ValueError
    return value


def _switch_text(text: str) -> object:
    said = text.strip().lower()
    if said not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ValueError
    return said in ("1", "true", "yes", "on")


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


_REFERENCE = re.compile(r"env:\w+|keyring:[^/]+(?:/[^/]+)+")


def _keys(value: object) -> object:
    if not is_table(value):
        raise ValueError
    for provider, place in value.items():
        if provider not in KEY_VARIABLES:
            raise ValueError
        if not isinstance(place, str) or _REFERENCE.fullmatch(place) is None:
            hide("" if str(place).startswith(("env:", "keyring:")) else str(place))
            raise LiteralKeyError(provider)
    return dict(value)


def _key_list(text: str) -> object:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    return _keys({provider.strip(): place.strip() for provider, _, place in pairs})


def _address(value: object) -> object:
    if not isinstance(value, str) or _ADDRESS.fullmatch(value.strip()) is None:
        raise ValueError
    # Brackets without an end, ports that are no numbers: `urlsplit` raises ValueError itself.
    _ = urlsplit(value if "://" in value else f"//{value}").port
    return value.strip()


_ADDRESS = re.compile(r"https?://[^\s/]\S*|[^\s:/]+(?::\d+)?(?:/\S*)?")


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


def _cap(value: object) -> object:
    return None if value == "none" else _positive(value)


def _cap_text(text: str) -> object:
    return None if text.strip() == "none" else _positive(float(text))


_PRICE_NAMES = frozenset(OwnPrice.__dataclass_fields__)


def _prices(value: object) -> object:
    if not is_table(value):
        raise ValueError
    if any(":" not in name for name in value):
        raise ValueError
    return {name: _price(price) for name, price in value.items()}


def _price(value: object) -> OwnPrice:
    if not is_table(value) or not {"input", "output"} <= set(value) <= _PRICE_NAMES:
        raise ValueError
    # Through its text, so that 0.1 is a tenth.
    dollars = {name: Decimal(str(_not_negative(each))) for name, each in value.items()}
    return OwnPrice(**dollars)


def _json_prices(text: str) -> object:
    import json

    return _prices(json.loads(text))


WHOLE = Kind("a whole number from 1", _whole, lambda text: _whole(int(text)))
SECONDS = Kind("a number of seconds above 0", _positive, lambda text: _positive(float(text)))
WAIT = Kind("a number of seconds from 0", _not_negative, lambda text: _not_negative(float(text)))
TEXT = Kind("a text that is not empty", _text, _text)
SWITCH = Kind("true or false", _switch, _switch_text)
COURSE = Kind("'stop' or 'continue'", _course, _course)
ALIASES = Kind('a table such as {fast = "provider:model"}', _aliases, _alias_list)
RULES = Kind(
    "a list of tables with 'answer' and, if wanted, 'contains' and 'step'", _rules, _json_rules
)
KEYS = Kind(
    'a table such as {anthropic = "env:VARIABLE", openai = "keyring:SERVICE/USER"}',
    _keys,
    _key_list,
    is_private=True,
)
ADDRESS = Kind("an address such as https://models.example.org", _address, _address)
MONEY = Kind("a number of dollars above 0", _positive, lambda text: _positive(float(text)))
CAP = Kind("a number of dollars above 0, or 'none'", _cap, _cap_text)
PRICES = Kind(
    "a table by full name (`openai:my-model`) of tables with 'input' and 'output', dollars per million tokens",
    _prices,
    _json_prices,
)
