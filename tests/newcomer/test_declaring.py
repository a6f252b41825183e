"""Newcomers decorate what can't be a step or a pipeline, or annotate what can't be understood."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.newcomer.trying import expect_told

SCRIPTS = {
    "a class decorated as step": """
@step  # here
class Shouter:
    def __call__(self, note: str) -> str:
        return note.upper()
""",
    "a method decorated as step": """
class Shouter:
    @step  # here
    def shout_it(self, note: str) -> str:
        return note.upper()
""",
    "a method decorated as pipeline": """
class Flows:
    @pipeline  # here
    def told(self, note: str) -> str:
        return shout(note)
""",
    "a static method under a step": """
class Shouter:
    @step  # here
    @staticmethod
    def shout_it(note: str) -> str:
        return note.upper()
""",
    "a generator step": """
@step  # here
def lines(note: str) -> list[str]:
    for line in note.splitlines():
        yield line
""",
    "an async pipeline": """
@pipeline  # here
async def told(note: str) -> str:
    return await shout(note)
""",
    "a generator pipeline": """
@pipeline  # here
def told(note: str) -> list[str]:
    yield shout(note)
""",
    "a pipeline with star arguments": """
@pipeline  # here
def told(*notes: str) -> str:
    return shout(notes[0])


told("a")
""",
    "a mutable default of a step": """
@step  # here
def collect(note: str, into: list[str] = []) -> list[str]:
    into.append(note)
    return into
""",
    "a forgotten return in a pipeline": """
@pipeline  # here
def told(note: str) -> str:
    shout(note)


told("a")
""",
    "a wrong result of a pipeline": """
@pipeline  # here
def told(note: str) -> int:
    return shout(note)


told("a")
""",
    "a handle in a returned dataclass": """
@dataclass
class Card:
    title: str


@pipeline  # here
def told(note: str) -> Card:
    return Card(title=shout(note))


told("a")
""",
    "an annotation of no known class": """
@step  # here
def tidy(note: "Nota") -> str:
    return note


@pipeline
def told(note: str) -> str:
    return tidy(note)


told("a")
""",
    "a local class after the step": """
def build():
    @step  # here
    def tidy(note: "Note") -> "Note":
        return note

    @pipeline
    def told(note: str) -> object:
        return tidy(note)

    @dataclass
    class Note:
        title: str

    return told


build()("a")
""",
    "a cyclic call": """
@pipeline
def ping(note: str) -> str:
    return pong(note)


@pipeline
def pong(note: str) -> str:
    return ping(shout(note))  # here


ping("a")
""",
    "a pipeline without a Static value": """
from flowdsl import Static


@pipeline  # here
def told(note: str, times: Static[int]) -> str:
    for _ in range(times):
        note = shout(note)
    return note


told.graph
""",
    "a handle for a Static input": """
from flowdsl import Static


@pipeline
def inner(note: str, times: Static[int]) -> str:
    for _ in range(times):
        note = shout(note)
    return note


@pipeline
def told(note: str) -> str:
    return inner(note, count(note))  # here


told("a")
""",
    "a step in two lanes": """
@step(threads=True, process=True)  # here
def tidy(note: str) -> str:
    return note
""",
    "an async step on threads": """
@step(threads=True)  # here
async def tidy(note: str) -> str:
    return note
""",
    "fewer retries than none": """
@step(retries=-1)  # here
def tidy(note: str) -> str:
    return note
""",
    "an unknown kind of resource": """
@step(reads="worksapce")  # here
def tidy(note: str) -> str:
    return note
""",
    "a tool without a docstring": """
@tool  # here
def look(note: str) -> str:
    return note
""",
    "a step used as an attribute of a pipeline": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.using(paralel=3)  # here
""",
    "a budget of parallel work below one": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.using(max_parallel=0)  # here
""",
    "a failing policy that does not exist": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.using(on_failure="ignore")  # here
""",
    "a Static value that does not exist": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.trace(tims=3)  # here
""",
    "a pipeline named with a slash": """
@pipeline
def told(note: str) -> str:
    return shout(note)


told.named("a/b")  # here
""",
}


@pytest.mark.parametrize("mistake", SCRIPTS)
def test_a_declaration_that_cannot_be_is_told(
    mistake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)

    assert expect_told(tmp_path, SCRIPTS[mistake]) == snapshot
