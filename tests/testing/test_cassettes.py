"""Cassettes in pipelines: a run that is played back is the run that was recorded."""

import warnings
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel

from flowdsl import Image, Run, each, pipeline, prompt, step
from flowdsl.config import Settings
from flowdsl.errors import FlowError, ManyProblemsError, OptionError, ProviderError, StepFailedError
from flowdsl.errors.testing import StalePromptError, UnrecordedCallError
from flowdsl.events.records import ModelCalled, TextArrived
from flowdsl.ir.ids import ModelName
from flowdsl.ir.usage import Usage
from flowdsl.providers.base import Provider, Reply
from flowdsl.testing import (
    Cassette,
    CassetteWarning,
    Raw,
    ScriptedProvider,
    ScriptedRun,
    run_pipeline,
    run_step,
)
from flowdsl.testing.cassette_tape import Mode
from tests.providers.anthropic_double import MODEL, Double, error

CLAUDE = f"anthropic:{MODEL}"
BOTH: tuple[Mode, ...] = ("record", "replay")


class Issue(BaseModel):
    severity: Literal["low", "high"]
    message: str


@prompt("List the defects.\n\n{{ code }}", model="fast", system="You review code.")
def review(code: str) -> list[Issue]: ...


@prompt("A name for {{ code }}, number {{ n }}.")
def name(code: str, n: int) -> str: ...


@prompt("Say in one word: {{ text }}")
def shorten(text: str) -> str: ...


@prompt("What is it? {{ picture }}")
def look(picture: Image) -> str: ...


@step
def joined(issues: list[list[Issue]], names: list[str]) -> str:
    return ", ".join([*(issue.message for found in issues for issue in found), *names])


@pipeline
def audit(files: list[str]) -> str:
    return shorten(joined(each(files, review), each(range(5), lambda n: name("it", n))))


@pipeline
def sample(text: str) -> list[str]:
    return each(range(5), lambda _n: shorten(text))


@pipeline
def short(text: str) -> str:
    return shorten(text)


@pipeline
def reviewed(code: str) -> list[Issue]:
    return review(code)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cassettes" / "it.yaml"


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowdsl.testing.harness.current", Settings)


def run_with(
    file: Path,
    mode: Mode,
    providers: Mapping[str, Provider],
    *,
    model: str = CLAUDE,
    files: list[str] | None = None,
) -> ScriptedRun[str]:
    cassette = Cassette(file, mode)
    taped = audit.using(providers=providers, seed=1, keep_events=True)
    run = run_pipeline(taped, cassette=cassette, model=model, files=files or ["x = 1", "y = 2\n"])
    cassette.finish()
    return run


def told(run: Run[object]) -> list[tuple[object, ...]]:
    """All that a run tells of its models, but for the times and the order of what goes on at once."""
    calls = [each for each in run.events if isinstance(each, ModelCalled)]
    return sorted(
        (
            call.path,
            call.model,
            call.usage,
            str(call.cost_usd),
            call.finish,
            call.request_id,
            call.attempt,
        )
        for call in calls
    )


@pytest.mark.parametrize("model", [CLAUDE, "mock:"])
def test_a_replayed_run_has_the_same_values_usage_and_cost(file: Path, model: str) -> None:
    double = Double()
    first = run_with(file, "record", {"anthropic": double.provider()}, model=model)
    asked = len(double.requests)

    again = run_with(file, "replay", {}, model=model)

    assert len(double.requests) == asked
    assert again.value == first.value
    assert {path: node.value for path, node in again.nodes.items()} == {
        path: node.value for path, node in first.nodes.items()
    }
    assert (again.usage, str(again.cost_usd)) == (first.usage, str(first.cost_usd))
    assert {path: (n.usage, n.cost_usd) for path, n in again.nodes.items()} == {
        path: (n.usage, n.cost_usd) for path, n in first.nodes.items()
    }
    assert told(again) == told(first)
    assert again.usage.calls == 8
    if model == CLAUDE:
        assert first.cost_usd is not None
        assert first.cost_usd > 0


def test_faults_that_pass_are_tried_again_in_replay_as_they_were(file: Path) -> None:
    double = Double()
    double.next = [error(529, "overloaded_error", "busy")]
    first = run_with(file, "record", {"anthropic": double.provider()})

    again = run_with(file, "replay", {})

    assert told(again) == told(first)
    assert max(str(row[-1]) for row in told(again)) == "2"
    assert file.read_text("utf-8").count("fault: overloaded") == 1


