"""The gate behind the model: an answer counts only if something in the commit speaks for it."""

import re
from collections import Counter
from collections.abc import Sequence

from flowdsl_library.pipelines.content.changelog_generation.evidence import has_evidence
from flowdsl_library.pipelines.content.changelog_generation.paths import path_classes
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Answer,
    Category,
    Commit,
    Decision,
    GateOutcome,
    History,
    Leftover,
    Rejection,
    Verdict,
)
from flowdsl_library.pipelines.content.changelog_generation.rules import breaking_of, parse_commit

# Text that speaks to whoever reads it could have talked the model into its answer.
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget)\b[^.\n]{0,40}\b(?:instruction|prompt|rule|context)"
    r"|\b(?:classify|categori[sz]e|file|label|answer)\b[^.\n]{0,30}\b(?:this|it|commit)\b[^.\n]{0,20}"
    r"\b(?:as|under|with)\b|\b(?:you are|as) an? (?:\w+ )?(?:ai|assistant|model)\b|<\|im_",
    re.IGNORECASE,
)


def answer_about(leftover: Leftover, verdict: Verdict) -> Answer:
    """Give a verdict the id of the commit it was asked about: the model never says an id."""
    return Answer(id=leftover.id, category=verdict.category)


def gate_answers(
    history: History, decisions: Sequence[Decision], answers: Sequence[Answer]
) -> GateOutcome:
    """Decide every commit the rules left open: by the model where its answer holds, else the floor.

    Args:
        history: The range.
        decisions: What rules decided in it; an answer about such a commit is turned down.
        answers: What a model said; empty in floor mode.

    Returns:
        Exactly one decision a commit left open, in the history's order.
    """
    decided = {decision.id for decision in decisions}
    open_ones = {commit.id: commit for commit in history.commits if commit.id not in decided}
    counts = Counter(answer.id for answer in answers)
    rejections: list[Rejection] = []
    accepted: dict[str, Answer] = {}
    for answer in answers:
        commit = open_ones.get(answer.id)
        reason = _objection(answer, commit, times=counts[answer.id])
        if reason is None:
            accepted[answer.id] = answer
        else:
            rejections.append(Rejection(id=answer.id, answer=answer.category[:40], reason=reason))
    return GateOutcome(
        decisions=tuple(
            _decision(commit, accepted.get(name)) for name, commit in open_ones.items()
        ),
        rejections=tuple(rejections),
    )


def floor_category(commit: Commit) -> Category:
    """Where a commit goes that neither a rule nor a model placed."""
    sees_source = "source" in path_classes(change.path for change in commit.files)
    return Category.CHANGED if sees_source or not commit.files else Category.INTERNAL


def _objection(answer: Answer, commit: Commit | None, *, times: int) -> str | None:
    if commit is None:
        return "no such commit was asked about"
    if times > 1:
        return f"answered {times} times"
    if answer.category not in set(Category):
        return "not one of the categories"
    return _doubt(answer, commit)


def _doubt(answer: Answer, commit: Commit) -> str | None:
    if answer.breaking is False and breaking_of(parse_commit(commit)) is not None:
        return "a breaking change was called harmless"
    if _INSTRUCTION.search(commit.message):
        return "the commit's text gives the reader instructions"
    category = Category(answer.category)
    if not has_evidence(category, commit):
        return f"nothing in the commit speaks of '{category.value}'"
    return None


def _decision(commit: Commit, answer: Answer | None) -> Decision:
    breaking_rule = breaking_of(parse_commit(commit))
    if breaking_rule is None and answer is not None and answer.breaking:
        breaking_rule = "model"
    category = floor_category(commit) if answer is None else Category(answer.category)
    if breaking_rule is not None and category is Category.INTERNAL:
        category = Category.CHANGED
    return Decision(
        id=commit.id,
        category=category,
        by="floor" if answer is None else "model",
        rule="floor" if answer is None else "model:classify",
        breaking=breaking_rule is not None,
        breaking_rule=breaking_rule,
    )
