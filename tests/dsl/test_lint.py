"""Reading a pipeline's source finds what a handle can't notice, and leaves plain Python alone."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

from flowdsl.dsl.lint import lint
from flowdsl.errors import FlowError
from flowdsl.errors.tracing import PythonDecidesError

HEAD = """
import flowdsl
from flowdsl import contains, each, given, is_none, loop, pipeline, size, step, switch, text, when

SETTINGS = {"strict": True}


class Options:
    retries = 3
    stages = ["a", "b"]


@step
def grade(note: str) -> str:
    return note


class Steps:
    grade = grade


@pipeline
def inner(note: str) -> str:
    return grade(note)

"""


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., list[PythonDecidesError]]]:
    """Lints a function `told` of the given source."""
    names: list[str] = []

    def read(
        source: str, *, handles: tuple[str, ...] = ("note", "notes")
    ) -> list[PythonDecidesError]:
        name = f"linted_{len(names)}"
        names.append(name)
        file = tmp_path / f"{name}.py"
        file.write_text(HEAD + source, encoding="utf-8")
        found = lint(_load(name, file).told, handles=set(handles))
        assert all(isinstance(each, PythonDecidesError) for each in found)
        return [each for each in found if isinstance(each, PythonDecidesError)]

    yield read
    for name in names:
        sys.modules.pop(name, None)


def _load(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def body(lines: str) -> str:
    shown = "\n".join(f"    {line}" for line in lines.strip().splitlines())
    return f"def told(note, notes, times=2, config=Options):\n{shown}\n"


Read = Callable[..., list[PythonDecidesError]]

FOUND = {
    "if note: pass": "`if note`",
    "if grade(note) == 'a': pass": "`if grade(note) == 'a'`",
    "if note.title: pass": "`if note.title`",
    "if note[0] + 1: pass": "`if note[0] + 1`",
    "if 1 + note: pass": "`if 1 + note`",
    "if -note: pass": "`if -note`",
    "if Steps.grade('a'): pass": "`if Steps.grade('a')`",
    "if grade.named('b')('a'): pass": "`if grade.named('b')('a')`",
    "if inner('a'): pass": "`if inner('a')`",
    "if size([1]) == 1: pass": "`if size([1]) == 1`",
    "if flowdsl.size([1]): pass": "`if flowdsl.size([1])`",
    "x = note if note else 1": "`… if note else …`",
    "while note: pass": "`while note`",
    "assert note": "`assert note`",
    "x = note and 1": "`and`",
    "x = 1 or note": "`or`",
    "x = not note": "`not`",
    "x = note is None": "`note is None`",
    "x = None is not note": "`None is not note`",
    "x = note in ['a']": "`note in ['a']`",
    "x = 'a' not in note": "`'a' not in note`",
    "x = 1 < note < 3": "the chain `1 < note < 3`",
    "x = isinstance(note, str)": "`isinstance(note, …)`",
    "x = type(note)": "`type(note, …)`",
    "x = getattr(note, 'a', None)": "`getattr(note, …)` with a default",
    "x = hasattr(note, 'a')": "`hasattr(note, …)`",
    "x = f'{1} {note}'": "the f-string with `note`",
    "for x in notes: pass": "`for … in notes`",
    "x = [y for y in notes]": "the comprehension over `notes`",
    "x = {y for y in notes}": "the comprehension over `notes`",
    "x = {y: 1 for y in notes}": "the comprehension over `notes`",
    "x = list(y for y in notes)": "the comprehension over `notes`",
    "x = [y for y in 'ab' if note]": "`if note`",
    "x = [z for y in 'ab' for z in notes]": "the comprehension over `notes`",
    "match note:\n    case 'a': pass": "`match note`",
    "try:\n    x = grade(note)\nexcept ValueError:\n    pass": "`try` around a step",
    "if (x := note): pass": "`if (x := note)`",
    "if (x := note) == 1: pass": "`if (x := note) == 1`",
    "x = note\nif x: pass": "`if x`",
    "x: str = note\nif x: pass": "`if x`",
    "x = y = note\nif y: pass": "`if y`",
    "x, y = 1, note\nif y: pass": "`if y`",
    "x = 1\nx += note\nif x: pass": "`if x`",
    "(x := note)\nif x: pass": "`if x`",
    "with open('a') as file:\n    if note: pass": "`if note`",
    "for x in range(3):\n    if note: pass": "`if note`",
    "x = each(notes, lambda one: 1 if one else 2)": "`… if one else …`",
    "x = switch(note, {'a': lambda: 1 if note else 2})": "`… if note else …`",
    "def branch(one):\n    if one: pass\nx = each(notes, branch)": "`if one`",
    "def branch():\n    if note: pass": "`if note`",
    "x = loop(note, grade, until=lambda one: one is None)": "`one is None`",
}


@pytest.mark.parametrize("source", FOUND)
def test_what_decides_about_a_handle_is_found(source: str, told: Read) -> None:
    problems = told(body(source))

    assert [problem.syntax for problem in problems] == [FOUND[source]]
    assert problems[0].help.startswith("write ")


LEFT_ALONE = (
    "if times > 3: pass",
    "if SETTINGS['strict']: pass",
    "if config.retries: pass",
    "for stage in config.stages: note = grade(note)",
    "for _ in range(times): note = grade(note)",
    "x = [stage for stage in config.stages if stage]",
    "x = {stage: len(stage) for stage in config.stages if stage != 'a'}",
    "x = [note for note in config.stages if note]",
    "x = sum(1 for note in config.stages if note)",
    "x = {note for note in config.stages if note}",
    "x = f'{times} {config.retries!r}'",
    "x = isinstance(times, int) and times > 3",
    "x = getattr(config, 'stages', None) or []",
    "x = getattr(note, 'title')",
    "x = 1 < times < 3",
    "x = None\nif x is None: x = note",
    "note = 'plain'\nif note: pass",
    "note, x = 'plain', 1\nif note: pass",
    "note: str = 'plain'\nif note: pass",
    "note: str\nx = 1",
    "note, x = divmod(7, 2)\nif note: pass",
    "for note in config.stages:\n    if note: pass",
    "for x, note in enumerate(config.stages):\n    if note: pass",
    "with open('a') as note:\n    if note: pass",
    "with open('a'):\n    pass",
    "times += 1\nif times: pass",
    "config.seen = note\nif times: pass",
    "x = sorted(config.stages, key=lambda note: 1 if note else 2)",
    "def tidy(note):\n    return 1 if note else 2\nx = tidy('a')",
    "@step\ndef tidy(note: str) -> str:\n    return 'a' if note else 'b'\nx = tidy(note)",
    "try:\n    x = int('3')\nexcept ValueError:\n    x = 1",
    "match times:\n    case 1: pass",
    "x = (note > 1) & (note < 3)",
    "x = note == 'a'",
    "x = is_none(note)",
    "x = when(note == 'a', lambda: note, otherwise='b')",
    "x = each(notes, lambda one: grade(one))",
    "x = config.stages.index('a') if 'a' in config.stages else 0",
    "if (x := times) > 3: pass",
    "x = (lambda: 1)() if times else 2",
    "x = config.make()() if times else 2",
    "x = text('{{ a }}', a=note)",
)


@pytest.mark.parametrize("source", LEFT_ALONE)
def test_plain_python_is_left_alone(source: str, told: Read) -> None:
    assert told(body(source)) == []


def test_a_word_of_another_library_is_no_control_word(told: Read) -> None:
    source = "def text(value): return value\n\n" + body("if text('a'): pass\nif size is None: pass")

    assert told(source) == []


def test_a_static_input_is_no_handle(told: Read) -> None:
    assert told(body("if note: pass"), handles=("notes",)) == []


def test_a_closure_is_looked_into(told: Read) -> None:
    source = """
