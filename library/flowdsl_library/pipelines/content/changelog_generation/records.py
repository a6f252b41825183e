"""The values that travel along the pipeline's edges, from a commit to the report."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Category(StrEnum):
    """The closed set of sections, in the order they are printed: Keep a Changelog and four more."""

    ADDED = "added"
    CHANGED = "changed"
    DEPRECATED = "deprecated"
    REMOVED = "removed"
    FIXED = "fixed"
    SECURITY = "security"
    PERFORMANCE = "performance"
    DOCUMENTATION = "documentation"
    DEPENDENCIES = "dependencies"
    INTERNAL = "internal"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileChange(_Record):
    """One path a commit touched; a rename counts as one path deleted and one added."""

    path: str
    added: int | None
    """Lines; `None` for a binary file."""
    deleted: int | None
    """Lines; `None` for a binary file."""


class Commit(_Record):
    """One commit as git tells it, names passed through the mailmap."""

    id: str
    parents: tuple[str, ...] = ()
    author: str
    email: str = ""
    date: str
    """When it was committed, ISO 8601 with offset."""
    message: str
    files: tuple[FileChange, ...] = ()
    """Empty for a merge."""
    tags: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The first line of the message that is not blank."""
        return self.message.strip().partition("\n")[0].strip()

    @property
    def body(self) -> str:
        """What follows the first line."""
        return self.message.strip().partition("\n")[2].strip()


class History(_Record):
    """The commits of one range, newest first, a parent never before its child."""

    name: str
    """The repository folder's name, without its place on this machine."""
    from_ref: str | None
    """`None`: from the first commit on."""
    to_ref: str
    from_id: str | None
    to_id: str
    version: str | None
    """The version tag on `to_id`, if it bears one."""
    previous_version: str | None
    """The last version tag at or before `from_id`, or before `to_id` where there is no start."""
    date: str
    """When `to_id` was committed, ISO 8601 with offset."""
    commits: tuple[Commit, ...]
    elsewhere: tuple[str, ...] = ()
    """Commits that a revert of this range names and that lie outside of it."""
    warnings: tuple[str, ...] = ()


class Decision(_Record):
    """What becomes of one commit; it follows from the commit alone, whatever range it is seen in."""

    id: str
    category: Category | None
    """`None`: left out of the changelog, for the reason `rule` names."""
    by: Literal["rule", "model", "floor"]
    rule: str
    breaking: bool = False
    breaking_rule: str | None = None
    """What says that it breaks: `header`, `footer`, `gitmoji`, `words` or `model`."""


class Leftover(_Record):
    """A commit no rule could place, cut down to what a small model can read."""

    id: str
    subject: str
    body: str
    """At most 600 characters."""
    paths: str
    """The first changed paths, one a line."""
    changes: str
    """Files, lines added and lines deleted, in words."""
    breaking: bool = False
    """A rule already found that it breaks."""


class Verdict(BaseModel):
    """The model's answer for one commit."""

    model_config = ConfigDict(extra="forbid")

    category: Literal[
        "added",
        "changed",
        "deprecated",
        "removed",
        "fixed",
        "security",
        "performance",
        "documentation",
        "dependencies",
        "internal",
    ]


class Answer(BaseModel):
    """One answer as it reaches the gate: nothing in it is believed yet."""

    id: str
    category: str
    breaking: bool | None = None


class Rejection(_Record):
    """An answer the gate turned down; the commit falls to the floor."""

    id: str
    answer: str
    reason: str


class GateOutcome(_Record):
    """One decision for each leftover, in the leftovers' order, and what was turned down."""

    decisions: tuple[Decision, ...] = ()
    rejections: tuple[Rejection, ...] = ()


class Entry(_Record):
    """One line of the changelog: a commit, and those folded into it."""

    category: Category
    scope: str | None = None
    title: str
    lead: str
    """The newest of its commits."""
    merged: tuple[str, ...] = ()
    """The other commits it stands for."""
    group_rule: str | None = None
    """Why they were folded: `fixup`, `same-title` or `dependency`."""
    breaking: bool = False
    breaking_note: str | None = None
    references: tuple[str, ...] = ()
    """Issues and pull requests: `#12`, `ABC-7`."""


class Exclusion(_Record):
    """A commit that has no line in the changelog, and why."""

    id: str
    subject: str
    rule: str


class RevertedPair(_Record):
    """A revert and what it undid, both inside the range: neither is news."""

    revert: str
    target: str


class VersionSuggestion(_Record):
    """The next version by the rules of semver.org 2.0.0."""

    current: str | None
    next: str | None
    """`None` where there is nothing to release or no version to count from."""
    bump: Literal["major", "minor", "patch", "none"]
    reason: str


class Contributor(_Record):
    """Who wrote how many commits of the range."""

    name: str
    commits: int
    is_bot: bool


class Totals(_Record):
    """`commits` = `entries` + `merged` + `excluded`; also by rule + by model + by floor."""

    commits: int
    entries: int
    merged: int
    excluded: int
    reverted: int
    """Those of `excluded` that cancel out in pairs."""
    decided_by_rule: int
    decided_by_model: int
    rejected_by_gate: int
    """Answers of the model that were turned down; their commits count under `fallen_to_floor`."""
    fallen_to_floor: int
    """What neither rule nor model placed; some of it may be left out as reverted."""
    files: int
    """Different paths touched."""
    insertions: int
    deletions: int


class ChangelogReport(_Record):
    """All that is known about one range; the Markdown is drawn from this and nothing else."""

    schema_version: Literal["1"] = "1"
    name: str
    from_ref: str | None
    to_ref: str
    from_id: str | None
    to_id: str
    version: str | None
    date: str
    totals: Totals
    categories: dict[Category, int]
    """Entries in each section that has any."""
    entries: tuple[Entry, ...]
    breaking: tuple[str, ...]
    """The leads of the entries that break something."""
    excluded: tuple[Exclusion, ...]
    reverted: tuple[RevertedPair, ...]
    decisions: tuple[Decision, ...]
    """One a commit, newest first."""
    rejections: tuple[Rejection, ...]
    suggestion: VersionSuggestion
    contributors: tuple[Contributor, ...]
    warnings: tuple[str, ...] = Field(default=())


class Changelog(_Record):
    """What the pipeline gives."""

    report: ChangelogReport
    markdown: str
    """The section of this range, to be inserted into a changelog."""
