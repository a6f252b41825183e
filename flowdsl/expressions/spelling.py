"""What parser and writer agree on: names, texts and numbers of the Python dialect."""

from __future__ import annotations

import keyword
import math
import re
import sys
import unicodedata

from flowdsl.expressions.operators import OPERATORS

NAME_PATTERN = r"[^\W\d]\w*"
"""How a name looks, before `is_name` looks closer."""

INFINITE = "1e999"
"""Spelling of the infinite number: the first literal beyond all floats that anybody would write."""

FUNCTIONS = {row.symbol: row.key for row in OPERATORS.values() if row.form == "call"} | {
    "all_of": "all_of",
    "any_of": "any_of",
    "set": "set",
}
"""Operator key by the name a call spells."""

METHODS = {row.symbol: row.key for row in OPERATORS.values() if row.form == "method"}
"""Operator key by the name of a method."""

_NAME = re.compile(NAME_PATTERN)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_PLAIN_ESCAPES = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


def is_name(word: str) -> bool:
    """Whether a word can stand as a name: Python's rule, without its keywords."""
    if _NAME.fullmatch(word) is None or not word.isidentifier() or keyword.iskeyword(word):
        return False
    return word == normal_name(word)


def normal_name(word: str) -> str:
    """The name as Python stores it (NFKC)."""
    return unicodedata.normalize("NFKC", word)


def quote(text: str) -> str:
    """A text as a literal, in double quotes unless it holds some."""
    if '"' in text:
        return repr(text)
    # The added quote makes repr choose single quotes, whatever the text holds.
    body = repr('"' + text)[2:-1]
    return '"' + re.sub(r"\\(.)", lambda found: "'" if found[1] == "'" else found[0], body) + '"'


def unquote(literal: str) -> str:
    """The text that a literal spells.

    Raises:
        ValueError: It holds an escape that is not known.
    """
    return _ESCAPE.sub(_unescape, literal[1:-1])


def _unescape(found: re.Match[str]) -> str:
    escape = found[1]
    if escape in _PLAIN_ESCAPES:
        return _PLAIN_ESCAPES[escape]
    code = int(escape[1:], 16) if len(escape) > 1 else -1
    if not 0 <= code <= sys.maxunicode:
        message = f"the escape '\\{escape}' is not known"
        raise ValueError(message)
    return chr(code)


def number_text(number: float) -> str | None:
    """A number as a literal; `None` when none spells it (not-a-number, thousands of digits)."""
    if isinstance(number, float):
        if math.isnan(number):
            return None
        return repr(number).replace("inf", INFINITE)
    try:
        return repr(number)
    except ValueError:
        return None


def read_number(literal: str) -> int | float:
    """The number that a literal spells.

    Raises:
        ValueError: It has thousands of digits.
    """
    return int(literal) if literal.replace("_", "").isdigit() else float(literal)
