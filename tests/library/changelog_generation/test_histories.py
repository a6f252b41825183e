"""Four real histories without a model: every commit once, the same bytes, ranges that add up."""

from collections import Counter
from pathlib import Path

import pytest
from flowdsl_library.pipelines.content.changelog_generation.collect import collect_commits
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.recorded import (
    build_repository,
    read_recorded,
)
from flowdsl_library.pipelines.content.changelog_generation.records import ChangelogReport
from flowdsl_library.pipelines.content.changelog_generation.render import (
    render_json,
    render_markdown,
)

COUNTS = {"anthropic-sdk-python": 1198, "httpx": 1414, "sqlite-utils": 1116, "typer": 1500}


def accounted(report: ChangelogReport) -> Counter[str]:
    named = Counter(exclusion.id for exclusion in report.excluded)
    for entry in report.entries:
        named.update((entry.lead, *entry.merged))
    return named


def whole(repo: Path, start: str, end: str) -> ChangelogReport:
    return floor_report(collect_commits(str(repo), from_ref=start, to_ref=end))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", sorted(COUNTS))
def test_a_real_history_is_accounted_for_twice_alike_and_in_parts(
    name: str, histories: Path, tmp_path: Path
) -> None:
    rows = read_recorded((histories / f"{name}.jsonl").read_text(encoding="utf-8"))
    built = build_repository(rows, tmp_path)

    report = whole(tmp_path, "", "HEAD")
    again = whole(tmp_path, "", "HEAD")

    assert len(rows) == len(built) == COUNTS[name] == report.totals.commits
    assert accounted(report) == Counter(built.values())
    assert {decision.id for decision in report.decisions} == set(built.values())
    totals = report.totals
    assert totals.entries + totals.merged + totals.excluded == totals.commits
    assert totals.decided_by_rule + totals.fallen_to_floor == totals.commits
    assert render_markdown(report) == render_markdown(again)
    assert render_json(report) == render_json(again)

    tags = [tag for row in rows for tag in row.tags]
    middle = [tags[len(tags) // 3], tags[2 * len(tags) // 3]]
    for inner in middle:
        parts = [whole(tmp_path, "", inner), whole(tmp_path, inner, "HEAD")]
        decided = {decision.id: decision for part in parts for decision in part.decisions}
        assert accounted(parts[0]) + accounted(parts[1]) == accounted(report)
        assert decided == {decision.id: decision for decision in report.decisions}


def test_the_histories_hold_all_the_commits_they_should() -> None:
    assert sum(COUNTS.values()) == 5228
