"""The one normal form of prompt text, shared by the renderer and by fingerprints."""

from __future__ import annotations

_BLANK = " \t"


def normalise(text: str) -> str:
    r"""Take away what only the layout of the source put there; what is left means the same.

    Line ends become `\n`; blanks at line ends and blank lines at both ends go; so does the indentation all lines
    share. Text that begins on the line of its opening quotes is unindented by what its closing quotes show when
    these stand on a line of their own, and left alone otherwise, since `"def f():\n    return 1"` means its
    blanks. Tabs and the Unicode form stay as written: the model shall see what the author wrote.

    A second call changes nothing.
    """
    lines = [line.rstrip(_BLANK) for line in _unified(text).split("\n")]
    if len(lines) > 1:
        closing = _unified(text).rsplit("\n", 1)[1]
        lines = _unindented(lines, closing)
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return "\n".join(lines[start:end])


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unindented(lines: list[str], closing: str) -> list[str]:
    """Lines without the indentation that the source's layout gave them."""
    if not lines[0]:
        margin = _margin(lines)
        return [line[len(margin) :] for line in lines]
    if closing and not closing.strip(_BLANK):
        margin = _shared([closing, _margin(lines[1:])])
        return [lines[0], *(line[len(margin) :] for line in lines[1:])]
    return lines


def _shared(texts: list[str]) -> str:
    """What all texts begin with."""
    low, high = min(texts, default=""), max(texts, default="")
    same = 0
    while same < len(low) and low[same] == high[same]:
        same += 1
    return low[:same]


def _margin(lines: list[str]) -> str:
    """The leading blanks that all lines with text share."""
    return _shared([line[: len(line) - len(line.lstrip(_BLANK))] for line in lines if line])
