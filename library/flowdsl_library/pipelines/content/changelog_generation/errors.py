"""What can be wrong with the history a user asks for; each class is one mistake and its cure."""

from collections.abc import Sequence
from typing import ClassVar

from flowdsl.errors import FlowError


class ChangelogError(FlowError):
    """A changelog could not be made; `help` says what to do about it."""

    code: ClassVar[str] = "CL100"


class GitMissingError(ChangelogError):
    """The program `git` is not on the search path."""

    code: ClassVar[str] = "CL101"

    def __init__(self) -> None:
        super().__init__(
            "the program 'git' was not found.",
            help="install git 2.30 or later and make sure it is on PATH.",
        )


class NotARepositoryError(ChangelogError):
    """The folder is no git repository, or git refuses to read it."""

    code: ClassVar[str] = "CL102"

    def __init__(self, repo: str, *, reason: str) -> None:
        cure = "give the folder of a git repository, or make one with 'git init'."
        if "dubious ownership" in reason:
            cure = f"the folder belongs to another user: git config --global --add safe.directory {repo}"
        super().__init__(f"'{repo}' is not a git repository git can read ({reason}).", help=cure)
        self.repo = repo


class ShallowCloneError(ChangelogError):
    """The clone was cut off, so commits of the range may be missing without a trace."""

    code: ClassVar[str] = "CL103"

    def __init__(self, repo: str) -> None:
        super().__init__(
            f"'{repo}' is a shallow clone: commits of the range may be missing.",
            help="run 'git fetch --unshallow --tags' there (in CI: fetch-depth 0).",
        )
        self.repo = repo


class RefNotFoundError(ChangelogError):
    """A tag, branch or commit that was asked for does not exist."""

    code: ClassVar[str] = "CL104"

    def __init__(self, ref: str, *, near: Sequence[str]) -> None:
        cure = "list what there is with 'git tag' and 'git branch --all'."
        if near:
            cure = "did you mean " + " or ".join(f"'{name}'" for name in near) + "?"
        super().__init__(f"there is no tag, branch or commit '{ref}'.", help=cure)
        self.ref = ref
        self.near = tuple(near)


class NoCommitsError(ChangelogError):
    """The repository exists but nothing was ever committed."""

    code: ClassVar[str] = "CL105"

    def __init__(self, repo: str) -> None:
        super().__init__(
            f"'{repo}' has no commits yet.", help="commit something, then ask for a changelog."
        )
        self.repo = repo


class GitFailedError(ChangelogError):
    """Git stopped with an error that none of the other classes names."""

    code: ClassVar[str] = "CL106"

    def __init__(self, command: str, *, reason: str) -> None:
        super().__init__(
            f"'git {command}' failed ({reason}).",
            help="run the same command by hand; 'git fsck' tells whether the repository is sound.",
        )
        self.command = command


class AccountingError(ChangelogError):
    """A commit was lost or counted twice; never the user's fault."""

    code: ClassVar[str] = "CL107"

    def __init__(self, *, lost: Sequence[str], twice: Sequence[str]) -> None:
        super().__init__(
            f"commits lost: {list(lost)}, counted twice: {list(twice)}.",
            help="hand the decisions of one history to the report of the same history.",
        )
        self.lost = tuple(lost)
        self.twice = tuple(twice)


class ImportRejectedError(ChangelogError):
    """A recorded history could not be rebuilt as a repository."""

    code: ClassVar[str] = "CL108"

    def __init__(self, folder: str, *, reason: str) -> None:
        super().__init__(
            f"no repository could be built in '{folder}' ({reason}).",
            help="give an empty folder and a history whose rows have id, parents, date, subject.",
        )


class QuestionsError(ChangelogError):
    """A negative number of questions was allowed."""

    code: ClassVar[str] = "CL109"

    def __init__(self, questions: int) -> None:
        super().__init__(
            f"'questions' is {questions}, but a model cannot be asked fewer than 0 questions.",
            help="questions=0 asks no model; questions=40 asks about at most 40 commits.",
        )
        self.questions = questions
