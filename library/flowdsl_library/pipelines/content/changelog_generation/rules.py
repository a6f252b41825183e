"""The rules that place a commit without a model; the first that speaks decides."""

import re
from collections.abc import Callable, Sequence

from flowdsl_library.pipelines.content.changelog_generation.gitmoji import MEANINGS
from flowdsl_library.pipelines.content.changelog_generation.message import (
    KNOWN_TYPES,
    Message,
    parse_message,
    reverted_headline,
    reverted_ids,
)
from flowdsl_library.pipelines.content.changelog_generation.paths import PathClass, path_classes
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Category,
    Commit,
    Decision,
    History,
)
from flowdsl_library.pipelines.content.changelog_generation.verbs import (
    STRONG_PHRASES,
    VERBS,
    WEAK_PHRASES,
    find_phrase,
    first_word,
)

Ruling = tuple[Category | None, str]
"""A category, or `None` to leave the commit out; and the id of the rule."""

_Rule = Callable[[Commit, Message], Ruling | None]

_MERGE = re.compile(
    r"Merge (?:pull request|branch|remote-tracking branch|tag|commit)\b|Merge \S+ into "
)
_RELEASE = re.compile(
    r"(?:prepare |preparing |bump |bump to |cut )?(?:release|releasing|version)(?: version)?:? v?\d[\w.+-]*"
    r"|v?\d+\.\d+(?:\.\d+)?[\w.+-]*(?: release)?"
    r"|bump version(?: (?:to|from)\b.*|: .*)?"
    r"|(?:release|version) v?\d+\.\d+[\w.+-]*,? .*",
    re.IGNORECASE,
)
_SKIP = re.compile(r"\[(?:skip changelog|changelog skip|no changelog)\]", re.IGNORECASE)
_SKIP_WORDS = {"skip", "none", "ignore", "no"}
_DEPS_SCOPE = re.compile(r"(?:dev-|build-)?deps(?:-dev)?|dependenc(?:y|ies)", re.IGNORECASE)

_CHANGELOG_ONLY: frozenset[PathClass] = frozenset({"changelog"})
_PATH_RULES: dict[frozenset[PathClass], Category] = {
    frozenset({"docs"}): Category.DOCUMENTATION,
    frozenset({"docs", "changelog"}): Category.DOCUMENTATION,
    frozenset({"tests"}): Category.INTERNAL,
    frozenset({"ci"}): Category.INTERNAL,
    frozenset({"tooling"}): Category.INTERNAL,
    frozenset({"deps"}): Category.DEPENDENCIES,
    frozenset({"ci", "tooling"}): Category.INTERNAL,
    frozenset({"tests", "tooling"}): Category.INTERNAL,
    frozenset({"tests", "ci"}): Category.INTERNAL,
    frozenset({"ci", "tests", "tooling"}): Category.INTERNAL,
    frozenset({"deps", "tooling"}): Category.DEPENDENCIES,
}


def decide_by_rules(history: History) -> list[Decision]:
    """Place every commit a rule can place, in the history's order; what is missing is left over."""
    found = (decide(commit) for commit in history.commits)
    return [decision for decision in found if decision is not None]


def decide(commit: Commit) -> Decision | None:
    """Place one commit by what it is alone, so that it is placed alike in every range."""
    message = parse_commit(commit)
    breaking_rule = breaking_of(message)
    ruling = _first_ruling(commit, message, is_breaking=breaking_rule is not None)
    if ruling is None:
        return None
    category, rule = ruling
    if breaking_rule is not None and category is Category.INTERNAL:
        category = Category.CHANGED
    return Decision(
        id=commit.id,
        category=category,
        by="rule",
        rule=rule,
        breaking=breaking_rule is not None,
        breaking_rule=breaking_rule,
    )


def _first_ruling(commit: Commit, message: Message, *, is_breaking: bool) -> Ruling | None:
    rulings = (ruling for rule in RULES if (ruling := rule(commit, message)) is not None)
    # Whatever breaks something has to be told, even where a rule would leave it out.
    return next((found for found in rulings if found[0] is not None or not is_breaking), None)