def test_repairs_are_played_back(file: Path) -> None:
    issues = [Issue(severity="low", message="x")]
    real = ScriptedProvider([Raw("no list"), issues])
    for mode in BOTH:
        cassette = Cassette(file, mode)
        taped = reviewed.using(providers={"anthropic": real})
        run = run_pipeline(taped, cassette=cassette, model=CLAUDE, code="a")
        cassette.finish()
        assert (run.value, len(run.requests)) == (issues, 2)


def test_five_samples_stay_five(file: Path) -> None:
    words = [f"word {n}" for n in range(5)]
    real = ScriptedProvider(words)
    values: list[list[str]] = []
    for mode in BOTH:
        cassette = Cassette(file, mode)
        taped = sample.using(providers={"anthropic": real})
        values.append(run_pipeline(taped, cassette=cassette, model=CLAUDE, text="a").value)
        cassette.finish()

    assert values[0] == values[1]
    assert sorted(values[0]) == words


def test_a_refusal_that_was_recorded_refuses_again(file: Path) -> None:
    said: list[str] = []
    for mode in BOTH:
        cassette = Cassette(file, mode)
        real = ScriptedProvider([ProviderError("refusal", "I'd rather not.")])
        with pytest.raises(StepFailedError) as caught:
            run_pipeline(
                short.using(providers={"anthropic": real}),
                cassette=cassette,
                model=CLAUDE,
                text="a",
            )
        cassette.finish()
        said.append(str(caught.value))

    assert said[0] == said[1]
    assert "I'd rather not." in said[0]


def test_streamed_text_is_played_back(file: Path) -> None:
    pieces: list[list[str]] = []
    for mode in BOTH:
        cassette = Cassette(file, mode)
        taped = audit.using(providers={"anthropic": Double().provider()}, keep_events=True)
        run = run_pipeline(taped, cassette=cassette, model=CLAUDE, files=["a"])
        cassette.finish()
        heard = [e.text for e in run.events if isinstance(e, TextArrived) and e.path == "shorten"]
        pieces.append(heard)

    assert len(pieces[1]) > 1
    assert "".join(pieces[1]) == "".join(pieces[0])


def test_it_stands_for_every_provider_in_using(file: Path) -> None:
    cassettes: list[Cassette] = []
    for mode in BOTH:
        cassette = Cassette(file, mode)
        cassettes.append(cassette)
        run = audit.using(providers=cassette.providers, model="mock:").run(files=["a"])
        cassette.finish()
        assert "no model was asked" in run.value
        assert len(cassette.providers.requests) == 7

    assert [each.mode for each in cassettes] == list(BOTH)
    assert {each.file for each in cassettes} == {file}


def test_a_step_alone_is_recorded_too(file: Path) -> None:
    values = [
        run_step(shorten, cassette=cassette, model="mock:", text="a").value
        for cassette in (Cassette(file, "record"), Cassette(file, "off"))
    ]

    assert values[0] == values[1]
    assert not file.exists(), "only what is finished is written"


