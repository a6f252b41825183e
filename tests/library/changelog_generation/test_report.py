"""Entries, what is folded into them, versions, and the text they become."""

import json
from pathlib import Path

import pytest
from flowdsl_library.pipelines.content.changelog_generation import accounting
from flowdsl_library.pipelines.content.changelog_generation.errors import AccountingError
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.gate import gate_answers
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Category,
    ChangelogReport,
    Commit,
    Entry,
    Exclusion,
    FileChange,
    History,
)
from flowdsl_library.pipelines.content.changelog_generation.render import (
    TITLES,
    plain_text,
    render_json,
    render_markdown,
)
from flowdsl_library.pipelines.content.changelog_generation.report import build_report
from flowdsl_library.pipelines.content.changelog_generation.rules import decide_by_rules
from flowdsl_library.pipelines.content.changelog_generation.versioning import (
    is_version_tag,
    suggest_version,
)
from hypothesis import given
from hypothesis import strategies as st


def history(*messages: str, author: str = "Ada") -> History:
    """Commits with these messages, the newest first."""
    commits = [
        Commit(
            id=f"{at:x}" * 40,
            parents=("f" * 40,),
            author=author,
            date="2026-01-02T03:04:05+00:00",
            message=message,
            files=(FileChange(path="src/a.py", added=2, deleted=1),),
        )
        for at, message in enumerate(messages)
    ]
    return History(
        name="kettle",
        from_ref="v1.2.3",
        to_ref="HEAD",
        from_id="f" * 40,
        to_id=commits[0].id if commits else "f" * 40,
        version=None,
        previous_version="v1.2.3",
        date="2026-01-02T03:04:05+00:00",
        commits=tuple(commits),
    )


def folded(*messages: str) -> list[tuple[str, int, str | None]]:
    report = floor_report(history(*messages))
    return [(entry.title, len(entry.merged) + 1, entry.group_rule) for entry in report.entries]


def test_bumps_of_one_package_become_one_entry_from_the_first_to_the_last() -> None:
    assert folded("Bump ruff from 1.1 to 1.2 (#9)", "Bump Ruff from 1.0 to 1.1 (#8)") == [
        ("Bump ruff from 1.0 to 1.2", 2, "dependency")
    ]


def test_the_same_title_twice_is_one_entry() -> None:
    assert folded("fix: the lid", "fix(ui): the lid", "fix: The lid") == [
        ("The lid", 1, None),
        ("The lid", 2, "same-title"),
    ]


def test_a_fixup_is_folded_into_what_it_mends() -> None:
    assert folded("fixup! fix: the lid", "fix: the lid") == [("The lid", 2, "fixup")]
    assert folded("fixup! fix: the lid") == [("The lid", 1, None)]


def test_breaking_changes_stand_alone() -> None:
    assert folded("feat!: x", "feat!: x") == [("X", 1, None), ("X", 1, None)]
    assert floor_report(history("fixup! feat!: x", "feat!: x")).breaking == ("0" * 40, "1" * 40)


def test_the_report_counts_everything() -> None:
    report = floor_report(history("feat: x", "Merge branch 'x'", "Pantry", "feat: X"))
    totals = report.totals

    assert (totals.commits, totals.entries, totals.merged, totals.excluded) == (4, 2, 1, 1)
    assert (totals.decided_by_rule, totals.fallen_to_floor, totals.decided_by_model) == (3, 1, 0)
    assert (totals.files, totals.insertions, totals.deletions) == (1, 8, 4)
    assert report.categories == {Category.ADDED: 1, Category.CHANGED: 1}
    assert [exclusion.rule for exclusion in report.excluded] == ["merge"]
    assert [(who.name, who.commits, who.is_bot) for who in report.contributors] == [
        ("Ada", 4, False)
    ]


def test_bots_are_set_apart() -> None:
    assert floor_report(history("x", author="dependabot[bot]")).contributors[0].is_bot


def test_decisions_of_another_history_are_refused() -> None:
    here, there = history("feat: x"), history("feat: x", "feat: y")
    decisions = decide_by_rules(there)

    with pytest.raises(AccountingError) as lost:
        build_report(here, decisions, gate_answers(there, decisions, []))
    with pytest.raises(AccountingError) as twice:
        build_report(there, [*decisions, decisions[0]], gate_answers(there, decisions, []))

    assert lost.value.lost == ("1" * 40,)
    assert twice.value.twice == ("0" * 40,)