def parse_commit(commit: Commit) -> Message:
    """Take a commit's message apart, knowing whether the commit is a merge."""
    return parse_message(commit.message, is_merge=len(commit.parents) > 1)


def breaking_of(message: Message) -> str | None:
    """What in the message says that the commit breaks something."""
    return message.breaking or ("gitmoji" if message.emoji == "💥" else None)


def _by_trailer(commit: Commit, message: Message) -> Ruling | None:
    for key, value in message.trailers:
        word = value.strip().lower()
        if key == "changelog" and word in _SKIP_WORDS:
            return None, "trailer:skip"
        if key == "changelog" and word in set(Category):
            return Category(word), "trailer:changelog"
    return (None, "marker:skip") if _SKIP.search(commit.message) else None


def _by_merge(commit: Commit, message: Message) -> Ruling | None:
    is_merge = len(commit.parents) > 1 or _MERGE.match(message.headline) is not None
    return (None, "merge") if is_merge else None


def _by_revert(commit: Commit, message: Message) -> Ruling | None:
    undone = reverted_headline(message.headline)
    if undone is None:
        undone = message.text if reverted_ids(commit.message) else None
    if undone is None:
        return None
    inner = KNOWN_TYPES.get(parse_message(undone).type or "", "changed")
    if inner in {"documentation", "dependencies", "internal"}:
        return Category(inner), "revert"
    return (Category.REMOVED if inner == "added" else Category.CHANGED), "revert"


def _by_release(_commit: Commit, message: Message) -> Ruling | None:
    is_release = message.type == "release" or message.emoji == "🔖"
    return (None, "release") if is_release or _RELEASE.fullmatch(message.text) else None


def _by_changelog_file(commit: Commit, message: Message) -> Ruling | None:
    classes = path_classes(change.path for change in commit.files)
    announced = KNOWN_TYPES.get(message.type or "", "documentation")
    is_chore = announced in {"documentation", "internal"}
    return (None, "path:changelog") if classes == _CHANGELOG_ONLY and is_chore else None


def _by_header(_commit: Commit, message: Message) -> Ruling | None:
    if message.type is None or KNOWN_TYPES[message.type] not in set(Category):
        return None
    if message.scope and _DEPS_SCOPE.fullmatch(message.scope):
        return Category.DEPENDENCIES, "header:deps"
    return Category(KNOWN_TYPES[message.type]), f"header:{message.type}"


def _by_empty(commit: Commit, _message: Message) -> Ruling | None:
    return (None, "empty") if not commit.files else None


def _by_strong_phrase(_commit: Commit, message: Message) -> Ruling | None:
    return find_phrase(STRONG_PHRASES, message.text)


def _by_weak_phrase(_commit: Commit, message: Message) -> Ruling | None:
    return find_phrase(WEAK_PHRASES, message.text)


def _by_emoji(_commit: Commit, message: Message) -> Ruling | None:
    category = MEANINGS.get(message.emoji or "")
    return (category, f"gitmoji:{message.emoji}") if category is not None else None


def _by_paths(commit: Commit, _message: Message) -> Ruling | None:
    classes = path_classes(change.path for change in commit.files)
    category = _PATH_RULES.get(classes)
    return (category, "path:" + "+".join(sorted(classes))) if category is not None else None


def _by_verb(_commit: Commit, message: Message) -> Ruling | None:
    word = first_word(message.text)
    return (VERBS[word], f"verb:{word}") if word in VERBS else None


RULES: Sequence[_Rule] = (
    _by_trailer,
    _by_merge,
    _by_revert,
    _by_release,
    _by_changelog_file,
    _by_header,
    _by_empty,
    _by_strong_phrase,
    _by_emoji,
    _by_paths,
    _by_weak_phrase,
    _by_verb,
)
"""In order of strength: what the author marked, what git knows, what a convention says, guesses."""
