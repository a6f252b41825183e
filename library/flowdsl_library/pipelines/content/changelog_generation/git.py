"""Git as a program: argument lists only, nothing of the repository's own settings may run."""

import os
import shutil
import subprocess

from flowdsl_library.pipelines.content.changelog_generation.errors import (
    GitFailedError,
    GitMissingError,
    NotARepositoryError,
)

TIMEOUT_S = 600.0

# Variables a git hook sets; with them `-C` would be ignored.
_MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    return kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _program() -> str:
    found = shutil.which("git")
    if found is None:
        raise GitMissingError
    return found


def ask(repo: str, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Run one git command in `repo`.

    Returns:
        Exit code, output, and what git complained of.

    Raises:
        GitMissingError: It is not on the search path.
    """
    done = subprocess.run(  # noqa: S603 - an argument list, never a shell
        [_program(), "-C", repo, "--no-pager", "-c", "core.quotePath=false", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env=_environment(),
        timeout=TIMEOUT_S,
    )
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip()


def read(repo: str, *arguments: str, stdin: bytes = b"") -> bytes:
    """Run one git command in `repo` that has to succeed.

    Raises:
        NotARepositoryError: `repo` is no repository.
        GitFailedError: Git ended with an error.
    """
    code, output, complaint = ask(repo, *arguments, stdin=stdin)
    if code == 0:
        return output
    first = complaint.partition("\n")[0]
    if "not a git repository" in complaint or "dubious ownership" in complaint:
        raise NotARepositoryError(repo, reason=first)
    if first.startswith("fatal: cannot change to"):
        raise NotARepositoryError(repo, reason=first)
    raise GitFailedError(arguments[0], reason=first)


def lines(repo: str, *arguments: str) -> list[str]:
    """Run one git command in `repo` that has to succeed, and split what it prints."""
    return read(repo, *arguments).decode("utf-8", "replace").splitlines()
