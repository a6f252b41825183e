"""The report: all that is known about a range, computed and never guessed."""

from collections import Counter
from collections.abc import Sequence

from flowdsl_library.pipelines.content.changelog_generation.accounting import (
    check_accounts,
    check_decisions,
    exclude,
    make_entries,
)
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Category,
    ChangelogReport,
    Contributor,
    Decision,
    Entry,
    Exclusion,
    GateOutcome,
    History,
    Totals,
)
from flowdsl_library.pipelines.content.changelog_generation.reverts import net_reverts
from flowdsl_library.pipelines.content.changelog_generation.versioning import suggest_version

_BOT_MARKS = ("[bot]", "dependabot", "renovate", "pre-commit-ci", "github-actions", "greenkeeper")


def build_report(
    history: History, decisions: Sequence[Decision], outcome: GateOutcome
) -> ChangelogReport:
    """Put rules' and gate's decisions together into one account of the range.

    Args:
        history: The range.
        decisions: What rules decided in it.
        outcome: What the gate made of the rest.

    Raises:
        AccountingError: A commit was lost or decided twice on the way here.
    """
    by_id = check_decisions(history, [*decisions, *outcome.decisions])
    netting = net_reverts(history)
    excluded = exclude(history, by_id, netting.gone)
    entries = make_entries(history, by_id, excluded)
    check_accounts(history, entries, excluded)
    counts = Counter(entry.category for entry in entries)
    ordered = tuple(by_id[commit.id] for commit in history.commits)
    return ChangelogReport(
        name=history.name,
        from_ref=history.from_ref,
        to_ref=history.to_ref,
        from_id=history.from_id,
        to_id=history.to_id,
        version=history.version,
        date=history.date,
        totals=_totals(
            history,
            ordered,
            entries,
            excluded,
            reverted=len(netting.gone),
            rejected=len(outcome.rejections),
        ),
        categories={category: counts[category] for category in Category if counts[category]},
        entries=entries,
        breaking=tuple(entry.lead for entry in entries if entry.breaking),
        excluded=excluded,
        reverted=netting.pairs,
        decisions=ordered,
        rejections=outcome.rejections,
        suggestion=suggest_version(history.previous_version, entries),
        contributors=_contributors(history),
        warnings=history.warnings,
    )


def _totals(
    history: History,
    decisions: Sequence[Decision],
    entries: Sequence[Entry],
    excluded: Sequence[Exclusion],
    *,
    reverted: int,
    rejected: int,
) -> Totals:
    by = Counter(decision.by for decision in decisions)
    changes = [change for commit in history.commits for change in commit.files]
    return Totals(
        commits=len(history.commits),
        entries=len(entries),
        merged=sum(len(entry.merged) for entry in entries),
        excluded=len(excluded),
        reverted=reverted,
        decided_by_rule=by["rule"],
        decided_by_model=by["model"],
        rejected_by_gate=rejected,
        fallen_to_floor=by["floor"],
        files=len({change.path for change in changes}),
        insertions=sum(change.added or 0 for change in changes),
        deletions=sum(change.deleted or 0 for change in changes),
    )


def _contributors(history: History) -> tuple[Contributor, ...]:
    counts = Counter(commit.author for commit in history.commits)
    bots = {commit.author for commit in history.commits if _is_bot(commit.author, commit.email)}
    found = [
        Contributor(name=name, commits=times, is_bot=name in bots) for name, times in counts.items()
    ]
    return tuple(sorted(found, key=lambda who: (who.is_bot, -who.commits, who.name)))


def _is_bot(author: str, email: str) -> bool:
    return any(mark in f"{author} {email}".lower() for mark in _BOT_MARKS)