def test_accounts_that_do_not_balance_are_refused() -> None:
    two = history("feat: x", "feat: y")
    entry = Entry(category=Category.ADDED, title="X", lead="0" * 40)
    exclusion = Exclusion(id="0" * 40, subject="x", rule="merge")

    with pytest.raises(AccountingError) as caught:
        accounting.check_accounts(two, [entry], [exclusion])

    assert (caught.value.lost, caught.value.twice) == (("1" * 40,), ("0" * 40,))


@pytest.mark.parametrize(
    ("current", "messages", "expected", "bump"),
    [
        ("v1.2.3", ("feat!: x", "fix: y"), "v2.0.0", "major"),
        ("v1.2.3", ("feat: x",), "v1.3.0", "minor"),
        ("v1.2.3", ("chore: x\n\nBREAKING CHANGE: y",), "v2.0.0", "major"),
        ("1.2", ("fix: x",), "1.2.1", "patch"),
        ("pkg-1.2.3", ("security: x",), "pkg-1.2.4", "patch"),
        ("0.9.1", ("feat!: x",), "0.10.0", "minor"),
        ("2.0.0rc1", ("fix: x",), "2.0.0", "patch"),
        ("2.0.0-rc.1", ("feat: x",), "2.0.0", "minor"),
        ("1.2.3+build.7", ("fix: x",), "1.2.4", "patch"),
        ("v1.2.3", ("docs: x", "ci: y"), None, "none"),
        (None, ("feat: x",), "0.1.0", "minor"),
        (None, ("docs: x",), None, "none"),
        ("v1.2.3", ('Revert "feat: x"', "feat: x"), None, "none"),
    ],
)
def test_the_next_version_follows_semver(
    current: str | None, messages: tuple[str, ...], expected: str | None, bump: str
) -> None:
    suggestion = suggest_version(current, floor_report(history(*messages)).entries)

    assert (suggestion.next, suggestion.bump) == (expected, bump)
    assert suggestion.reason


@pytest.mark.parametrize("name", ["1.2", "v1.2.3", "v1.2.3-rc.1", "4.0a1", "pkg@1.2.3", "rel/v1.0"])
def test_tags_of_versions_are_recognised(name: str) -> None:
    assert is_version_tag(name)


@pytest.mark.parametrize("name", ["docs-2024", "nightly", "v1", "1.2.3 ", "", "v1.x"])
def test_other_tags_are_not_versions(name: str) -> None:
    assert not is_version_tag(name)


def test_the_markdown_reads_like_a_changelog() -> None:
    seen = history(
        "feat(ui)!: new names (#4)\n\nBREAKING CHANGE: old names are gone",
        "fix: the `*` lid",
        "fixup! fix: the `*` lid",
        "Merge branch 'x'",
        "Release 1.2.3",
    ).model_copy(update={"version": "v2.0.0"})

    assert render_markdown(floor_report(seen)) == (
        "## [v2.0.0] - 2026-01-02\n"
        "\n"
        "### Added\n"
        "\n"
        "- **Breaking:** **ui:** New names: old names are gone (#4, 00000000)\n"
        "\n"
        "### Fixed\n"
        "\n"
        "- The `*` lid (11111111, 2 commits)\n"
        "\n"
        "*5 commits: 2 with an entry, 1 folded into one, 2 left out (merge: 1, release: 1).*\n"
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a *b* _c_ [d](e)", "a \\*b\\* \\_c\\_ \\[d\\](e)"),
        ("<script> & `<b>`", "\\<script\\> & `<b>`"),
        ("line\nbreak\ttab\u2028", "line break tab"),
        ("hid\u202eden\u200b \x1b[31m", "hidden \\[31m"),
        ("one ` alone", "one \\` alone"),
        ("# no heading", "\\# no heading"),
    ],
)
def test_a_strangers_text_stays_text(text: str, safe: str) -> None:
    assert plain_text(text) == safe


@given(st.text())
def test_no_text_leaves_its_line(text: str) -> None:
    safe = plain_text(text)

    assert safe.splitlines() in ([], [safe])
    assert not any(marker in safe.replace("\\<", "") for marker in ("<!--",)) or "`" in safe


def test_every_category_has_a_heading() -> None:
    assert list(TITLES) == list(Category)


def test_the_json_is_the_report_and_its_schema_is_shipped() -> None:
    report = floor_report(history("feat!: x", "Pantry"))
    schema = Path(accounting.__file__).parent / "schemas" / "changelog_report.json"

    assert ChangelogReport.model_validate_json(render_json(report)) == report
    assert json.loads(schema.read_text(encoding="utf-8")) == ChangelogReport.model_json_schema(
        mode="serialization"
    )
