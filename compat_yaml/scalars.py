"""What a plain scalar means: the core schema of YAML 1.2, as the original's loader reads it."""

from __future__ import annotations

import re
from math import isinf
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER = re.compile(
    r"""(?P<whole> [-+]? [0-9]+)
      | 0o (?P<octal> [0-7]+)
      | 0x (?P<hex> [0-9a-fA-F]+)
      | (?P<real> [-+]? (?: \.[0-9]+ | [0-9]+ (?: \.[0-9]*)? ) (?: [eE][-+]?[0-9]+ )? )""",
    re.VERBOSE | re.ASCII,
)
_MAX_DIGITS = 4000
"""Whole numbers longer than this stay text: reading them takes more than linear time."""


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar: null, a truth value, a number, or the text itself.

    `yes`, `off`, `1_000`, `0b1`, dates and times are texts; `012` is twelve, `0o14` too. A number too large for a
    float stays text.
    """
    # Hardly any text begins like one of the others.
    if text and text[0] not in "~nNtTfF.+-0123456789":
        return text
    return _WORDS[text] if text in _WORDS else _number(text)


def _number(text: str) -> Scalar:
    """The number that a text is; the text itself when it is none."""
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _MAX_DIGITS:
        return text
    match found.lastgroup:
        case "whole":
            return int(text)
        case "octal":
            return int(found["octal"], 8)
        case "hex":
            return int(found["hex"], 16)
        case _:
            return text if isinf(float(text)) else float(text)


def is_plain_text(text: str) -> bool:
    """Whether an unquoted scalar with these letters would be read as this very text, here and by readers of YAML 1.1."""
    return resolve(text) == text and text not in _OLD_WORDS and not _OLD_NUMBER.fullmatch(text)


_OLD_WORDS = frozenset(
    form
    for word in ("y", "n", "yes", "no", "on", "off", "nil", "none")
    for form in (word, word.capitalize(), word.upper())
) | {"<<", "=", "-", "?", ":"}
_OLD_NUMBER = re.compile(
    r"""[-+]?0b[01_]+ | [-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)? | [-+]?0x[0-9a-fA-F_]+
      | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)? | \.[0-9_]+
      | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
