"""Graphs and prompts as text."""

import json

import pytest
from pydantic import BaseModel

from flowdsl import Image, each, pipeline, prompt, step
from flowdsl.testing import Raw, ScriptedProvider, in_turn, run_pipeline, run_step
from flowdsl.testing.forms import graph_text, prompts_text


class Mood(BaseModel):
    happy: bool


@prompt("How does the writer feel?\n\n{{ text }}", system="Be brief.")
def judge(text: str) -> Mood: ...


@prompt("Reply to: {{ text }}")
def reply(text: str) -> str: ...


@prompt("Describe {{ picture }} please.")
def describe(picture: Image) -> str: ...


@step
def both(mood: Mood, answer: str) -> str:
    return f"{mood.happy} {answer}"


@pipeline
def answer(text: str) -> str:
    return both(judge(text), reply(text))


def test_a_prompt_is_shown_with_system_messages_and_schema() -> None:
    run = run_step(judge, script=[Mood(happy=True)], text="Hello.\n\nBye.")

    text, _, schema = prompts_text(run).partition("schema:\n")
    assert text == (
        "## judge (model default)\n"
        "system:\n  Be brief.\n"
        "user:\n  How does the writer feel?\n\n  Hello.\n\n  Bye.\n"
    )
    assert json.loads(schema) == run.requests[0].schema
    assert all(line.startswith("  ") for line in schema.splitlines())


def test_prompts_stand_in_the_pipelines_order_whichever_was_asked_first() -> None:
    slow_first = run_pipeline(answer, mock=True, text="a")
    slow_first.requests = tuple(reversed(slow_first.requests))

    assert [line for line in prompts_text(slow_first).splitlines() if line.startswith("##")] == [
        "## judge (model default)",
        "## reply (model default)",
    ]


def test_items_stand_in_their_order_and_by_number() -> None:
    @pipeline
    def many(texts: list[str]) -> list[str]:
        return each(texts, reply)

    run = run_pipeline(many, mock=True, texts=[str(n) for n in range(11)])
    run.requests = tuple(reversed(run.requests))

    shown = [line.strip() for line in prompts_text(run).splitlines() if "Reply to" in line]
    assert shown == [f"Reply to: {n}" for n in range(11)]


def test_a_repair_stands_after_what_it_repairs() -> None:
    run = run_step(judge, script={"judge": in_turn(Raw("well"), Mood(happy=False))}, text="a")

    shown = prompts_text(run)
    assert shown.count("## judge") == 2
    assert shown.index("assistant:\n  well") > shown.rindex("## judge")


def test_a_picture_is_shown_by_its_content() -> None:
    picture = Image(b"\x89PNG\r\n\x1a\n0000", media_type="image/png")
    run = run_step(describe, script=["a picture"], picture=picture)

    assert "  <image, image/png, 12 bytes, sha256 " in prompts_text(run)


def test_a_provider_shows_its_requests_and_nothing_asked_says_so() -> None:
    provider = ScriptedProvider(["one"])
    assert prompts_text(provider) == "no prompts\n"

    run_step(reply, script=provider, text="a")

    assert prompts_text(provider) == "## reply (model default)\nuser:\n  Reply to: a\n"


def test_everything_with_a_graph_has_its_text() -> None:
    run = run_pipeline(answer, mock=True, text="a")

    assert graph_text(answer) == graph_text(answer.graph) == graph_text(run)
    assert graph_text(reply).startswith("pipeline reply")


def test_what_has_no_graph_or_prompts_is_refused() -> None:
    with pytest.raises(TypeError, match="takes a pipeline, not str"):
        graph_text("a")
    with pytest.raises(TypeError, match="takes a run of run_pipeline"):
        prompts_text(answer)
