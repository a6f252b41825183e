"""The pipeline from end to end: with a scripted model, with a bad one, and with none."""

from pathlib import Path

import pytest
from flowdsl_library.pipelines.content.changelog_generation import (
    changelog,
    changelog_generation,
)
from flowdsl_library.pipelines.content.changelog_generation.collect import collect_commits
from flowdsl_library.pipelines.content.changelog_generation.errors import (
    QuestionsError,
    RefNotFoundError,
)
from flowdsl_library.pipelines.content.changelog_generation.example import build_example
from flowdsl_library.pipelines.content.changelog_generation.floor import floor_report
from flowdsl_library.pipelines.content.changelog_generation.records import Verdict
from flowdsl_library.pipelines.content.changelog_generation.render import render_markdown

from flowdsl import Pipeline
from flowdsl.errors import FlowError, ProviderError
from flowdsl.providers import Request
from flowdsl.testing import ScriptedProvider


@pytest.fixture(scope="module")
def kettle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example(tmp_path_factory.mktemp("example") / "kettle")


def test_one_call_is_made_for_each_leftover_and_what_holds_is_taken(kettle: Path) -> None:
    model = ScriptedProvider(lambda _request: Verdict(category="added"))

    run = changelog_generation.using(model="scripted:x", providers={"scripted": model}).run(
        repo=str(kettle)
    )

    totals = run.value.report.totals
    assert model.calls == 12
    assert (totals.decided_by_rule, totals.decided_by_model) == (13, 2)
    assert (totals.rejected_by_gate, totals.fallen_to_floor) == (10, 10)
    assert "- Nutrition facts beside each recipe" in run.value.markdown.split("### Changed")[0]


def test_a_model_whose_answers_never_hold_changes_nothing(kettle: Path) -> None:
    model = ScriptedProvider(lambda _request: Verdict(category="security"))

    changelog = changelog_generation.using(model="scripted:x", providers={"scripted": model})(
        str(kettle)
    )

    assert changelog.report.totals.rejected_by_gate == 12
    floor = floor_report(collect_commits(str(kettle)))
    assert changelog.report.decisions == floor.decisions
    assert changelog.markdown == render_markdown(floor)


def test_a_model_that_breaks_down_leaves_what_it_was_asked_to_the_floor(kettle: Path) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Verdict:
        asked.append(request.step)
        if len(asked) > 2:
            raise ProviderError("unreachable", "The line went dead.")
        return Verdict(category="added")

    model = ScriptedProvider(answer)
    run = changelog_generation.using(
        model="scripted:x", providers={"scripted": model}, max_parallel=1
    ).run(repo=str(kettle))

    totals = run.value.report.totals
    assert totals.decided_by_model + totals.rejected_by_gate == 2
    assert totals.fallen_to_floor == 12 - totals.decided_by_model
    assert totals.commits == 25


def test_the_model_sees_a_commit_as_quoted_text_and_nothing_of_persons(kettle: Path) -> None:
    model = ScriptedProvider(lambda _request: Verdict(category="changed"))

    changelog_generation.using(model="scripted:x", providers={"scripted": model})(str(kettle), "")

    asked = [str(request) for request in model.requests]
    assert len(asked) == 24
    assert all(text.count("<commit>") == text.count("</commit>") == 1 for text in asked)
    assert not any("Varga" in text or "@example" in text for text in asked)


def test_without_questions_no_model_is_needed(kettle: Path) -> None:
    changelog = changelog_generation(str(kettle), questions=0)

    assert changelog.report == floor_report(collect_commits(str(kettle)))
    assert changelog.report.totals.fallen_to_floor == 12


def test_only_so_many_questions_are_asked_as_allowed(kettle: Path) -> None:
    model = ScriptedProvider(lambda _request: Verdict(category="changed"))

    changelog = changelog_generation.using(model="scripted:x", providers={"scripted": model})(
        str(kettle), questions=5
    )

    assert model.calls == 5
    assert changelog.report.totals.fallen_to_floor == 12 - changelog.report.totals.decided_by_model


@pytest.mark.parametrize("ask", [changelog, changelog_generation])
def test_fewer_than_no_questions_are_refused_with_the_cure(
    ask: Pipeline[..., object], kettle: Path
) -> None:
    with pytest.raises(QuestionsError, match="-1") as caught:
        ask(str(kettle), questions=-1)

    assert "questions=0 asks no model" in caught.value.help
    assert caught.value.questions == -1


def test_the_markdown_alone_comes_from_a_pipeline_of_its_own(kettle: Path) -> None:
    whole = changelog_generation(str(kettle), "v0.3.0", "v0.4.0", questions=0)

    assert changelog(str(kettle), "v0.3.0", "v0.4.0", questions=0) == whole.markdown
    assert changelog.check() == ()


def test_a_missing_ref_stops_the_run_with_its_cure(kettle: Path) -> None:
    with pytest.raises(FlowError) as caught:
        changelog_generation(str(kettle), "v0.44", questions=0)

    said = f"{caught.value} {caught.value.__cause__}"
    assert RefNotFoundError.code in said
    assert "did you mean 'v0.4.0'" in said


def test_the_graph_is_sound_with_and_without_a_model() -> None:
    assert changelog_generation.check() == ()
    assert changelog_generation.trace(questions=0).check() == ()
    assert "classify" not in str(changelog_generation.trace(questions=0).graph.nodes)
