"""The pipeline: rules first, a model for what is left, a gate behind it, an account of everything."""

from flowdsl import Static, each, pipeline, prompt, step
from flowdsl_library.pipelines.content.changelog_generation.collect import collect_commits
from flowdsl_library.pipelines.content.changelog_generation.errors import QuestionsError
from flowdsl_library.pipelines.content.changelog_generation.gate import answer_about, gate_answers
from flowdsl_library.pipelines.content.changelog_generation.leftovers import find_leftovers
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Answer,
    Changelog,
    ChangelogReport,
    Decision,
    GateOutcome,
    History,
    Leftover,
    Verdict,
)
from flowdsl_library.pipelines.content.changelog_generation.render import render_markdown
from flowdsl_library.pipelines.content.changelog_generation.report import build_report
from flowdsl_library.pipelines.content.changelog_generation.rules import decide_by_rules


@step(threads=True, reads="workspace")
def collect(repo: str, from_ref: str | None, to_ref: str) -> History:
    """Read the commits of the range."""
    return collect_commits(repo, from_ref=from_ref, to_ref=to_ref)


@step
def decide(history: History) -> list[Decision]:
    """Decide by rules what rules can decide."""
    return decide_by_rules(history)


@step
def leave_over(history: History, decisions: list[Decision], limit: int) -> list[Leftover]:
    """List what no rule could place, the newest first, at most `limit`."""
    return find_leftovers(history, decisions, limit=limit)


# One further try only: what gets no answer falls to the floor, and a dead line is not waited for commit by commit.
@prompt(file="prompts/classify.md", max_tokens=32, temperature=0.0, retries=1)
def classify(commit: Leftover) -> Verdict:
    """Ask a model in which section a commit belongs."""
    ...


@step(inline=True)
def name_commit(commit: Leftover, verdict: Verdict) -> Answer:
    """Say which commit a verdict is about."""
    return answer_about(commit, verdict)


@step
def gate(history: History, decisions: list[Decision], answers: list[Answer]) -> GateOutcome:
    """Take the answers that hold; the other commits fall to the floor."""
    return gate_answers(history, decisions, answers)


@step
def to_floor(history: History, decisions: list[Decision]) -> GateOutcome:
    """Let everything fall to the floor that no rule could place."""
    return gate_answers(history, decisions, [])


@step
def account(history: History, decisions: list[Decision], outcome: GateOutcome) -> ChangelogReport:
    """Account for every commit exactly once."""
    return build_report(history, decisions, outcome)


@step
def draw(report: ChangelogReport) -> Changelog:
    """Draw the Markdown section."""
    return Changelog(report=report, markdown=render_markdown(report))


@pipeline
def changelog_generation(
    repo: str,
    from_ref: str | None = None,
    to_ref: str = "HEAD",
    questions: Static[int] = 40,
) -> Changelog:
    """Account for every commit of a range in a report and its Markdown; `questions=0` needs no model.

    Args:
        repo: A folder of a git repository.
        from_ref: Where the range starts, itself not in it; by default the last version tag before `to_ref`,
            the whole history where there is none; `""` for the whole history.
        to_ref: Where the range ends, itself in it.
        questions: Commits a model is asked about, at most; `0` needs no model ("floor mode").

    Raises:
        QuestionsError: `questions` is negative.
    """
    if questions < 0:
        raise QuestionsError(questions)
    history = collect(repo, from_ref, to_ref)
    decisions = decide(history)
    if questions == 0:
        return draw(account(history, decisions, to_floor(history, decisions)))
    leftovers = leave_over(history, decisions, questions)
    # A call that fails leaves its commit without an answer, and so to the floor.
    answers = each(
        leftovers, lambda commit: name_commit(commit, classify(commit)), skip_failed=True
    )
    return draw(account(history, decisions, gate(history, decisions, answers)))


@pipeline
def changelog(
    repo: str,
    from_ref: str | None = None,
    to_ref: str = "HEAD",
    questions: Static[int] = 40,
) -> str:
    """Write a changelog in Markdown, every commit accounted for once; `questions=0` needs no model.

    Args:
        repo: A folder of a git repository.
        from_ref: Where the range starts, itself not in it; by default the last version tag before `to_ref`,
            the whole history where there is none; `""` for the whole history.
        to_ref: Where the range ends, itself in it.
        questions: Commits a model is asked about, at most; `0` needs no model ("floor mode").

    Raises:
        QuestionsError: `questions` is negative.
    """
    return changelog_generation(repo, from_ref, to_ref, questions).markdown
