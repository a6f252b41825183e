"""Values → text of a document, such that this reader, the original and readers of YAML 1.1 read the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isfinite, isnan

from compat_yaml.scalars import Scalar, is_plain_text
from compat_yaml.source import Tree

_INDENT = "  "
_PLAIN = re.compile(
    r"[A-Za-z0-9_./$+<(~^][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*"
)
"""What a text without quotes looks like; what its parts could be mistaken for is looked for besides."""
_MISTAKEN = re.compile(r": |:$| #|^\S+: |\s$|^(?:---|\.\.\.)|^[-?:](?: |$)")
_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
"""Characters that only an escape can write."""
_ESCAPES = {"\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF", "\x85": "\\N"}


def write(tree: Tree) -> str:
    """A document's text: block style, two blanks deep, keys in their order, lists and mappings that are shared twice."""
    if isinstance(tree, (dict, list)) and tree:
        return "\n".join(_block(tree, 0)) + "\n"
    return f"{_inline(tree, 0)}\n"


def _block(tree: dict[Scalar, Tree] | list[Tree], depth: int) -> Iterator[str]:
    """The lines of a list or mapping that holds something."""
    indent = _INDENT * depth
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _entry(f"{indent}{_key(key)}:", value, depth)
        return
    for value in tree:
        yield from _item(indent, value, depth)


def _entry(head: str, value: Tree, depth: int) -> Iterator[str]:
    if isinstance(value, (dict, list)) and value:
        yield head
        yield from _block(value, depth + 1)
    elif value is None:
        yield f"{head} null"
    else:
        yield f"{head} {_inline(value, depth + 1)}"


def _item(indent: str, value: Tree, depth: int) -> Iterator[str]:
    if not isinstance(value, (dict, list)) or not value:
        yield f"{indent}- {_inline(value, depth + 1)}"
        return
    lines = _block(value, depth + 1)
    # The first line of what is inside stands behind the dash.
    yield f"{indent}- {next(lines)[len(indent) + 2 :]}"
    yield from lines


def _key(key: Scalar) -> str:
    if isinstance(key, str):
        return key if _is_plain(key) and len(key) < 120 else _double(key)
    return _scalar(key)


def _inline(value: Tree, depth: int) -> str:
    """A scalar, or an empty list or mapping; a text of several lines goes on below."""
    match value:
        case str():
            return _text(value, depth)
        case list():
            return "[]"
        case dict():
            return "{}"
        case _:
            return _scalar(value)


def _scalar(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, str)):
        return str(value)
    if isnan(value):
        return ".nan"
    if not isfinite(value):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    return text if "." in text or "n" in text else _with_point(text)


def _with_point(text: str) -> str:
    """`1e+16` has to have a point to be a number to readers of YAML 1.1."""
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}.0e{exponent}"


def _text(text: str, depth: int) -> str:
    if "\n" in text and (literal := _literal(text, depth)) is not None:
        return literal
    return text if _is_plain(text) else _quoted(text)


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and _MISTAKEN.search(text) is None
        and is_plain_text(text)
    )


def _quoted(text: str) -> str:
    if "\\" in text and "'" not in text and "\n" not in text and not _SPECIAL.search(text):
        return f"'{text}'"
    return _double(text)


def _double(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _SPECIAL.sub(_escape, quoted)


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return _ESCAPES.get(
        letter, f"\\x{ord(letter):02X}" if ord(letter) < 256 else f"\\u{ord(letter):04X}"
    )


def _literal(text: str, depth: int) -> str | None:
    """A text of several lines as a block; `None` where a block can't hold it."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    lines = body.split("\n")
    if not body or _SPECIAL.search(text) or "\t" in text:
        return None
    if any(line != line.rstrip() for line in lines) or "\r" in text:
        return None
    # Where the first line with words begins with a blank, the block has to say how deep it lies.
    first = next(line for line in lines if line)
    deep = "2" if first.startswith(" ") else ""
    keep = "-" if not ends else "" if ends == 1 else "+"
    indent = _INDENT * depth
    shown = "\n".join(f"{indent}{line}" if line else "" for line in lines)
    return f"|{deep}{keep}\n{shown}" + "\n" * max(0, ends - 1)
