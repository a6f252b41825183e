"""What in a commit speaks for a category: a word of its message, or the files it touched."""

import re

from flowdsl_library.pipelines.content.changelog_generation.paths import path_class
from flowdsl_library.pipelines.content.changelog_generation.records import Category, Commit
from flowdsl_library.pipelines.content.changelog_generation.rules import parse_commit

GROWTH_LINES = 40
GROWTH_FACTOR = 4

_HEADLINE = {
    # Squashed commits list "add a test" in their bodies, so that only the headline tells.
    Category.ADDED: re.compile(
        r"\b(?:add|new|support|allow|enabl|introduc|implement|accept|expos|provid|extend)\w*"
        r"|\b(?:option|parameter|argument|flag|method|propert|command|feature|function|mechanism)\w*"
        r"|\bcan (?:now )?(?:be|take)\b|\bmay be\b|(?<!\S)--[a-z]|\w\(\)",
        re.IGNORECASE,
    ),
}
_MESSAGE = {
    Category.FIXED: re.compile(
        r"\b(?:fix|bug|wrong|brok|break|crash|error|fail|correct|incorrect|mistak|regress|repair)"
        r"|\b(?:invalid|missing|leak|never|no longer|off by|until now|properly|survive)",
        re.IGNORECASE,
    ),
    Category.SECURITY: re.compile(
        r"secur|vulnerab|\bCVE\b|\bXSS\b|inject|credential|secret|password|token|\bauth|leak"
        r"|certificate|\bTLS\b|\bSSL\b|permission|escap|sanitis|sanitiz|unsafe",
        re.IGNORECASE,
    ),
    Category.DEPRECATED: re.compile(r"deprecat|obsolete|legacy|warn", re.IGNORECASE),
    Category.REMOVED: re.compile(
        r"remov|drop|delet|without|no longer|don't|disallow|\brid of\b|strip|unused", re.IGNORECASE
    ),
    Category.PERFORMANCE: re.compile(
        r"perf|speed|fast|slow|quick|optimi|cach|memory|latency|lazy|cheap|batch|index|reuse"
        r"|once|pool|avoid|stream|n\+1|allocat",
        re.IGNORECASE,
    ),
    Category.DEPENDENCIES: re.compile(
        r"depend|requirement|version|upgrade|bump|\bpin|package|lock", re.IGNORECASE
    ),
    Category.DOCUMENTATION: re.compile(
        r"doc|readme|comment|typo|example|guide|tutorial|spelling|wording", re.IGNORECASE
    ),
    Category.INTERNAL: re.compile(
        r"intern|refactor|clean|tid[iy]|lint|format|test|coverage|\bCI\b|build|tooling|private"
        r"|dedup|duplicat|module|simplif|rename|\bmov|typing|annotation|style|comment|\bwip\b",
        re.IGNORECASE,
    ),
}
_PATHS = {Category.DOCUMENTATION: "docs", Category.DEPENDENCIES: "deps"}


def has_evidence(category: Category, commit: Commit) -> bool:
    """Say whether anything in the commit speaks for the category.

    `changed` needs nothing: it is where the commit goes anyway if it touches source. A commit also
    speaks for `added` if it adds at least 40 lines of source and four times what it takes away, and
    for `internal` if it touches no source.
    """
    if category is Category.CHANGED:
        return True
    headline = _HEADLINE.get(category)
    if headline is not None and headline.search(parse_commit(commit).text):
        return True
    message = _MESSAGE.get(category)
    if message is not None and message.search(commit.message):
        return True
    return _files_speak(category, commit)


def _files_speak(category: Category, commit: Commit) -> bool:
    source = [change for change in commit.files if path_class(change.path) == "source"]
    if category is Category.ADDED:
        grown = sum(change.added or 0 for change in source)
        lost = sum(change.deleted or 0 for change in source)
        return grown >= max(GROWTH_LINES, GROWTH_FACTOR * lost)
    if category is Category.INTERNAL:
        return not source
    return _PATHS.get(category) in {path_class(change.path) for change in commit.files}
