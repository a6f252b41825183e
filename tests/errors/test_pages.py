"""The examples on the errors' pages are true: what is called wrong raises that error, what is called right runs."""

import re
import textwrap
from pathlib import Path

import pytest

import flowdsl.errors
from flowdsl.errors import FlowError
from tests.newcomer.trying import Told, attempt

STEPS = """
from typing import Literal

from flowdsl import Static

LOUD = True


@dataclass
class Card:
    title: str


@step
def tidy(note: str) -> str | None:
    return note.strip() or None


@step
def level(note: str) -> Literal["low", "high"]:
    return "low"


@step
def is_long(note: str) -> bool:
    return len(note) > 3


@step
def render(card: Card) -> str:
    return card.title


"""
BODY = """
@pipeline
def told(note: str) -> object:
{}
    return note


told("a note")
"""
"""Examples that are a part of a pipeline's body."""
EXPLAINED = (
    "EscapedHandleError",
    "HiddenHandleError",
    "PlainConditionError",
    "PythonDecidesError",
    "SwitchCasesError",
    "TypeMismatchError",
)


def example(name: str) -> str:
    """The first block of Python on an error's page."""
    page = textwrap.dedent("    " + (getattr(flowdsl.errors, name).__doc__ or ""))
    found = re.search(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert found is not None
    return textwrap.dedent(found[1])


def traced(folder: Path, body: str) -> Told:
    return attempt(folder, STEPS + BODY.format(textwrap.indent(body, "    ")))


@pytest.mark.parametrize("name", EXPLAINED)
def test_what_a_page_calls_wrong_is_wrong_and_what_it_calls_right_is_right(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong, right = example(name).split("# right")

    assert [type(each).__name__ for each in traced(tmp_path, wrong).problems] == [name]
    assert traced(tmp_path, "# right" + right).problems == ()


def test_a_pipeline_with_a_static_input_needs_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    whole = example("StaticInputError").replace("tidy", "shout")
    right = "\n".join(line for line in whole.splitlines() if "# wrong" not in line)

    problems: tuple[FlowError, ...] = attempt(tmp_path, STEPS + whole).problems
    assert [type(each).__name__ for each in problems] == ["StaticInputError"]
    assert attempt(tmp_path, STEPS + right).problems == ()
