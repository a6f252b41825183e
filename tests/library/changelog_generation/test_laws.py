"""What holds for every history: drawn as small real repositories, rich in reverts and repeats."""

import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

from flowdsl_library.pipelines.content.changelog_generation.collect import collect_commits
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.gate import gate_answers
from flowdsl_library.pipelines.content.changelog_generation.recorded import (
    RecordedCommit,
    build_repository,
)
from flowdsl_library.pipelines.content.changelog_generation.records import (
    Answer,
    ChangelogReport,
    History,
)
from flowdsl_library.pipelines.content.changelog_generation.render import (
    render_json,
    render_markdown,
)
from flowdsl_library.pipelines.content.changelog_generation.report import build_report
from flowdsl_library.pipelines.content.changelog_generation.reverts import net_reverts
from flowdsl_library.pipelines.content.changelog_generation.rules import decide_by_rules
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SUBJECTS = (
    "feat: a button",
    "feat(ui)!: a bigger button",
    "fix: the button",
    "fixup! feat: a button",
    "docs: the button",
    "The button rings",
    "Wip",
    "Bump ruff from 1.0 to 1.1",
    "Bump ruff from 1.1 to 1.2",
    "Release 1.0",
    "✨ shine",
    'Revert "feat: a button"',
    'Revert "The button rings"',
    'Revert "Revert "feat: a button""',
    "Merge branch 'side'",
    "<!-- changelog:end unreleased -->",
    "## [9.9.9]",
)
BODIES = ("", "BREAKING CHANGE: all is new", "Fixes #7", "Changelog: skip", "Changelog: security")
PATHS = ("src/a.py", "docs/a.md", "tests/test_a.py", "CHANGELOG.md", "uv.lock", "ci/ä ö.yml")
slow = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def recorded_histories(draw: st.DrawFn) -> list[RecordedCommit]:
    rows: list[RecordedCommit] = []
    for at in range(draw(st.integers(1, 14))):
        earlier = [row.id for row in rows]
        parents = earlier[-1:]
        if len(earlier) > 2 and draw(st.integers(0, 5)) == 0:
            parents = [earlier[-1], draw(st.sampled_from(earlier[:-1]))]
        rows.append(
            RecordedCommit(
                id=f"{at:040x}",
                parents=tuple(parents),
                date=f"2026-03-01T00:{at:02d}:00+01:00",
                author=draw(st.sampled_from(["Ada", "Bo", "dependabot[bot]"])),
                tags=(f"v0.{at}.0",) if draw(st.integers(0, 4)) == 0 else (),
                subject=draw(st.sampled_from(SUBJECTS)),
                body=draw(st.sampled_from(BODIES)),
                files=tuple(
                    (draw(st.integers(0, 3)), draw(st.integers(0, 3)), path)
                    for path in draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=3))
                ),
            )
        )
    return rows[::-1]


def collected(rows: list[RecordedCommit], *cuts: str) -> list[History]:
    """The history of each range between two neighbouring cuts; the first one starts it all."""
    with tempfile.TemporaryDirectory() as folder:
        built = build_repository(rows, Path(folder))
        ends = ["", *(built[cut] for cut in cuts), "HEAD"]
        return [
            collect_commits(folder, from_ref=start, to_ref=end) for start, end in pairwise(ends)
        ]


def accounted(report: ChangelogReport) -> Counter[str]:
    named = Counter(exclusion.id for exclusion in report.excluded)
    for entry in report.entries:
        named.update((entry.lead, *entry.merged))
    return named


@slow
@given(recorded_histories())
def test_every_commit_is_accounted_for_exactly_once(rows: list[RecordedCommit]) -> None:
    (history,) = collected(rows)
    report = floor_report(history)

    assert len(history.commits) == len(rows)
    assert accounted(report) == Counter(commit.id for commit in history.commits)


@slow
@given(recorded_histories())
def test_a_range_asked_for_twice_gives_the_same_bytes(rows: list[RecordedCommit]) -> None:
    first, second = collected(rows), collected(rows)

    reports = [floor_report(first[0]), floor_report(second[0])]
    named = [report.model_copy(update={"name": "repo"}) for report in reports]

    assert render_markdown(reports[0]) == render_markdown(reports[1])
    assert render_json(named[0]) == render_json(named[1])


@slow
@given(recorded_histories(), st.data())
def test_two_ranges_account_for_what_the_whole_does(
    rows: list[RecordedCommit], data: st.DataObject
) -> None:
    mainline = [rows[0]]
    by_id = {row.id: row for row in rows}
    while mainline[-1].parents:
        mainline.append(by_id[mainline[-1].parents[0]])
    cut = data.draw(st.sampled_from(mainline)).id

    (whole,) = collected(rows)
    parts = collected(rows, cut)
    reports = [floor_report(part) for part in parts]
    report = floor_report(whole)

    assert accounted(reports[0]) + accounted(reports[1]) == accounted(report)
    assert {d.id: d for part in reports for d in part.decisions} == {
        d.id: d for d in report.decisions
    }


@slow
@given(recorded_histories())
def test_a_revert_and_its_target_go_together(rows: list[RecordedCommit]) -> None:
    (history,) = collected(rows)
    netting = net_reverts(history)
    place = {commit.id: at for at, commit in enumerate(history.commits)}
    targets = [pair.target for pair in netting.pairs]

    assert len(set(targets)) == len(targets)
    assert all(place[pair.revert] < place[pair.target] for pair in netting.pairs)
    assert {pair.revert for pair in netting.pairs} | set(targets) >= netting.gone.keys()


@slow
@given(recorded_histories(), st.data())
def test_no_answer_of_a_model_loses_a_commit_or_hides_a_breaking_one(
    rows: list[RecordedCommit], data: st.DataObject
) -> None:
    (history,) = collected(rows)
    decisions = decide_by_rules(history)
    ids = [commit.id for commit in history.commits]
    answers = data.draw(
        st.lists(
            st.builds(
                Answer,
                id=st.sampled_from([*ids, "f" * 40]),
                category=st.sampled_from(
                    ["added", "security", "internal", "", "Added", "nonsense"]
                ),
                breaking=st.sampled_from([None, False, True]),
            ),
            max_size=8,
        )
    )

    report = build_report(history, decisions, gate_answers(history, decisions, answers))
    floor = floor_report(history)

    assert accounted(report) == Counter(ids)
    assert {d.id for d in floor.decisions if d.breaking} <= {
        d.id for d in report.decisions if d.breaking
    }
    assert set(report.breaking) >= set(floor.breaking)
    assert [d for d in report.decisions if d.by == "rule"] == decisions
