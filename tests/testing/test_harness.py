"""run_step and run_pipeline: answers beside the test, requests kept."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from flowdsl import each, pipeline, prompt, step, testing
from flowdsl.errors import FlowError, StepFailedError
from flowdsl.testing import ScriptedProvider, in_turn, run_pipeline, run_step


class Issue(BaseModel):
    severity: str
    message: str


@prompt("List the defects.\n\n{{ code }}", model="fast")
def review(code: str) -> list[Issue]: ...


@prompt("Say it shortly: {{ text }}")
def shorten(text: str) -> str: ...


@step
def worst(issues: list[Issue], *, limit: int = 1) -> str:
    return ", ".join(issue.message for issue in issues[:limit])


@pipeline
def audit(code: str) -> str:
    return shorten(worst(review(code)))


@pipeline
def film(script: str, mock: str) -> str:
    return shorten(script + mock)


def test_a_pipeline_runs_on_scripted_answers() -> None:
    run = run_pipeline(
        audit, script={"review": [Issue(severity="low", message="x")], "shorten": "!"}, code="a"
    )

    assert run.value == "!"
    assert run["worst"] == "x"
    assert [(each.step, each.path, each.model) for each in run.requests] == [
        ("review", "review", "fast"),
        ("shorten", "shorten", "default"),
    ]
    assert run.requests[1].messages[0].text == "Say it shortly: x"
    assert (run.usage.calls, run.cost_usd) == (2, Decimal(0))


def test_without_an_answer_the_step_fails_and_nothing_is_made_up() -> None:
    with pytest.raises(StepFailedError, match="shorten"):
        run_pipeline(audit, script={"review": [Issue(severity="low", message="x")]}, code="a")


def test_the_mock_model_answers_what_the_script_does_not_when_asked() -> None:
    run = run_pipeline(audit, script={"shorten": "fine"}, mock=True, code="a")

    assert run.value == "fine"
    assert isinstance(run["review"], list)
    assert len(run.requests) == 2


def test_a_model_named_by_using_stays() -> None:
    run = run_pipeline(audit.using(model="local:smollm2-135m"), mock=True, code="a")

    assert [each.model for each in run.requests] == ["fast", "local:smollm2-135m"]


def test_inputs_that_are_called_like_options_are_given_in_a_mapping() -> None:
    run = run_pipeline(film, {"script": "a", "mock": "b"}, script=["short"])

    assert (run.value, run.requests[0].messages[0].text) == ("short", "Say it shortly: ab")


def test_a_provider_may_be_the_script() -> None:
    provider = ScriptedProvider({"review": [], "shorten": "nothing"})

    run = run_pipeline(audit, script=provider, code="a")

    assert run.value == "nothing"
    assert provider.requests == list(run.requests)


def test_a_repair_is_seen_among_the_requests() -> None:
    run = run_step(review, script=in_turn_of("no list", []), code="a")

    assert run.value == []
    assert [len(each.messages) for each in run.requests] == [1, 3]


def in_turn_of(*replies: object) -> dict[str, object]:
    return {"review": in_turn(*replies)}


def test_a_step_runs_with_its_defaults_and_with_inputs() -> None:
    issues = [Issue(severity="low", message=word) for word in "ab"]

    assert run_step(worst, issues=issues).value == "a"
    assert run_step(worst, issues=issues, limit=2).value == "a, b"


def test_a_steps_inputs_are_checked() -> None:
    with pytest.raises(FlowError, match="issues"):
        run_step(worst)
    with pytest.raises(FlowError, match="limit"):
        run_step(worst, issues=[], limit="two")


async def test_it_works_inside_a_running_loop() -> None:
    assert run_step(shorten, script=["ok"], text="a").value == "ok"


def test_requests_of_an_each_carry_their_items_address() -> None:
    @pipeline
    def many(texts: list[str]) -> list[str]:
        return each(texts, shorten)

    run = run_pipeline(many, mock=True, texts=["a", "b"])

    assert sorted(each.path for each in run.requests) == [
        "each_shorten[0]/shorten",
        "each_shorten[1]/shorten",
    ]


def test_the_room_lists_its_names_and_has_no_others() -> None:
    assert set(testing.__all__) <= set(dir(testing))
    missing = "nothing"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(testing, missing)


def test_settings_of_the_machine_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flowdsl.toml").write_text(
        'model = "local:other"\n[aliases]\nfast = "mock:"\nhouse = "mock:"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)

    run = run_pipeline(audit, mock=True, code="a")
    alone = run_step(shorten.using(model="house"), mock=True, text="a")

    assert [each.model for each in run.requests] == ["fast", "default"]
    assert [each.model for each in alone.requests] == ["house"]
