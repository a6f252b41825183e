"""Which names of a pipeline's source hold handles."""

import ast

import pytest

from flowdsl import each, pipeline, size, step
from flowdsl.dsl.naming import Naming


@step
def grade(note: str) -> str:
    return note


@pipeline
def inner(note: str) -> str:
    return grade(note)


def told() -> tuple[object, ...]:
    """Its global names are what the sources below may use."""
    return grade, inner, each, size


def handles_after(source: str) -> set[str]:
    """The names that hold handles at the end of a function's body whose parameter `note` is one."""
    naming = Naming(told, {"note"})
    lines = "\n".join(f"    {line}" for line in source.splitlines())
    tree = ast.parse(f"def told(note):\n{lines}").body[0]
    assert isinstance(tree, ast.FunctionDef)
    naming.read(tree)
    return naming.handles


AFTER = {
    "x = 1": {"note"},
    "x = note": {"note", "x"},
    "x = y = note": {"note", "x", "y"},
    "x = grade('a')": {"note", "x"},
    "x = inner('a').title[0]": {"note", "x"},
    "x = each(['a'], grade)": {"note", "x"},
    "x = size('a') + 1": {"note", "x"},
    "x = ~note": {"note", "x"},
    "x = -note": {"note", "x"},
    "x = +note": {"note"},
    "x = not note": {"note"},
    "x = note == 1": {"note", "x"},
    "x = 1 == note": {"note", "x"},
    "x = note is None": {"note"},
    "x = 'a' in note": {"note"},
    "x = len(note)": {"note"},
    "x = note.upper()": {"note"},
    "note = 1": set[str](),
    "del note": {"note"},
    "x: str = note": {"note", "x"},
    "note: str = 'a'": set[str](),
    "note: str": {"note"},
    "x, y = note, 1": {"note", "x"},
    "[x, y] = [note, note]": {"note", "x", "y"},
    "(x, z), y = (note, 1), 1": {"note", "x"},
    "x, note = 1, 2": set[str](),
    "note, x = divmod(1, 2)": set[str](),
    "x.y = note": {"note"},
    "x[0] = note": {"note"},
    "x += note": {"note", "x"},
    "note += 1": {"note"},
    "x.y += note": {"note"},
    "(x := note)": {"note", "x"},
    "for note in 'ab': pass": set[str](),
    "for x in 'ab':\n    y = note\nelse:\n    z = note": {"note", "y", "z"},
    "with open('a') as note: pass": set[str](),
    "with open('a') as x:\n    y = note": {"note", "y"},
    "with open('a'): x = note": {"note", "x"},
    "x = [note for note in 'ab']": {"note"},
    "f = lambda note: note": {"note"},
    "def f(x):\n    y = note": {"note"},
    "@step\ndef f(x):\n    y = note": {"note"},
    "each('ab', lambda x: x)": {"note"},
    "if note:\n    x = note": {"note", "x"},
}


@pytest.mark.parametrize("source", AFTER)
def test_a_name_holds_what_was_put_into_it_last(source: str) -> None:
    assert handles_after(source) == AFTER[source]


class Inside(Naming, ast.NodeVisitor):
    """Remembers which names are handles at each call of `look`."""

    def __init__(self) -> None:
        super().__init__(told, {"note"})
        self.seen: list[set[str]] = []

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "look":
            self.seen.append(set(self.handles))
        self.generic_visit(node)


INSIDE = {
    "each('ab', lambda x: look())": {"note", "x"},
    "each('ab', do=lambda x: look())": {"note", "x"},
    "each('ab', lambda x, *y, z=1: look())": {"note", "x", "y", "z"},
    "sorted('ab', key=lambda note: look())": set[str](),
    "def f(x): look()\neach('ab', f)": {"note", "x"},
    "def f(note): look()": set[str](),
    "def f(note): look()\nsize(f)": set[str](),
    "def f(): look()": {"note"},
    "def f():\n    note = 1\n    look()": set[str](),
    "[look() for note in 'ab']": set[str](),
    "[1 for note in 'ab' if look()]": set[str](),
    "[1 for x in look()]": {"note"},
    "{1: look() for note in 'ab'}": set[str](),
}


@pytest.mark.parametrize("source", INSIDE)
def test_bodies_know_their_own_names(source: str) -> None:
    inside = Inside()
    lines = "\n".join(f"    {line}" for line in source.splitlines())
    tree = ast.parse(f"def told(note):\n{lines}").body[0]
    assert isinstance(tree, ast.FunctionDef)

    inside.read(tree)

    assert inside.seen == [INSIDE[source]]
    assert "note" in inside.handles
