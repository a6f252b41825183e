"""Where our answer differs from what the original really gave: named, reasoned, predicted from the input alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One named difference."""

    id: str
    did: str
    """What the original did."""
    do: str
    """What we do."""
    why: str
    predicts: Callable[[str], bool]
    """Whether it shows on an input; of the reading of text the input is the text."""


def _finds(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda text: compiled.search(text) is not None


def _gives_a_key_twice(text: str) -> bool:
    """A line's key comes again at the same depth before a line that lies less deep."""
    open_keys: list[tuple[int, set[str]]] = []
    for line in text.splitlines():
        found = re.match(r"^( *)([\w\"' -]+?)\s*:(?: |$)", line)
        if found is None:
            continue
        depth, key = len(found[1]), found[2]
        while open_keys and open_keys[-1][0] > depth:
            open_keys.pop()
        if not open_keys or open_keys[-1][0] < depth:
            open_keys.append((depth, set()))
        if key in open_keys[-1][1]:
            return True
        open_keys[-1][1].add(key)
    return False


READING: tuple[Difference, ...] = (
    Difference(
        id="yaml-duplicate-key",
        did="took the first of two equal keys and said nothing",
        do="an error that names both lines (FD302)",
        why="what is written second is lost without a word",
        predicts=_gives_a_key_twice,
    ),
    Difference(
        id="yaml-many-documents",
        did="took the last of several documents in one text",
        do="an error at the second one (FD300)",
        why="what is written first is lost without a word",
        predicts=_finds(r"\A(?!---)[^\n]+\n(?:.*\n)*?---"),
    ),
    Difference(
        id="yaml-merge-key",
        did="kept `<<` as a key of its own",
        do="merges, with a warning (FD303)",
        why="its documents rely on merging",
        predicts=_finds(r"^\s*<<:"),
    ),
    Difference(
        id="yaml-key-of-parts",
        did="took a list or a mapping as a key",
        do="an error (FD302)",
        why="no key of the format is one; mostly it is a `{{ name }}` without quotes",
        predicts=_finds(r"^\s*\? \[|: *\[?\{\{"),
    ),
    Difference(
        id="yaml-reserved-signs",
        did="took a plain text that begins with @, % or `",
        do="an error (FD300)",
        why="YAML reserves them, and no other reader takes such a file",
        predicts=_finds(r"(?::|-) +[@%`]"),
    ),
    Difference(
        id="yaml-folded-keep",
        did="turned the last line break of `>+` into a blank",
        do="keeps it",
        why="YAML says so",
        predicts=_finds(r">\+"),
    ),
    Difference(
        id="yaml-empty-hex",
        did="took `0x` for 0",
        do="reads a text",
        why="YAML asks for a digit",
        predicts=_finds(r"0x(?![0-9a-fA-F])"),
    ),
    Difference(
        id="yaml-version-directive",
        did="read `yes` as true under `%YAML 1.1`",
        do="reads 1.2 whatever the directive says",
        why="one file is to mean one thing",
        predicts=_finds(r"\A%YAML 1\.1"),
    ),
    Difference(
        id="yaml-question-mark",
        did="refused `- ?`",
        do="reads a mapping from null to null",
        why="YAML says so",
        predicts=_finds(r"^- \?$"),
    ),
    Difference(
        id="yaml-tab-after-dash",
        did="took a tab as the blank after a dash",
        do="an error (FD300)",
        why="both readers of PyYAML refuse it, and nobody sees it in an editor",
        predicts=_finds(r"^- \t"),
    ),
)
"""Differences in what a text is read as."""
