"""What holds of every error there is: its code, its page, its words, and that something raises it."""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeGuard

import pytest

import flowdsl.errors
import flowdsl.errors.base
from flowdsl.errors import FlowError, ManyProblemsError, Place
from tests.house import python_files, relative

AT = Place("review.py", 7, 3, "audit")
RANGES = {
    "tracing": range(101, 130),
    "types": range(130, 140),
    "graphs": range(140, 150),
    "expressions": range(150, 160),
    "failed": range(201, 230),
    "prompts": range(160, 180),
    "run": range(201, 230),
    "providers": range(230, 240),
    "asking": range(240, 250),
    "budget": range(250, 260),
    "keys": range(260, 270),
    "testing": range(270, 280),
    "setup": range(501, 530),
    "base": (0, 100),
}
FACTS: dict[str, object] = {
    "BaseException": ValueError("no"),
    "Decimal": Decimal("0.5"),
    "Iterable[str]": ["one", "two"],
    "Place": AT,
    "Place | None": AT,
    "Sequence[str]": ["one", "two"],
    "Severity": "error",
    "bool": True,
    "float": 1.5,
    "int": 1,
    "list[str]": ["one", "two"],
    "object": 3,
    "str": "ones",
    "str | None": "ones",
    "tuple[FlowError, ...]": (FlowError("a"), FlowError("b")),
    "tuple[str, ...]": ("one", "two"),
    "tuple[str, str]": ("one", "two"),
    "tuple[tuple[str, str], ...]": (("$.a", "is no number"),),
}
"""A fact of each type that an error's constructor takes."""
OPTIONAL = frozenset({"advice", "cure", "help", "known", "missing", "place"})
WITHOUT_CURE = frozenset(
    {"BodyRaisedError", "ManyProblemsError", "StepFailedError", "TargetImportError"}
)
"""Their cure is the one of what they carry."""
ONLY_BASES = frozenset({"FlowError", "PromptError"})


def is_error(found: object) -> TypeGuard[type[FlowError]]:
    return isinstance(found, type) and issubclass(found, FlowError)


CLASSES: dict[str, type[FlowError]] = {
    name: getattr(flowdsl.errors, name)
    for name in flowdsl.errors.__all__
    if is_error(getattr(flowdsl.errors, name))
}


def maker(name: str) -> Callable[..., FlowError]:
    return CLASSES[name]


def sample(name: str) -> FlowError:
    """An error of the class, made of the facts it must have, and of the place and the cure where it takes them."""
    make = maker(name)
    takes = inspect.signature(make).parameters.values()
    needed = [each for each in takes if each.default is each.empty or each.name in OPTIONAL]
    by_order = [FACTS[each.annotation] for each in needed if each.kind is not each.KEYWORD_ONLY]
    by_name = {
        each.name: FACTS[each.annotation] for each in needed if each.kind is each.KEYWORD_ONLY
    }
    return make(*by_order, **by_name)


@pytest.mark.parametrize("name", CLASSES)
def test_a_code_lies_in_the_range_of_its_room(name: str) -> None:
    code = CLASSES[name].code
    room = CLASSES[name].__module__.rpartition(".")[2]

    assert re.fullmatch(r"FD\d{3}", code)
    assert int(code[2:]) in RANGES[room]
    assert "code" in vars(CLASSES[name]), "a code is its class's own"


def test_no_two_errors_share_a_code() -> None:
    assert len({error.code for error in CLASSES.values()}) == len(CLASSES)


def test_every_class_of_the_rooms_is_public() -> None:
    rooms = [file.stem for file in python_files("flowdsl") if file.parent.name == "errors"]
    made = {
        each.__name__
        for room in rooms
        for each in vars(importlib.import_module(f"flowdsl.errors.{room}")).values()
        if is_error(each)
    }

    assert made == set(CLASSES)


