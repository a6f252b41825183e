"""Putting a release's section into a changelog that may have been written by hand."""

import re

_HEAD = "# Changelog\n"
_KEY = re.compile(r"[^\w.@/+]+")
_FIRST_SECTION = re.compile(r"^(?:## |<!-- changelog:begin )", re.MULTILINE)
UNRELEASED = "unreleased"


def insert_section(existing: str, section: str, *, version: str | None) -> str:
    """Put a section between its markers; a second time changes nothing.

    Args:
        existing: The changelog so far; may be empty.
        section: What `render_markdown` drew.
        version: The release it is for; `None` for what is not released yet.

    Returns:
        The old text with the section in place of the one of the same version, else of the
        unreleased one, else above the newest section. Hand-written text and line ends stay.
    """
    newline = "\r\n" if "\r\n" in existing else "\n"
    text = existing.replace("\r\n", "\n")
    key = _KEY.sub("-", version) if version else UNRELEASED
    block = f"{_begin(key)}\n{section.strip()}\n{_end(key)}\n"
    for name in (key, UNRELEASED):
        span = _span(text, name)
        if span is not None:
            return _joined(text[: span[0]], block, text[span[1] :], newline)
    if not text.strip():
        return _joined(f"{_HEAD}\n", block, "", newline)
    first = _FIRST_SECTION.search(text)
    at = first.start() if first is not None else len(text)
    before, after = text[:at].rstrip("\n"), text[at:]
    return _joined(f"{before}\n\n" if before else "", block, f"\n{after}" if after else "", newline)


def _joined(before: str, block: str, after: str, newline: str) -> str:
    return (before + block + after).replace("\n", newline)


def _begin(key: str) -> str:
    return f"<!-- changelog:begin {key} -->"


def _end(key: str) -> str:
    return f"<!-- changelog:end {key} -->"


def _span(text: str, key: str) -> tuple[int, int] | None:
    begin = re.search(rf"^{re.escape(_begin(key))}$", text, re.MULTILINE)
    if begin is None:
        return None
    end = re.compile(rf"^{re.escape(_end(key))}(?:\n|\Z)", re.MULTILINE).search(text, begin.end())
    return (begin.start(), end.end()) if end is not None else None
