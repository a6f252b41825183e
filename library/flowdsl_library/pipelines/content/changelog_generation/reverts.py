"""Reverts and what they undo: where both lie in the range, neither is news."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flowdsl_library.pipelines.content.changelog_generation.message import (
    reverted_headline,
    reverted_ids,
    without_pull,
)
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Commit,
    History,
    RevertedPair,
)
from flowdsl_library.pipelines.content.changelog_generation.rules import parse_commit


@dataclass(frozen=True, slots=True)
class Netting:
    """What cancels out in a range."""

    pairs: tuple[RevertedPair, ...]
    gone: dict[str, str]
    """Rule by commit: `revert` for what undid all its targets, `reverted` for what was undone."""


def net_reverts(history: History) -> Netting:
    """Pair each revert with its targets, the newest first.

    A revert that was itself undone undoes nothing. A target is named by its id, else by its
    headline; a headline is believed only where the id the message gives is unknown here. A revert
    with a target outside the range stays news; a reverted merge takes what it merged with it.
    """
    index = _Index(history)
    pairs: list[RevertedPair] = []
    gone: dict[str, str] = {}
    for position, commit in enumerate(history.commits):
        if commit.id in gone:
            continue
        targets, is_complete = index.targets(position, gone)
        pairs += [RevertedPair(revert=commit.id, target=target) for target in targets]
        gone |= dict.fromkeys(targets, "reverted")
        if targets and is_complete:
            gone[commit.id] = "revert"
    return Netting(pairs=tuple(pairs), gone=gone)


@dataclass(frozen=True)
class _Index:
    history: History
    place: dict[str, int] = field(init=False)
    headlines: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        commits = self.history.commits
        object.__setattr__(self, "place", {commit.id: at for at, commit in enumerate(commits)})
        headlines: dict[str, list[int]] = {}
        for at, commit in enumerate(commits):
            headlines.setdefault(_headline(commit), []).append(at)
        object.__setattr__(self, "headlines", headlines)

    def targets(self, position: int, gone: dict[str, str]) -> tuple[list[str], bool]:
        """What the commit undoes in the range, and whether that is all it undoes."""
        commit = self.history.commits[position]
        named = reverted_ids(commit.message)
        found = [self._by_id(name, position) for name in named]
        if not any(found) and not set(named) & set(self.history.elsewhere):
            found = [self._by_headline(commit, position, gone)]
        present = [name for name in found if name is not None and name not in gone]
        whole = [part for name in present for part in (name, *self._merged_by(name, gone))]
        return list(dict.fromkeys(whole)), len(present) == len(found)

    def _by_id(self, name: str, position: int) -> str | None:
        if name in self.place:
            return name if self.place[name] > position else None
        older = self.history.commits[position + 1 :]
        return next((commit.id for commit in older if commit.id.startswith(name)), None)

    def _by_headline(self, commit: Commit, position: int, gone: dict[str, str]) -> str | None:
        wanted = reverted_headline(parse_commit(commit).headline)
        if wanted is None:
            return None
        places = self.headlines.get(without_pull(wanted), [])
        older = (self.history.commits[at].id for at in places if at > position)
        return next((name for name in older if name not in gone), None)

    def _merged_by(self, name: str, gone: dict[str, str]) -> Sequence[str]:
        parents = self.history.commits[self.place[name]].parents
        if len(parents) < 2:
            return ()
        before = self._reachable(parents[:1])
        return [part for part in self._reachable(parents[1:]) if part not in before | gone.keys()]

    def _reachable(self, starts: Sequence[str]) -> dict[str, None]:
        seen: dict[str, None] = {}
        waiting = [name for name in starts if name in self.place]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen[name] = None
                parents = self.history.commits[self.place[name]].parents
                waiting += [parent for parent in parents if parent in self.place]
        return seen


def _headline(commit: Commit) -> str:
    return without_pull(parse_commit(commit).headline)
