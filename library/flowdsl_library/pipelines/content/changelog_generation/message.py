"""What a commit message says in forms that can be read without guessing."""

import re
from dataclasses import dataclass

from flowdsl_library.pipelines.content.changelog_generation.gitmoji import split_emoji

KNOWN_TYPES = {
    "feat": "added",
    "feature": "added",
    "add": "added",
    "added": "added",
    "fix": "fixed",
    "fixed": "fixed",
    "bugfix": "fixed",
    "bug": "fixed",
    "hotfix": "fixed",
    "perf": "performance",
    "docs": "documentation",
    "doc": "documentation",
    "typo": "documentation",
    "security": "security",
    "sec": "security",
    "deprecate": "deprecated",
    "deprecated": "deprecated",
    "remove": "removed",
    "removed": "removed",
    "change": "changed",
    "changed": "changed",
    "deps": "dependencies",
    "dep": "dependencies",
    "refactor": "internal",
    "style": "internal",
    "test": "internal",
    "tests": "internal",
    "ci": "internal",
    "build": "internal",
    "chore": "internal",
    "internal": "internal",
    "typing": "internal",
    "revert": "revert",
    "release": "release",
}
"""Category by the type of a conventional header; `revert` and `release` have rules of their own."""

_HEADER = re.compile(
    r"(?P<type>[A-Za-z][\w-]*)(?:\((?P<scope>[^()\r\n]*)\))?(?P<bang>!)?:(?P<gap>\s*)(?P<rest>\S.*)"
)
_MERGED_PULL = re.compile(r"Merge pull request #(\d+) from \S+")
_REVERT = re.compile(r"Revert:?\s+[\"“](?P<what>.+)[\"”]", re.IGNORECASE)
_REAPPLY = re.compile(r"Reapply:?\s+[\"“](?P<what>.+)[\"”]", re.IGNORECASE)
_REVERTS_COMMIT = re.compile(r"\breverts commit ([0-9a-f]{7,64})\b")
_BREAKING = re.compile(
    r"^[ \t]*(?:[*-] )?BREAKING(?:[ -]CHANGES?)?\s*(?::|\s#)[ \t]*(?P<note>\S.*(?:\n(?!\s*\n)(?![\w-]+: ).+)*)",
    re.MULTILINE,
)
_NOT_BREAKING = {"none", "no", "n/a", "-", "false"}
_BREAKING_WORD = re.compile(r"\bBREAKING\b|[\[(]breaking(?: change)?[\])]")
_TRAILER = re.compile(r"(?P<key>[A-Za-z][A-Za-z0-9-]*): (?P<value>\S.*)")
_PERSONAL = re.compile(r"[A-Za-z]+-[A-Za-z-]+: ")
_FIXUP = re.compile(r"^(?:(?:fixup|squash|amend)! )+")
_PULL_SUFFIX = re.compile(r"\s*\((?:#|gh-)(\d+)\)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w/&])(?:#|GH-)(\d+)\b")
_ISSUE_KEY = re.compile(r"(?<![\w/-])([A-Z][A-Z0-9]{1,9}-\d+)(?![\w-])")
_NO_ISSUE_KEYS = {
    "UTF",
    "SHA",
    "ISO",
    "CVE",
    "RFC",
    "PEP",
    "HTTP",
    "GH",
    "CWE",
    "AES",
    "MD",
    "GHSA",
}
_MENTION = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see|issues?|pr)\b[ :]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message taken apart."""

    headline: str
    """The first line, or the pull request's title where the first line only names a merge."""
    emoji: str | None
    type: str | None
    """Of a conventional header, in lower case, and only where it is a known one."""
    scope: str | None
    text: str
    """The headline without emoji, type, scope, and the number of its pull request."""
    breaking: str | None
    """What says that it breaks: `header`, `footer` or `words`."""
    breaking_note: str | None
    trailers: tuple[tuple[str, str], ...]
    """Keys in lower case."""
    references: tuple[str, ...]
    is_fixup: bool
    """Git's own `fixup!`, `squash!` or `amend!`, taken off the headline."""


