"""Every commit exactly once: as an entry, folded into one, or left out with its reason."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flowdsl_library.pipelines.content.changelog_generation.errors import AccountingError
from flowdsl_library.pipelines.content.changelog_generation.message import Message, without_pull
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Category,
    Commit,
    Decision,
    Entry,
    Exclusion,
    History,
)
from flowdsl_library.pipelines.content.changelog_generation.rules import parse_commit

_BUMP = re.compile(
    r"(?P<verb>bump|update|upgrade)s? (?P<what>\S+)(?P<kind> requirement)? from (?P<old>\S+) to (?P<new>\S+?)(?P<where> in \S+)?",
    re.IGNORECASE,
)


def check_decisions(history: History, decisions: Sequence[Decision]) -> dict[str, Decision]:
    """Give the decisions by commit.

    Raises:
        AccountingError: A commit has none or several, or one is about a commit of no range.
    """
    counts = Counter(decision.id for decision in decisions)
    ids = {commit.id for commit in history.commits}
    lost = sorted(ids ^ counts.keys())
    twice = sorted(name for name, times in counts.items() if times > 1)
    if lost or twice:
        raise AccountingError(lost=lost, twice=twice)
    return {decision.id: decision for decision in decisions}


def exclude(
    history: History, decisions: Mapping[str, Decision], gone: Mapping[str, str]
) -> tuple[Exclusion, ...]:
    """List the commits that get no line, each with the rule that says so."""
    found: list[Exclusion] = []
    for commit in history.commits:
        decision = decisions[commit.id]
        rule = decision.rule if decision.category is None else gone.get(commit.id)
        if rule is not None:
            found.append(Exclusion(id=commit.id, subject=commit.subject, rule=rule))
    return tuple(found)


def make_entries(
    history: History, decisions: Mapping[str, Decision], excluded: Sequence[Exclusion]
) -> tuple[Entry, ...]:
    """Write one entry for each commit that is news, folding those that say the same.

    Returns:
        By category, inside it breaking ones first, then by scope, then newest first.
    """
    left_out = {exclusion.id for exclusion in excluded}
    groups: dict[tuple[str, ...], _Group] = {}
    live = [commit for commit in history.commits if commit.id not in left_out]
    messages = {commit.id: parse_commit(commit) for commit in live}
    roots = {
        without_pull(message.headline): name
        for name, message in messages.items()
        if not message.is_fixup
    }
    for commit in live:
        decision, message = decisions[commit.id], messages[commit.id]
        root = roots.get(without_pull(message.headline), commit.id)
        owner = root if message.is_fixup and not decision.breaking else commit.id
        key = _key(decisions[owner], messages[owner])
        groups.setdefault(key, _Group(key)).members.append((commit, decision, message))
    entries = [group.entry() for group in groups.values()]
    order = list(Category)
    return tuple(
        sorted(entries, key=lambda e: (order.index(e.category), not e.breaking, e.scope or "~"))
    )


def check_accounts(
    history: History, entries: Sequence[Entry], excluded: Sequence[Exclusion]
) -> None:
    """Make sure that entries and exclusions together name every commit exactly once.

    Raises:
        AccountingError: One is lost or named twice.
    """
    named = Counter(exclusion.id for exclusion in excluded)
    for entry in entries:
        named.update((entry.lead, *entry.merged))
    lost = sorted({commit.id for commit in history.commits} ^ named.keys())
    twice = sorted(name for name, times in named.items() if times > 1)
    if lost or twice:
        raise AccountingError(lost=lost, twice=twice)


def _key(decision: Decision, message: Message) -> tuple[str, ...]:
    category = decision.category or Category.INTERNAL
    if decision.breaking:
        return ("alone", decision.id)
    bump = _BUMP.fullmatch(message.text)
    if bump is not None and category is Category.DEPENDENCIES:
        return ("dependency", bump["what"].lower())
    return ("same-title", category.value, message.scope or "", message.text.casefold())


@dataclass(frozen=True)
class _Group:
    key: tuple[str, ...]
    members: list[tuple[Commit, Decision, Message]] = field(
        default_factory=list[tuple[Commit, Decision, Message]]
    )

    def entry(self) -> Entry:
        firsts = [member for member in self.members if not member[2].is_fixup] or self.members
        lead, decision, message = firsts[0]
        merged = tuple(commit.id for commit, _, _ in self.members if commit.id != lead.id)
        references = dict.fromkeys(ref for _, _, each in self.members for ref in each.references)
        return Entry(
            category=decision.category or Category.INTERNAL,
            scope=message.scope,
            title=self._title([each for _, _, each in firsts]),
            lead=lead.id,
            merged=merged,
            group_rule=self._rule(len(firsts)) if merged else None,
            breaking=decision.breaking,
            breaking_note=message.breaking_note,
            references=tuple(references),
        )

    def _rule(self, firsts: int) -> str:
        return self.key[0] if firsts > 1 else "fixup"

    def _title(self, messages: Sequence[Message]) -> str:
        newest, oldest = _BUMP.fullmatch(messages[0].text), _BUMP.fullmatch(messages[-1].text)
        if self.key[0] == "dependency" and newest is not None and oldest is not None:
            kind = newest["kind"] or ""
            return f"Bump {newest['what']}{kind} from {oldest['old']} to {newest['new']}"
        text = messages[0].text
        return text[:1].upper() + text[1:]
