"""Text from outside, fit for a terminal: what would steer the screen is written out instead."""

from __future__ import annotations

from typing import Final

# Control characters but line feed and tab, and what turns the direction of a text.
_STEERS: Final = {
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
} - {0x09, 0x0A}
_WRITTEN_OUT: Final = {each: chr(each).encode("unicode_escape").decode() for each in _STEERS}


def printable(text: str) -> str:
    r"""The same text with control characters written out, such as `\x1b` for the one that begins a terminal's commands.

    A model's answer, a file or an exception may hold any; line feeds and tabs stay.
    """
    return text.translate(_WRITTEN_OUT)
