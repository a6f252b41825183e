"""Commits no rule could place, made small enough for a small model."""

import re
from collections.abc import Sequence

from flowdsl_library.pipelines.content.changelog_generation.records import (
    Commit,
    Decision,
    History,
    Leftover,
)
from flowdsl_library.pipelines.content.changelog_generation.reverts import net_reverts
from flowdsl_library.pipelines.content.changelog_generation.rules import breaking_of, parse_commit

BODY_CHARACTERS = 600
SUBJECT_CHARACTERS = 200
PATHS_SHOWN = 8
PATH_CHARACTERS = 80
DEFAULT_LIMIT = 40

_DELIMITER = re.compile(r"</?commit>|<\|[^|>]*\|>", re.IGNORECASE)


def find_leftovers(
    history: History, decisions: Sequence[Decision], *, limit: int = DEFAULT_LIMIT
) -> list[Leftover]:
    """List the commits to ask a model about, the newest first.

    Reverts and what they undo are no news, so that no question is spent on them.

    Args:
        history: The range.
        decisions: What rules decided in it.
        limit: At most so many, as each costs a call; the others fall to the floor.
    """
    settled = {decision.id for decision in decisions} | net_reverts(history).gone.keys()
    open_ones = [commit for commit in history.commits if commit.id not in settled]
    return [_leftover(commit) for commit in open_ones[:limit]]


def _leftover(commit: Commit) -> Leftover:
    message = parse_commit(commit)
    return Leftover(
        id=commit.id,
        subject=_cut(message.headline, SUBJECT_CHARACTERS),
        body=_cut(_without_trailers(commit.body), BODY_CHARACTERS),
        paths=_paths(commit),
        changes=_changes(commit),
        breaking=breaking_of(message) is not None,
    )


def _without_trailers(body: str) -> str:
    personal = ("co-authored-by:", "signed-off-by:", "reviewed-by:", "change-id:")
    kept = [line for line in body.splitlines() if not line.lower().startswith(personal)]
    return "\n".join(kept).strip()


def _cut(text: str, most: int) -> str:
    # A commit cannot close the delimiter it is quoted in, nor open a turn of the conversation.
    harmless = _DELIMITER.sub("", text)
    return harmless if len(harmless) <= most else harmless[: most - 1].rstrip() + "…"


def _paths(commit: Commit) -> str:
    shown = [_cut(change.path, PATH_CHARACTERS) for change in commit.files[:PATHS_SHOWN]]
    more = len(commit.files) - len(shown)
    return "\n".join([*shown, f"and {more} more"] if more else shown)


def _changes(commit: Commit) -> str:
    added = sum(change.added or 0 for change in commit.files)
    deleted = sum(change.deleted or 0 for change in commit.files)
    return f"{len(commit.files)} files, {added} lines added, {deleted} lines deleted"
