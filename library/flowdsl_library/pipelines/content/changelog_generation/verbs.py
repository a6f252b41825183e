"""First words of a headline that leave no doubt about what a commit does."""

import re
from collections.abc import Sequence

from flowdsl_library.pipelines.content.changelog_generation.records import Category

# `use`, `make`, `update`, `handle`, `tweak` are left out on purpose: they may mean anything.
_LISTS = {
    Category.ADDED: "add adds added adding implement implements implemented introduce introduces "
    "introduced support supports supported allow allows allowed enable enables enabled expose "
    "exposes exposed create creates created new provide provides provided include included "
    "ability reintroduce",
    Category.FIXED: "fix fixes fixed fixing bugfix hotfix correct corrects corrected resolve "
    "resolves resolved repair repaired prevent prevents prevented ensure ensures ensured",
    Category.REMOVED: "remove removes removed removing drop drops dropped dropping delete deletes "
    "deleted disallow disallowed",
    Category.DEPRECATED: "deprecate deprecates deprecated deprecating",
    Category.CHANGED: "change changes changed changing switch switched switches replace replaced "
    "replaces rename renames renamed renaming improve improves improved tighten tightened "
    "escalate better",
    Category.PERFORMANCE: "optimise optimize optimised optimized speed speedup faster",
    Category.DOCUMENTATION: "document documents documented documenting docs documentation "
    "docstring docstrings clarify clarifies clarified typo typos readme mention mentioned changelog",
    Category.DEPENDENCIES: "bump bumps bumped pin pins pinned unpin upgrade upgrades upgraded "
    "downgrade downgraded",
    Category.INTERNAL: "refactor refactors refactored refactoring cleanup clean cleaned tidy "
    "tidied reorganise reorganize reorganised reformat reformatted format formatted lint linting "
    "test tests tested testing simplify simplified codegen flake8 black mypy isort ruff ran "
    "initial move moved moves rearrange rearranged inline extracted extract ci",
}

VERBS = {word: category for category, words in _LISTS.items() for word in words.split()}
"""Category by first word, in lower case."""

_FIRST_WORD = re.compile(r"[\W_]*([\w-]+(?:\.\w+)*)")

_Phrase = tuple[str, re.Pattern[str], Category]

STRONG_PHRASES: tuple[_Phrase, ...] = (
    (
        "phrase:cve",
        re.compile(r"\bCVE-\d{4}-\d+|\bGHSA-\w{4}-", re.IGNORECASE),
        Category.SECURITY,
    ),
    (
        "phrase:drop-support",
        re.compile(r"(?:drop|remove)(?:s|ped|d)? (?:[\w.]+ ){0,3}support\b", re.IGNORECASE),
        Category.REMOVED,
    ),
    (
        "phrase:bump",
        re.compile(
            r"bump (?:the )?\S+ .*(?:from \S+ to \S+|group\b)|update \S+ requirement from "
            r"|\[?pre-commit\.ci\]? pre-commit autoupdate|update dependenc(?:y|ies)\b",
            re.IGNORECASE,
        ),
        Category.DEPENDENCIES,
    ),
)
"""Phrases that say more than an emoji or the changed paths."""

WEAK_PHRASES: tuple[_Phrase, ...] = (
    (
        "phrase:security",
        re.compile(r"\bvulnerabilit|\bsecurity (?:fix|issue|bug|hole|flaw|patch)", re.IGNORECASE),
        Category.SECURITY,
    ),
    (
        "phrase:typo",
        re.compile(r"\b(?:typos?|spelling|grammar)\b", re.IGNORECASE),
        Category.DOCUMENTATION,
    ),
    ("phrase:deprecate", re.compile(r"\bdeprecat", re.IGNORECASE), Category.DEPRECATED),
    ("phrase:speed", re.compile(r"\bspeed(?:s|ing)? ?up\b", re.IGNORECASE), Category.PERFORMANCE),
)
"""Phrases that speak where nothing stronger does."""


def first_word(text: str) -> str:
    """The first word of a headline in lower case; empty where there is none."""
    match = _FIRST_WORD.match(text)
    return match[1].lower() if match else ""


def find_phrase(phrases: Sequence[_Phrase], text: str) -> tuple[Category, str] | None:
    """The category of the first telling phrase in a headline, with the id of its rule."""
    found = ((category, rule) for rule, pattern, category in phrases if pattern.search(text))
    return next(found, None)
