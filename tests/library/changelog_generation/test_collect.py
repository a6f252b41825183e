"""Reading ranges of real repositories, also of such as make it hard."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flowdsl_library.pipelines.content.changelog_generation.collect import collect_commits
from flowdsl_library.pipelines.content.changelog_generation.errors import (
    ChangelogError,
    GitFailedError,
    GitMissingError,
    NoCommitsError,
    NotARepositoryError,
    RefNotFoundError,
    ShallowCloneError,
)
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.git import read
from flowdsl_library.pipelines.content.changelog_generation.render import render_markdown

Git = Callable[..., str]


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """Three commits; the first is tagged v1.0, the second is annotated as v1.1."""
    folder = tmp_path / "kettle"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name, tag in (("one", "v1.0"), ("two", ""), ("three", "")):
        (folder / f"{name}.py").write_text(f"{name}\n", encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", f"feat: {name}")
        if tag:
            git(folder, "tag", tag)
    git(folder, "tag", "--annotate", "v1.1", "HEAD~1", "--message", "second")
    return folder


def subjects(repo: Path, **refs: str) -> list[str]:
    return [commit.subject for commit in collect_commits(str(repo), **refs).commits]


def test_without_a_start_the_range_begins_at_the_last_version_tag(repo: Path) -> None:
    history = collect_commits(str(repo))

    assert [commit.subject for commit in history.commits] == ["feat: three"]
    assert (history.from_ref, history.previous_version, history.version) == ("v1.1", "v1.1", None)
    assert history.name == "kettle"


def test_a_tag_on_the_end_names_the_range_and_does_not_empty_it(repo: Path) -> None:
    history = collect_commits(str(repo), to_ref="v1.1")

    assert [commit.subject for commit in history.commits] == ["feat: two"]
    assert (history.from_ref, history.version) == ("v1.0", "v1.1")
    assert history.date == "2026-01-02T03:04:05+00:00"


def test_an_empty_start_asks_for_the_whole_history(repo: Path) -> None:
    assert subjects(repo, from_ref="") == ["feat: three", "feat: two", "feat: one"]


def test_without_any_tag_the_range_is_the_whole_history(repo: Path, git: Git) -> None:
    git(repo, "tag", "--delete", "v1.0", "v1.1")

    history = collect_commits(str(repo))

    assert len(history.commits) == 3
    assert history.from_ref is None
    assert history.previous_version is None


def test_tags_that_name_no_version_start_nothing(repo: Path, git: Git) -> None:
    git(repo, "tag", "docs-2026", "HEAD~0")
    git(repo, "tag", "nightly", "HEAD~1")

    assert collect_commits(str(repo)).from_ref == "v1.1"


def test_the_version_before_a_start_without_tag_is_found(repo: Path, git: Git) -> None:
    start = git(repo, "rev-parse", "HEAD")
    git(repo, "commit", "--quiet", "--allow-empty", "--message", "four")

    assert collect_commits(str(repo), from_ref=start).previous_version == "v1.1"


def test_an_empty_range_is_a_valid_changelog_without_changes(repo: Path) -> None:
    report = floor_report(collect_commits(str(repo), from_ref="HEAD"))

    assert report.totals.commits == 0
    assert report.suggestion.bump == "none"
    assert render_markdown(report).startswith("## [Unreleased]\n\nNo changes.\n")


def test_changed_paths_come_with_their_lines(repo: Path, git: Git) -> None:
    (repo / "tab\tund ü.py").write_text("a\nb\n", encoding="utf-8")
    (repo / "picture.bin").write_bytes(b"\0\1\2")
    (repo / "one.py").unlink()
    git(repo, "add", "--all")
    git(repo, "commit", "--quiet", "--message", "three kinds\n\nin one commit")

    commit = collect_commits(str(repo)).commits[0]

    assert [(f.path, f.added, f.deleted) for f in commit.files] == [
        ("one.py", 0, 1),
        ("picture.bin", None, None),
        ("tab\tund ü.py", 2, 0),
    ]
    assert commit.body == "in one commit"


def test_a_message_is_decoded_by_the_encoding_its_commit_names(repo: Path, git: Git) -> None:
    (repo / "message").write_bytes("Käsespätzle für Ågot".encode("latin-1"))
    latin = ("-c", "i18n.commitEncoding=ISO-8859-1")
    git(repo, *latin, "commit", "--quiet", "--allow-empty", "--file", str(repo / "message"))

    history = collect_commits(str(repo))

    assert history.commits[0].subject == "Käsespätzle für Ågot"
    assert history.warnings == ()


def test_a_message_in_no_known_encoding_is_guessed_and_reported(repo: Path, git: Git) -> None:
    tree, parent = git(repo, "rev-parse", "HEAD^{tree}"), git(repo, "rev-parse", "HEAD")
    who = "Ada <ada@example.invalid> 1767323045 +0000"
    raw = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n".encode()
    made = git(repo, "hash-object", "-t", "commit", "-w", "--stdin", message=raw + b"caf\xe9\n")
    git(repo, "update-ref", "HEAD", made)

    history = collect_commits(str(repo))

    assert history.commits[0].subject == "café"
    assert history.warnings == (f"{made[:10]}: message is not UTF-8 and names no encoding",)


def test_names_pass_through_the_mailmap(repo: Path, git: Git) -> None:
    (repo / ".mailmap").write_text("Ada Lovelace <ada@example.invalid>\n", encoding="utf-8")

    assert {commit.author for commit in collect_commits(str(repo)).commits} == {"Ada Lovelace"}


def test_a_start_beside_the_end_is_allowed_with_a_warning(repo: Path, git: Git) -> None:
    git(repo, "branch", "side", "HEAD~1")
    git(repo, "worktree", "add", "--quiet", str(repo.parent / "side"), "side")
    git(repo.parent / "side", "commit", "--quiet", "--allow-empty", "--message", "beside")

    history = collect_commits(str(repo), from_ref="side")

    assert [commit.subject for commit in history.commits] == ["feat: three"]
    assert history.warnings == ("'side' is no ancestor of 'HEAD', so ranges will not add up",)


def test_a_bare_repository_and_a_folder_inside_one_are_read_alike(
    repo: Path, git: Git, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repo), "bare.git")
    (repo / "deep").mkdir()

    assert subjects(tmp_path / "bare.git") == subjects(repo / "deep") == ["feat: three"]
    assert collect_commits(str(tmp_path / "bare.git")).name == "bare"
    assert collect_commits(str(repo / "deep")).name == "kettle"


def test_settings_of_the_repository_cannot_run_programs_or_bend_the_output(
    repo: Path, git: Git, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    tree, parent = git(repo, "rev-parse", "HEAD^{tree}"), git(repo, "rev-parse", "HEAD")
    who = "Ada <ada@example.invalid> 1767323045 +0000"
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
    raw = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n{signature}\nsigned ü\n"
    made = git(repo, "hash-object", "-t", "commit", "-w", "--stdin", message=raw.encode())
    git(repo, "update-ref", "HEAD", made)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
    program.chmod(0o755)
    plain = collect_commits(str(repo), from_ref="")
    for key in ("diff.external", "gpg.program", "core.pager", "core.fsmonitor"):
        git(repo, "config", key, str(program))
    for key, value in (
        ("log.showSignature", "true"),
        ("i18n.logOutputEncoding", "ISO-8859-1"),
        ("color.ui", "always"),
        ("diff.relative", "true"),
        ("diff.renames", "copies"),
        ("format.pretty", "oneline"),
        ("log.decorate", "full"),
    ):
        git(repo, "config", key, value)

    assert collect_commits(str(repo), from_ref="") == plain
    assert not marker.exists()


def test_variables_a_hook_sets_do_not_lead_astray(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert subjects(repo) == ["feat: three"]


def refuse(expected: type[ChangelogError], repo: Path, **refs: str) -> ChangelogError:
    with pytest.raises(expected) as caught:
        collect_commits(str(repo), **refs)
    assert caught.value.help
    assert caught.value.code in str(caught.value)
    return caught.value


def test_a_missing_ref_offers_near_tags(repo: Path) -> None:
    error = refuse(RefNotFoundError, repo, from_ref="v1.01")

    assert error.help == "did you mean 'v1.1' or 'v1.0'?"


def test_a_ref_like_nothing_there_is_says_where_to_look(repo: Path) -> None:
    assert "git tag" in refuse(RefNotFoundError, repo, to_ref="zzzzzzzzzz").help


@pytest.mark.parametrize("ref", ["--output=leak", "-n1", "HEAD..HEAD", ":/feat x", ""])
def test_a_ref_is_never_an_option_or_a_range(ref: str, repo: Path) -> None:
    refuse(RefNotFoundError, repo, to_ref=ref)

    assert not (repo / "leak").exists()


def test_a_shallow_clone_is_refused_with_the_cure(repo: Path, git: Git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repo}", "cut")

    assert "--unshallow" in refuse(ShallowCloneError, tmp_path / "cut").help


def test_a_repository_without_commits_is_refused(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet")

    refuse(NoCommitsError, tmp_path)


def test_a_folder_that_is_no_repository_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    refuse(NotARepositoryError, tmp_path)
    refuse(NotARepositoryError, tmp_path / "missing")


def test_a_repository_of_somebody_else_names_the_setting_that_trusts_it() -> None:
    error = NotARepositoryError("kettle", reason="fatal: detected dubious ownership in 'kettle'")

    assert error.help.endswith("git config --global --add safe.directory kettle")


def test_without_git_the_error_says_what_to_install(
    repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("git") is None

    refuse(GitMissingError, repo)


def test_a_failure_nobody_foresaw_keeps_what_git_said(repo: Path) -> None:
    with pytest.raises(GitFailedError, match="'git log' failed") as caught:
        read(str(repo), "log", "--no-such-option")

    assert caught.value.command == "log"


def test_a_folder_that_vanished_meanwhile_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError, match="cannot change to"):
        read(str(tmp_path / "gone"), "log")
