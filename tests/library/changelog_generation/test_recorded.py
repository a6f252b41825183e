"""Recorded histories become real repositories, the packaged example among them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flowdsl_library.pipelines.content.changelog_generation.collect import collect_commits
from flowdsl_library.pipelines.content.changelog_generation.errors import ImportRejectedError
from flowdsl_library.pipelines.content.changelog_generation.example import (
    build_example,
    choose_repository,
)
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.leftovers import find_leftovers
from flowdsl_library.pipelines.content.changelog_generation.recorded import (
    RecordedCommit,
    build_repository,
    read_recorded,
)
from flowdsl_library.pipelines.content.changelog_generation.rules import decide_by_rules

ROOT = RecordedCommit(
    id="a" * 40,
    date="2026-03-01T10:00:00+05:30",
    author="Ada <x> Lovelace",
    tags=("v1.0",),
    subject="Root ü",
    body="one\n\ntwo",
    files=((3, 0, "src/a b\tc.py"), (None, None, "logo.png"), (2, 0, "gone.py")),
)
SIDE = RecordedCommit(
    id="b" * 40,
    parents=("a" * 40,),
    date="2026-03-02T10:00:00-07:00",
    author="Bo",
    subject="Side",
    files=((1, 2, "src/a b\tc.py"), (0, 2, "gone.py"), (0, 4, "older.py")),
)
MERGE = RecordedCommit(
    id="c" * 40,
    parents=("a" * 40, "b" * 40, "9" * 40),
    date="2026-03-03T10:00:00+00:00",
    author="Ada",
    subject="Merge",
)


def test_a_repository_keeps_parents_dates_tags_messages_and_lines(tmp_path: Path) -> None:
    built = build_repository([MERGE, SIDE, ROOT], tmp_path)

    merge, side, root = collect_commits(str(tmp_path), from_ref="").commits

    assert built == {MERGE.id: merge.id, SIDE.id: side.id, ROOT.id: root.id}
    assert merge.parents == (root.id, side.id)
    assert side.parents == (root.id,)
    assert root.parents == ()
    assert [c.date for c in (root, side)] == [ROOT.date, SIDE.date]
    assert root.tags == ("v1.0",)
    assert (root.author, root.subject, root.body) == ("Ada x Lovelace", "Root ü", "one\n\ntwo")
    assert [(f.added, f.deleted, f.path) for f in root.files] == [
        (2, 0, "gone.py"),
        (None, None, "logo.png"),
        (3, 0, "src/a b\tc.py"),
    ]
    assert [(f.added, f.deleted, f.path) for f in side.files] == [
        (0, 2, "gone.py"),
        (1, 0, "older.py"),
        (1, 2, "src/a b\tc.py"),
    ]


def test_two_roots_stay_two_roots(tmp_path: Path) -> None:
    build_repository([SIDE.model_copy(update={"parents": ()}), ROOT], tmp_path)

    assert [c.parents for c in collect_commits(str(tmp_path), from_ref="").commits] == [()]


def test_a_folder_that_holds_a_repository_is_refused(tmp_path: Path) -> None:
    build_repository([ROOT], tmp_path)

    with pytest.raises(ImportRejectedError, match="a repository already"):
        build_repository([ROOT], tmp_path)


def test_a_history_git_cannot_take_is_refused_with_its_reason(tmp_path: Path) -> None:
    broken = ROOT.model_copy(update={"tags": ("no..tag",)})

    with pytest.raises(ImportRejectedError, match="fatal"):
        build_repository([broken], tmp_path)


@pytest.mark.parametrize("path", ["../out.py", "/etc/x", "a/./b", ".GIT/hooks/x"])
def test_a_path_that_leads_out_of_the_tree_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(ImportRejectedError, match="leads out of the tree"):
        build_repository([ROOT.model_copy(update={"files": ((1, 0, path),)})], tmp_path)


def test_rows_are_read_line_by_line() -> None:
    text = "\n".join(row.model_dump_json() for row in (SIDE, ROOT)) + "\n"

    assert read_recorded(text) == [SIDE, ROOT]


def test_the_example_has_something_of_everything(tmp_path: Path) -> None:
    history = collect_commits(str(build_example(tmp_path / "kettle")), from_ref="")
    report = floor_report(history)

    assert history.name == "kettle"
    assert report.totals.commits == 78
    assert len(find_leftovers(history, decide_by_rules(history))) == 24
    assert len(report.reverted) == 2
    assert len(report.breaking) == 2
    assert {entry.group_rule for entry in report.entries} == {None, "fixup", "dependency"}
    assert {exclusion.rule for exclusion in report.excluded} == {
        "merge",
        "release",
        "revert",
        "reverted",
        "empty",
        "path:changelog",
    }
    assert report.suggestion.next == "v0.5.0"


def test_the_unreleased_part_of_the_example_is_what_the_demo_shows(tmp_path: Path) -> None:
    history = collect_commits(str(build_example(tmp_path)))

    assert (history.from_ref, len(history.commits)) == ("v0.4.0", 25)
    assert len(find_leftovers(history, decide_by_rules(history))) == 12


def test_a_whole_repository_with_commits_enough_is_shown_itself(
    tmp_path: Path, git: Callable[..., str]
) -> None:
    big = build_example(tmp_path / "big")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{big}", "cut")
    small = tmp_path / "small"
    build_repository([ROOT], small)
    example = tmp_path / "example"

    assert choose_repository(big, example) == big
    assert not example.exists()
    for poor in (small, tmp_path / "cut", tmp_path / "missing"):
        assert choose_repository(poor, example) == example


def test_without_git_there_is_no_history_to_choose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = build_example(tmp_path / "example")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert choose_repository(tmp_path, example) == example