def test_aliases_and_the_default_model_come_from_the_settings(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Settings(model="mock:house", aliases={"fast": "mock:quick"}, max_parallel=1)
    monkeypatch.setattr("flowdsl.testing.harness.current", lambda: found)

    run = run_pipeline(audit, cassette=Cassette(file, "off"), files=["a"])

    assert {each.model for each in run.requests} == {"mock:house", "mock:quick"}


def test_without_a_cassette_a_model_is_only_a_name() -> None:
    run = run_pipeline(audit, mock=True, model="anthropic:new", files=["a"])

    assert {each.model for each in run.requests} == {"anthropic:new", "fast"}


def test_a_script_and_a_cassette_do_not_go_together(file: Path) -> None:
    with pytest.raises(OptionError, match="stands in place of script and mock"):
        run_pipeline(audit, cassette=Cassette(file), mock=True, files=["a"])
    with pytest.raises(OptionError, match="run_step"):
        run_step(shorten, cassette=Cassette(file), script=["a"], text="a")


def test_images_are_known_by_their_hash_and_do_not_stand_in_the_file(file: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"unlikely bytes" * 9
    cassette = Cassette(file, "record")
    run_step(look, cassette=cassette, model="mock:", picture=Image(picture))
    cassette.finish()

    assert b"unlikely bytes" not in file.read_bytes()
    assert f"bytes: {len(picture)}" in file.read_text("utf-8")
    assert run_step(look, cassette=Cassette(file), model="mock:", picture=Image(picture)).value
    with pytest.raises(StepFailedError, match="asks something else"):
        run_step(look, cassette=Cassette(file), model="mock:", picture=Image(picture + b"!"))


# -- what is told at the end


def test_a_changed_prompt_fails_with_the_difference_and_asks_nobody(file: Path) -> None:
    run_with(file, "record", {"anthropic": Double().provider()}, files=["x = 1"])
    double = Double()

    with pytest.raises(StepFailedError) as caught:
        run_with(file, "replay", {"anthropic": double.provider()}, files=["x = 2"])

    assert isinstance(caught.value.__cause__, StalePromptError)
    lines = [line.strip() for line in str(caught.value).splitlines()]
    assert "-    x = 1" in lines
    assert "+    x = 2" in lines
    assert double.requests == []


def test_what_a_pipeline_went_on_without_fails_the_test_all_the_same(file: Path) -> None:
    cassette = Cassette(file)
    with pytest.raises(StepFailedError):
        run_step(shorten, cassette=cassette, model="mock:", text="a")

    with pytest.raises(UnrecordedCallError):
        cassette.finish()

    with pytest.raises(StepFailedError):
        run_step(shorten, cassette=cassette, model="mock:", text="b")
    with pytest.raises(ManyProblemsError, match="2 problems"):
        cassette.finish()


def test_answers_that_nobody_asks_for_are_warned_of(file: Path) -> None:
    run_with(file, "record", {}, model="mock:", files=["a", "b"])
    before = file.read_text("utf-8")

    with pytest.warns(CassetteWarning, match=r"it\.yaml has answers that nobody asks for: "):
        Cassette(file).finish()

    assert file.read_text("utf-8") == before


def test_refresh_removes_them(file: Path) -> None:
    run_with(file, "record", {}, model="mock:", files=["a", "b"])
    cassette = Cassette(file, "refresh")
    run_step(shorten, cassette=cassette, model="mock:", text="a")
    cassette.finish()

    cassette = Cassette(file)
    run_step(shorten, cassette=cassette, model="mock:", text="a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cassette.finish()


def test_record_writes_nothing_where_nothing_was_missing(file: Path) -> None:
    run_with(file, "record", {}, model="mock:")
    file.write_text(f"# by hand\n{file.read_text('utf-8')}", "utf-8")

    run_with(file, "record", {}, model="mock:")

    assert file.read_text("utf-8").startswith("# by hand\n")


def test_of_a_test_that_failed_it_says_what_was_not_kept(file: Path) -> None:
    cassette = Cassette(file, "record")
    assert cassette.left_alone() == ""
    run_step(shorten, cassette=cassette, model="mock:", text="a")

    assert cassette.left_alone() == (
        f"The test failed, so nothing was recorded (1 answer lost): {file} was not written."
    )
    cassette.finish()
    assert cassette.left_alone().endswith(f"{file} is as it was.")


def test_no_secret_reaches_a_file(file: Path) -> None:
    key = "sk-ant-api03-AbC_123-xyz9876543"
    cassette = Cassette(file, "record")
    run_step(shorten, cassette=cassette, model="mock:", text="x " * 20 + key)
    cassette.finish()

    assert key not in file.read_text("utf-8")
    assert "sk-ant-[redacted]" in file.read_text("utf-8")
    assert run_step(shorten, cassette=Cassette(file), model="mock:", text="x " * 20 + key).value

    cassette = Cassette(file, "refresh")
    before = file.read_text("utf-8")
    with pytest.raises(StepFailedError, match="so it is not recorded"):
        run_step(shorten, cassette=cassette, model="mock:", text=key)
    with pytest.raises(FlowError, match="holds a secret"):
        cassette.finish()
    assert file.read_text("utf-8") == before


def test_costs_are_exact(file: Path) -> None:
    exact = Decimal("0.10000000000000000001")
    reply = Reply(text="a", usage=Usage(calls=1), model=ModelName(CLAUDE), cost_usd=exact)
    costs: list[str] = []
    for mode in BOTH:
        cassette = Cassette(file, mode)
        taped = short.using(providers={"anthropic": ScriptedProvider([reply])})
        costs.append(str(run_pipeline(taped, cassette=cassette, model=CLAUDE, text="a").cost_usd))
        cassette.finish()

    assert costs == ["0.10000000000000000001"] * 2
