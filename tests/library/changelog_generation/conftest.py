"""Real git repositories, built from a few words."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flowdsl_library.pipelines.content.changelog_generation.recorded import (
    RecordedCommit,
    build_repository,
)

Build = Callable[[list[RecordedCommit]], Path]
Git = Callable[..., str]
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build a repository from rows, the newest first."""

    def built(rows: list[RecordedCommit]) -> Path:
        folder = tmp_path_factory.mktemp("repo")
        build_repository(rows, folder)
        return folder

    return built


@pytest.fixture
def git() -> Git:
    """Run git in a folder as somebody whose settings are known."""

    def run(folder: Path, *arguments: str, message: bytes = b"") -> str:
        who = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.invalid"}
        who |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.invalid"}
        who |= {"GIT_AUTHOR_DATE": "2026-01-02T03:04:05+00:00"}
        who |= {"GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00"}
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            check=True,
            capture_output=True,
            input=message,
            env={**os.environ, **who},
        )
        return done.stdout.decode().strip()

    return run


@pytest.fixture
def histories() -> Path:
    """The folder of recorded real histories that lies beside the project, if it does."""
    beside = Path(os.environ.get("FLOWDSL_SHARED", PROJECT.parent / "shared")) / "histories"
    if not beside.is_dir():
        pytest.skip("no recorded histories: set FLOWDSL_SHARED to the folder that holds them")
    return beside
