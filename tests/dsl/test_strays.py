"""Handles inside objects and coroutines nobody awaits do not get into a graph."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import pytest
from pydantic import BaseModel

from flowdsl import each, pipeline, step, when
from flowdsl.dsl.computing import COMPUTING
from flowdsl.dsl.scope import Scope, Session
from flowdsl.dsl.strays import hidden_handle, note_hidden, refuse_stray
from flowdsl.errors import HiddenHandleError, NotAStepError, Place
from flowdsl.ir.types import STR
from tests.dsl.examples import shout


@dataclass
class Card:
    title: object
    seen: list[object] = field(default_factory=list[object])


@dataclass(slots=True)
class Slotted:
    title: object


class Plain:
    def __init__(self, title: object) -> None:
        self.title = title

    def __repr__(self) -> str:
        return f"Plain({self.title!r})"  # part of a test's name, which every worker must give alike


class Pair(NamedTuple):
    left: object
    right: object


class Page(BaseModel):
    title: str


AT = Place("audit.py", 3)
SCOPE = Scope(Session(COMPUTING))
NOTE = SCOPE.add_input("note", STR)


# By name, since pytest asks a bare handle for its class.
HIDING: dict[str, object] = {
    "itself": NOTE,
    "list": [NOTE],
    "tuple": (1, (NOTE,)),
    "dict": {"a": {"b": NOTE}},
    "dataclass": Card(NOTE),
    "list in a dataclass": Card("a", [1, NOTE]),
    "slots": Slotted(NOTE),
    "plain object": Plain(NOTE),
    "named tuple": Pair(1, NOTE),
    "object in a dataclass in a list": [Card(Plain([NOTE]))],
    "model": Page.model_construct(title=NOTE),
}


@pytest.mark.parametrize("place", HIDING)
def test_a_handle_is_found_wherever_it_hides(place: str) -> None:
    assert hidden_handle(HIDING[place]) is NOTE


@pytest.mark.parametrize(
    "value",
    [None, 3, "note", b"", [1, ["a"]], {"a": 1}, Card("a"), Plain(1), Card, print, Page(title="a")],
    ids=repr,
)
def test_values_without_a_handle_are_let_through(value: object) -> None:
    assert hidden_handle(value) is None


def test_looking_ends_at_some_depth() -> None:
    assert hidden_handle([[[NOTE]]]) is NOTE
    assert hidden_handle([[[[[NOTE]]]]]) is None

    ring = Plain(None)
    ring.title = ring
    assert hidden_handle(ring) is None


def test_a_hidden_handle_is_noted_once_with_what_hides_it() -> None:
    scope = Scope(Session(COMPUTING))

    assert note_hidden(scope, Card(NOTE), "render.card", AT)
    assert not note_hidden(scope, Card("a"), "render.card", AT)

    (problem,) = scope.session.problems
    assert isinstance(problem, HiddenHandleError)
    assert problem.message.startswith("'note' is hidden inside a Card given to 'render.card'")
    assert problem.place == AT


def test_a_coroutine_is_closed_and_refused() -> None:
    async def fetch() -> None: ...

    made = fetch()
    with pytest.raises(NotAStepError, match=r"the coroutine of '.*fetch', which is not") as caught:
        refuse_stray(made, "'shout.note'", AT)

    assert caught.value.place == AT
    assert made.cr_frame is None
    refuse_stray("a", "'shout.note'")


@step
def render(card: object) -> str:
    return str(card)


@step
def make(note: str) -> Card:
    return Card(note)


def test_handles_hide_in_no_result_branch_item_or_expression() -> None:
    @pipeline
    def result(note: str) -> object:
        return Card(shout(note))

    @pipeline
    def branch(note: str) -> object:
        return when(note == "a", lambda: Card(note), otherwise=None)

    @pipeline
    def items(note: str) -> object:
        return each([Card(note)], render)

    @pipeline
    def items_beside_a_handle(note: str) -> object:
        return each([note, Card(note)], render)

    @pipeline
    def compared(note: str) -> object:
        return make(note) == Card(note)

    for flow in (result, branch, items, items_beside_a_handle, compared):
        assert [type(each) for each in flow.check()] == [HiddenHandleError], flow.name


async def one_by_one() -> AsyncIterator[int]:
    """Gives a number."""
    yield 1


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ((n for n in [1]), "generator"),
        (iter([1]), "list iterator"),
        (map(str, [1]), "map"),
        (zip([1], [2], strict=True), "zip"),
        (chain([1], [2]), "chain"),
        (one_by_one(), "async generator"),
    ],
)
def test_what_gives_its_items_only_once_is_refused(made: object, kind: str) -> None:
    with pytest.raises(NotAStepError) as caught:
        refuse_stray(made, "'shout.note'", AT)

    assert caught.value.message == f"'shout.note' got a {kind}, which gives its items only once."
    assert caught.value.help == "write each(items, step), or give a list: [… for … in …]."


@pytest.mark.parametrize("made", [[1], (1,), {1: 2}, range(3), "a", None, Plain("a")])
def test_what_can_be_read_again_is_not(made: object) -> None:
    refuse_stray(made, "'shout.note'", AT)


def test_a_generator_with_a_handle_in_it_does_not_get_into_a_graph() -> None:
    @step
    def total(notes: Iterable[str]) -> str:
        return "".join(notes)

    @pipeline
    def handed(note: str) -> str:
        return total(part for part in [note])

    @pipeline
    def returned(note: str) -> object:
        return (part for part in [note])

    @pipeline
    def branched(note: str) -> object:
        return when(note == "a", (part for part in [note]), otherwise=note)

    for flow in (handed, returned, branched):
        with pytest.raises(NotAStepError, match="a generator, which gives") as caught:
            _ = flow.graph
        assert caught.value.place is not None
        assert caught.value.place.path.endswith("test_strays.py")