def make():
    from flowdsl import step

    @step
    def look(note: str) -> str:
        return note

    limit = 3

    def told(note):
        if limit: pass
        if look(note): pass
        if later: pass
        if later("a"): pass

    if limit > 3:
        later = None
    return told


told = make()
"""
    assert [problem.syntax for problem in told(source)] == ["`if look(note)`"]


def test_several_problems_come_in_the_order_of_the_source(told: Read) -> None:
    problems = told(body("if note: pass\nx = not note\nfor y in notes: pass"))

    assert [problem.syntax for problem in problems] == ["`if note`", "`not`", "`for … in notes`"]


def test_places_are_lines_and_columns_of_the_file(told: Read) -> None:
    source = "if times:\n    def told(note):\n        x = 1\n        return 2 if note else 3\n"
    (problem,) = told(f"times = 1\n{source}")

    lines = (HEAD + "times = 1\n" + source).splitlines()
    assert problem.place is not None
    assert lines[problem.place.line - 1].strip() == "return 2 if note else 3"
    assert problem.place.column == lines[problem.place.line - 1].index("note") + 1
    assert problem.place.function == "told"
    assert problem.place.snippet is None
    assert problem.last_line == problem.place.line


def test_syntax_over_several_lines_says_where_it_ends(told: Read) -> None:
    (problem,) = told(body("match note:\n    case 'a':\n        pass"))

    assert problem.place is not None
    assert problem.last_line == problem.place.line + 2


def test_long_code_is_not_repeated(told: Read) -> None:
    (problem,) = told(body(f"if note == '{'a' * 90}': pass"))

    assert problem.syntax == "`if …`"


CURES = {
    "x = 1 < note <= 3": "(1 < note) & (note <= 3)",
    "x = note is None": "is_none(note)",
    "x = note is not None": "not_(is_none(note))",
    "x = note is notes": "== or !=",
    "x = 'a' in note": "contains(note, 'a')",
    "x = 'a' not in note": "not_(contains(note, 'a'))",
    "x = not note": "not_(note)",
    "x = note and notes": "all_of(note, notes), or (…) & (…)",
    "x = note or notes": "any_of(note, notes), or (…) | (…)",
    "x = note or 'a'": "when(condition, value, otherwise=…), or given(value, lambda it: it, otherwise=…) where it may be None",
    "for x in notes: pass": "each(notes, step)",
    "x = f'{note}'": 'text("… {{ value }} …", value=note)',
}


@pytest.mark.parametrize("source", CURES)
def test_the_cure_is_written_for_the_very_line(source: str, told: Read) -> None:
    (problem,) = told(body(source))

    assert problem.help == f"write {CURES[source]}."


def test_what_has_no_source_is_not_linted() -> None:
    code = compile("def told(note):\n    return 1 if note else 2\n", "<nowhere>", "exec")
    inner = next(each for each in code.co_consts if isinstance(each, CodeType))

    def decide(note: object) -> int:
        return 1 if note else 2

    unnamed: Callable[[object], object] = lambda note: 1 if note else 2  # noqa: E731 - a lambda is the point

    assert lint(FunctionType(inner, {}), handles={"note"}) == []
    assert lint(unnamed, handles={"note"}) == []
    assert len(lint(decide, handles={"note"})) == 1


def test_a_line_of_a_notebook_cell_is_shown(
    told: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = str(tmp_path / "linted_0.py")

    def shown(path: str) -> str:
        return {cell: "cell In[3]"}[path]

    monkeypatch.setattr("flowdsl.dsl.lint.shown_path", shown)

    (problem,) = told(body("if note: pass"))

    assert problem.place is not None
    assert (problem.place.path, problem.place.snippet) == ("cell In[3]", "note")
    assert isinstance(problem, FlowError)