def parse_message(message: str, *, is_merge: bool = False) -> Message:
    """Take a message apart; never fails, whatever the text."""
    first, _, body = message.strip().partition("\n")
    headline = _headline(first.strip(), body, is_merge=is_merge)
    plain = _FIXUP.sub("", headline)
    emoji, rest = split_emoji(plain)
    type_, scope, bang, text = _header(rest)
    note = _breaking_note(body)
    return Message(
        headline=plain,
        emoji=emoji,
        type=type_,
        scope=scope,
        text=without_pull(text) or text,
        breaking=_breaking(plain, bang=bang, note=note),
        breaking_note=note,
        trailers=_trailers(body),
        references=_references(first, body),
        is_fixup=plain != headline,
    )


def without_pull(headline: str) -> str:
    """Take the number of the pull request off a headline's end."""
    return _PULL_SUFFIX.sub("", headline).strip()


def reverted_ids(message: str) -> tuple[str, ...]:
    """Ids, perhaps cut short, that the message says it reverts."""
    return tuple(_REVERTS_COMMIT.findall(message))


def reverted_headline(headline: str) -> str | None:
    """The headline of what this one reverts, if it says so in git's own words."""
    text = without_pull(headline)
    match = _REVERT.fullmatch(text)
    if match is not None:
        return match["what"]
    again = _REAPPLY.fullmatch(text)
    if again is not None:
        return f'Revert "{again["what"]}"'
    header = _HEADER.fullmatch(text)
    if header is not None and header["type"].lower() == "revert":
        return header["rest"]
    return None


def _headline(first: str, body: str, *, is_merge: bool) -> str:
    match = _MERGED_PULL.fullmatch(first)
    title = next((line.strip() for line in body.splitlines() if line.strip()), "")
    if match is None or is_merge or not title or _PERSONAL.match(title):
        return first
    return f"{title} (#{match[1]})"


def _header(text: str) -> tuple[str | None, str | None, bool, str]:
    match = _HEADER.fullmatch(text)
    if match is None:
        return None, None, False, text
    type_ = match["type"].lower()
    scope = (match["scope"] or "").strip() or None
    if type_ in KNOWN_TYPES:
        return type_, scope, bool(match["bang"]), match["rest"]
    is_component = match["type"].islower() or match["type"].isupper()
    if match["gap"] and scope is None and is_component:
        return None, match["type"], bool(match["bang"]), match["rest"]
    return None, None, False, text


def _breaking_note(body: str) -> str | None:
    for match in _BREAKING.finditer(body):
        note = " ".join(match["note"].split())
        if note.rstrip(".").lower() not in _NOT_BREAKING:
            return note
    return None


def _breaking(headline: str, *, bang: bool, note: str | None) -> str | None:
    if bang:
        return "header"
    if note is not None:
        return "footer"
    return "words" if _BREAKING_WORD.search(headline) else None


def _trailers(body: str) -> tuple[tuple[str, str], ...]:
    last = re.split(r"\n[ \t]*\n", body.strip())[-1].splitlines()
    found = [_TRAILER.fullmatch(line.strip()) for line in last]
    if not all(found):
        return ()
    return tuple((match["key"].lower(), match["value"].strip()) for match in found if match)


def _references(first: str, body: str) -> tuple[str, ...]:
    telling = [first, *(line for line in body.splitlines() if _MENTION.search(line))]
    found: dict[str, None] = {}
    for line in telling:
        found |= dict.fromkeys(f"#{number}" for number in _NUMBER.findall(line))
        found |= dict.fromkeys(
            key for key in _ISSUE_KEY.findall(line) if key.partition("-")[0] not in _NO_ISSUE_KEYS
        )
    return tuple(found)
