"""A small recorded history of an invented program, and the choice of a history to show."""

from importlib.resources import files
from pathlib import Path

from flowdsl_library.pipelines.content.changelog_generation import git
from flowdsl_library.pipelines.content.changelog_generation.errors import GitMissingError
from flowdsl_library.pipelines.content.changelog_generation.recorded import (
    build_repository,
    read_recorded,
)

LEAST_COMMITS = 30


def build_example(folder: Path) -> Path:
    """Build the packaged example, "kettle", as a git repository; gives its folder.

    Its 78 commits hold conventional headers and plain sentences, merges, reverts, a revert of a
    revert, a fixup, bots, four version tags, and a message that tries to give orders.

    Raises:
        ImportRejectedError: The folder holds a repository already.
    """
    home = files("flowdsl_library.pipelines.content.changelog_generation")
    text = home.joinpath("examples/history.jsonl").read_text(encoding="utf-8")
    build_repository(read_recorded(text), folder)
    return folder


def choose_repository(project: Path, folder: Path) -> Path:
    """Give `project` where it is a whole repository with commits enough, else the example.

    Args:
        project: A folder that may be a git repository.
        folder: Where the example is built, unless it was before.
    """
    if _has_history(project):
        return project
    return folder if (folder / ".git").exists() else build_example(folder)


def _has_history(project: Path) -> bool:
    if not project.is_dir():
        return False
    try:
        is_shallow = git.ask(str(project), "rev-parse", "--is-shallow-repository")
        code, output, _ = git.ask(str(project), "rev-list", "--count", "HEAD")
    except GitMissingError:
        return False
    whole = is_shallow[0] == 0 and is_shallow[1].strip() == b"false"
    return whole and code == 0 and int(output) >= LEAST_COMMITS