def drawn() -> Iterator[tuple[str, str, int]]:
    """Name, code and depth of each line of the drawing."""
    for line in (flowdsl.errors.base.__doc__ or "").splitlines():
        found = re.fullmatch(r"([│├└─ ]+)(\w+)\s{2,}(FD\d{3})  \S.*", line)
        if found:
            yield found[2], found[3], len(found[1]) // 4


def test_the_drawing_shows_every_error_with_its_code_below_its_base() -> None:
    depths = {
        name: sum(base in CLASSES.values() for base in cls.__mro__) - 1
        for name, cls in CLASSES.items()
    }

    assert sorted(drawn()) == sorted(
        (name, cls.code, depths[name]) for name, cls in CLASSES.items() if name != "FlowError"
    )


@pytest.mark.parametrize("name", CLASSES)
def test_an_errors_page_begins_with_a_sentence_and_its_examples_are_python(name: str) -> None:
    page = inspect.getdoc(CLASSES[name]) or ""
    examples = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)

    assert re.match(r"[A-Z`].*[.]", page.splitlines()[0])
    for example in examples:
        ast.parse(textwrap.dedent(example))
    assert page.count("```") % 2 == 0


MUST_SHOW = (
    "CoroutineResultError",
    "EscapedHandleError",
    "HiddenHandleError",
    "NotYetKnownError",
    "PlainConditionError",
    "PythonDecidesError",
    "ResultTypeError",
    "SerialEachError",
    "StaticInputError",
    "SwitchCasesError",
    "TypeMismatchError",
)
"""Errors that everybody meets while learning the language: their pages show the mended code."""


@pytest.mark.parametrize("name", MUST_SHOW)
def test_the_page_of_an_error_that_beginners_meet_shows_code(name: str) -> None:
    assert "```python\n" in (CLASSES[name].__doc__ or "")


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"ManyProblemsError"}))
def test_an_error_says_its_code_and_message_then_where_then_the_cure(name: str) -> None:
    error = sample(name)
    said = str(error)

    assert said.startswith(f"{error.code}: {error.message}")
    rest = said.removeprefix(f"{error.code}: {error.message}").splitlines()
    expected = [f"  at {error.place}"] if error.place else []
    expected += [f"     {error.place.snippet}"] if error.place and error.place.snippet else []
    expected += f"  help: {error.help}".splitlines() if error.help else []
    assert rest[1:] == expected


@pytest.mark.parametrize("name", sorted(set(CLASSES) - WITHOUT_CURE))
def test_an_error_says_what_to_do(name: str) -> None:
    assert sample(name).help


@pytest.mark.parametrize("name", CLASSES)
def test_an_error_stands_for_itself_and_can_be_told_to_machines(name: str) -> None:
    error = sample(name)
    document = error.to_document()
    at = error.place

    assert set(document) - {"problems", "raised_at"} == {
        "code",
        "message",
        "path",
        "line",
        "column",
        "help",
    }
    assert document["code"] == error.code
    assert document["message"] == error.message == error.args[0]
    assert document["path"] == (at.path if at else None)
    assert document["line"] == (at.line if at else None)
    assert document["help"] == (error.help or None)
    assert error.problems == ((error,) if name != "ManyProblemsError" else error.problems)


def test_many_problems_are_told_one_by_one() -> None:
    error = ManyProblemsError((FlowError("a", place=AT), FlowError("b", help="c.")))

    assert str(error) == (
        "FD100: 2 problems were found.\n\nFD000: a\n  at review.py:7:3, in audit\n\n"
        "FD000: b\n  help: c."
    )
    assert error.to_document()["problems"] == [each.to_document() for each in error.problems]


def test_something_raises_every_error() -> None:
    used = {
        node.id if isinstance(node, ast.Name) else node.attr
        for file in python_files("flowdsl")
        if not relative(file).startswith("flowdsl/errors/")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name | ast.Attribute)
    }

    assert set(CLASSES) - used - ONLY_BASES == set()
