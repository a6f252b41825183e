"""Version tags, and the next version by the rules of semver.org 2.0.0."""

import re
from collections.abc import Sequence
from typing import Literal

from flowdsl_library.pipelines.content.changelog_generation.records import (
    Category,
    Entry,
    VersionSuggestion,
)

_VERSION = re.compile(
    r"(?P<prefix>(?:[A-Za-z][\w.@/+-]*[-/@_])?v?)"
    r"(?P<major>\d+)\.(?P<minor>\d+)(?:\.(?P<patch>\d+))?"
    r"(?P<rest>(?:[-.+]?[A-Za-z][\w.+-]*|[-+.][\w.+-]+)?)",
)

_MINOR = {Category.ADDED, Category.DEPRECATED, Category.REMOVED}
_PATCH = {
    Category.CHANGED,
    Category.FIXED,
    Category.SECURITY,
    Category.PERFORMANCE,
    Category.DEPENDENCIES,
}

_Level = Literal["major", "minor", "patch", "none"]


def is_version_tag(name: str) -> bool:
    """Tell whether a tag names a release: `1.2`, `v1.2.3`, `pkg-1.2.3rc1`, but not `docs-2024`."""
    return _VERSION.fullmatch(name) is not None


def suggest_version(current: str | None, entries: Sequence[Entry]) -> VersionSuggestion:
    """Say which version the entries call for.

    Args:
        current: The last version tag, its prefix kept; `None` where there was none.
        entries: What the release would hold; what cancelled out is not among them.

    Returns:
        Before 1.0.0 a breaking change raises the minor number, as section 4 of semver allows.
    """
    level, reason = _needed(entries)
    match = _VERSION.fullmatch(current or "")
    if match is None:
        first = "0.1.0" if level != "none" else None
        return VersionSuggestion(current=current, next=first, bump=level, reason=reason)
    if level == "none":
        return VersionSuggestion(current=current, next=None, bump=level, reason=reason)
    numbers = (int(match["major"]), int(match["minor"]), int(match["patch"] or 0))
    if level == "major" and numbers[0] == 0:
        level, reason = "minor", f"{reason}, before 1.0.0"
    if match["rest"] and not match["rest"].startswith("+"):
        following, reason = numbers, f"{reason}; {current} was a pre-release"
    else:
        following = _raised(numbers, level)
    text = ".".join(str(number) for number in following)
    return VersionSuggestion(
        current=current, next=f"{match['prefix']}{text}", bump=level, reason=reason
    )


def _needed(entries: Sequence[Entry]) -> tuple[_Level, str]:
    breaking = sum(entry.breaking for entry in entries)
    minor = sum(entry.category in _MINOR for entry in entries)
    patch = sum(entry.category in _PATCH for entry in entries)
    if breaking:
        return "major", f"{breaking} breaking"
    if minor:
        return "minor", f"{minor} added, deprecated or removed"
    if patch:
        return "patch", f"{patch} changed or fixed"
    return "none", "nothing a user would notice"


def _raised(numbers: tuple[int, int, int], level: _Level) -> tuple[int, int, int]:
    major, minor, patch = numbers
    if level == "major":
        return major + 1, 0, 0
    if level == "minor":
        return major, minor + 1, 0
    return major, minor, patch + 1
