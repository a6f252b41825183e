"""Newcomers call steps and control words wrongly, or hide handles where flowdsl can't look."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.newcomer.trying import expect_told

TOLD = """
@pipeline
def told(note: str, notes: list[str]) -> object:
"""

BODIES = {
    "a wrong type": """
    return shout(count(note))  # here
""",
    "a wrong constant": """
    return shout(12)  # here
""",
    "a list for an item": """
    return shout(notes)  # here
""",
    "an item for a list": """
    return each(note, shout)  # here
""",
    "a missing input": """
    return shout()  # here
""",
    "an unknown input": """
    return shout(note, loud=True)  # here
""",
    "a misspelt parameter": """
    return shout(nota=note)  # here
""",
    "too many inputs": """
    return shout(note, note)  # here
""",
    "three mistakes at once": """
    loud = shout(count(note))  # here
    shout(nota=loud)  # here
    return count(loud) + "!"  # here
""",
    "an unknown field": """
    return shout(card(note).titel)  # here
""",
    "adding text and number": """
    return "count: " + count(note)  # here
""",
    "a handle in a dataclass": """
    return render(Card(title=grade(note)))  # here
""",
    "a handle in a model": """
    return render_page(Page(title=grade(note)))  # here
""",
    "a handle in a dataclass in a list": """
    return each([Card(title=note), card(note)], render)  # here
""",
    "an async function in a sum": """
    async def fetch(address):
        return address

    return note + fetch(note)  # here
""",
    "a handle in a set": """
    return shout({note})  # here
""",
    "each over a number": """
    return each(count(note), shout)  # here
""",
    "each with a called step": """
    return each(notes, shout(note))  # here
""",
    "each with raw async": """
    async def fetch(address):
        return address

    return each(notes, fetch)  # here
""",
    "an async function that is no step": """
    async def fetch(address):
        return address

    return shout(fetch(note))  # here
""",
    "each with no parallel work": """
    return each(notes, shout, max_parallel=0)  # here
""",
    "when on a text": """
    return when(grade(note), "a", otherwise="b")  # here
""",
    "when on a plain truth": """
    return when(True, note, otherwise="b")  # here
""",
    "when on a plain truth joined": """
    return when((count(note) > 3) & True, note, otherwise="b")  # here
""",
    "a switch without a case": """
    return switch(level(note), {"low": note})  # here
""",
    "a switch with a misspelt case": """
    return switch(level(note), {"low": note, "hihg": "!"}, default="?")  # here
""",
    "a switch over any text": """
    return switch(grade(note), {"low": note})  # here
""",
    "a switch with no cases": """
    return switch(grade(note), {}, default=note)  # here
""",
    "a loop without an end": """
    return loop(note, shout)  # here
""",
    "a loop whose value changes its type": """
    return loop(note, count, until=lambda n: n > 3)  # here
""",
    "a loop with no rounds": """
    return loop(note, shout, until=lambda n: count(n) > 3, max_rounds=0)  # here
""",
    "given on a plain value": """
    return given("a", shout, otherwise="b")  # here
""",
    "what may be None": """
    return shout(first(notes))  # here
""",
    "a handle used outside its branch": """
    kept = []

    def branch():
        kept.append(shout(note))
        return kept[0]

    when(grade(note) == "high", branch, otherwise=note)
    return shout(kept[0])  # here
""",
    "a step named with a slash": """
    return shout.named("a/b")(note)  # here
""",
    "an unknown option of a step": """
    return shout.using(retry=3)(note)  # here
""",
    "a timeout below zero": """
    return shout.using(timeout_s=-1)(note)  # here
""",
    "a broken text template": """
    return text("{{ note", note=note)  # here
""",
    "an unknown name in a text template": """
    return text("{{ nota }}", note=note)  # here
""",
}

MORE = """
from typing import Literal


@dataclass
class Card:
    title: str


class Page(BaseModel):
    title: str


@step
def card(note: str) -> Card:
    return Card(note)


@step
def render(card: Card) -> str:
    return card.title


@step
def render_page(page: Page) -> str:
    return page.title


@step
def level(note: str) -> Literal["low", "high"]:
    return "low"


@step
def first(notes: list[str]) -> str | None:
    return notes[0] if notes else None

"""


@pytest.mark.parametrize("mistake", BODIES)
def test_a_call_that_cannot_be_is_told(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)

    told = expect_told(tmp_path, f'{MORE}{TOLD}{BODIES[mistake]}\n\ntold("a", ["b"])\n')

    assert told == snapshot
