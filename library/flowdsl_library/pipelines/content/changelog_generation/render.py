"""The report as Markdown in the manner of Keep a Changelog, and as JSON; the same bytes each time."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from flowdsl_library.pipelines.content.changelog_generation.records import (
    Category,
    ChangelogReport,
    Entry,
)

TITLES = {
    Category.ADDED: "Added",
    Category.CHANGED: "Changed",
    Category.DEPRECATED: "Deprecated",
    Category.REMOVED: "Removed",
    Category.FIXED: "Fixed",
    Category.SECURITY: "Security",
    Category.PERFORMANCE: "Performance",
    Category.DOCUMENTATION: "Documentation",
    Category.DEPENDENCIES: "Dependencies",
    Category.INTERNAL: "Internal",
}
"""The heading of each section."""

_RULE_NAMES = {
    "merge": "merge",
    "release": "release",
    "empty": "empty commit",
    "path:changelog": "edit of the changelog itself",
    "revert": "revert",
    "reverted": "reverted commit",
    "trailer:skip": "marked as not for the changelog",
    "marker:skip": "marked as not for the changelog",
}
_CODE = re.compile(r"(`[^`]+`)")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_HASH_DIGITS = 8


def render_markdown(report: ChangelogReport) -> str:
    """Draw the section of one release; ends in one newline."""
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def render_json(report: ChangelogReport) -> str:
    """Write the whole report as JSON, fields in the schema's order."""
    return report.model_dump_json(indent=2) + "\n"


def plain_text(text: str) -> str:
    """Make a stranger's text safe in a line of Markdown: one line, no markup, nothing invisible."""
    visible = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co"}
    )
    parts = _CODE.split(" ".join(visible.split()))
    return "".join(part if _CODE.fullmatch(part) else _SPECIAL.sub(r"\\\1", part) for part in parts)


def _lines(report: ChangelogReport) -> Iterator[str]:
    name = report.version or "Unreleased"
    yield f"## [{name}]" + (f" - {report.date[:10]}" if report.version else "")
    yield ""
    if not report.entries:
        yield "No changes."
        yield ""
    for category, entries in groupby(report.entries, key=lambda entry: entry.category):
        yield f"### {TITLES[category]}"
        yield ""
        yield from (_line(entry) for entry in entries)
        yield ""
    yield from _footer(report)


def _line(entry: Entry) -> str:
    mark = "**Breaking:** " if entry.breaking else ""
    scope = f"**{plain_text(entry.scope)}:** " if entry.scope else ""
    title = plain_text(entry.title) or "(no message)"
    told = f"{title}: {plain_text(entry.breaking_note)}" if entry.breaking_note else title
    count = len(entry.merged) + 1
    times = f", {count} commits" if count > 1 else ""
    references = ", ".join((*entry.references, entry.lead[:_HASH_DIGITS]))
    return f"- {mark}{scope}{told} ({references}{times})"


def _footer(report: ChangelogReport) -> Iterator[str]:
    totals = report.totals
    left_out = Counter(_RULE_NAMES.get(exclusion.rule, "other") for exclusion in report.excluded)
    reasons = ", ".join(f"{name}: {times}" for name, times in sorted(left_out.items()))
    told = (
        f"{totals.commits} commits: {totals.entries} with an entry, {totals.merged} folded into one"
    )
    yield f"*{told}, {totals.excluded} left out" + (f" ({reasons})" if reasons else "") + ".*"
