"""The whole way without a model."""

from flowdsl_library.pipelines.content.changelog_generation.gate import gate_answers
from flowdsl_library.pipelines.content.changelog_generation.records import (
    ChangelogReport,
    History,
)
from flowdsl_library.pipelines.content.changelog_generation.report import build_report
from flowdsl_library.pipelines.content.changelog_generation.rules import decide_by_rules


def floor_report(history: History) -> ChangelogReport:
    """Report on a range with rules alone; what they leave open falls to the floor."""
    decisions = decide_by_rules(history)
    return build_report(history, decisions, gate_answers(history, decisions, []))
