"""Where Python itself raised an error, near names are offered."""

from __future__ import annotations

import types

import pytest

import flowdsl
from flowdsl.errors.cures import cure_of, near_only

WORDS = {"hello": 1}
a_module = types.ModuleType("a_module")
vars(a_module)["__all__"] = ["shown"]
vars(a_module)["hidden"] = 1


class Box:
    """A thing with a name in it."""

    def __init__(self, *, width: int = 1) -> None:
        self.width = width

    def opened(self, *, slowly: bool = False) -> None:
        """Do nothing."""


def sized(width: int, *, height: int = 1, **more: int) -> int:
    """Many keywords."""
    return width + height + len(more)


def exact(width: int, /, *, height: int = 1) -> int:
    """One keyword."""
    return width + height


def ran(source: str) -> BaseException:
    """What a line of the user's raises."""
    names = {
        "flowdsl": flowdsl,
        "Box": Box,
        "exact": exact,
        "sized": sized,
        "a_module": a_module,
        "users_own": 1,
    }
    try:
        types.FunctionType(compile(source, "users.py", "exec"), names)()
    except BaseException as error:  # noqa: BLE001 - it is what is looked at
        return error
    raise AssertionError(source)


@pytest.mark.parametrize(
    ("source", "cure"),
    [
        ("from flowdsl import pipelin", "did you mean 'pipeline' or 'Pipeline'?"),
        ("from flowdsl import nothing_like_it", "there are Document, Graph, "),
        ("from flowdsl.errors import FlowEror", "did you mean 'FlowError'"),
        ("from flowdsl.errors import zzz", ""),
        ("import flowdsl.erors", "did you mean 'errors'?"),
        ("import no_such_thing", "install what brings 'no_such_thing', or put it beside"),
        ("eech", "did you mean 'exec' or 'each'?"),
        ("each", "write `from flowdsl import each`."),
        ("user_own", "did you mean 'users_own'?"),
        ("zzzzzz", ""),
        ("def f():\n    x\n    x = 1\nf()", ""),
        ("flowdsl.stepp", "did you mean 'step'?"),
        ("a_module.show", "did you mean 'shown'?"),
        ("Box().widht", "did you mean 'width'?"),
        ("None.width", ""),
        ("exact(1, heigth=2)", "did you mean 'height'?"),
        ("exact(1, zzz=2)", "there are height."),
        ("Box(widht=2)", "did you mean 'width'?"),
        ("Box().opened(slow=True)", "did you mean 'slowly'?"),
        ("flowdsl.step(thread=True)", "did you mean 'threads' or 'reads'?"),
        ("(lambda: 1)(zzz=2)", ""),
        ("int(zzz=2)", ""),
        ("exact()", ""),
        ("flowdsl.when(True, 1)", "write `otherwise=…`: what it is when the condition"),
        ("flowdsl.when()", "write `otherwise=…`"),
        ("1 / 0", ""),
        ("raise ImportError('no words')", ""),
        ("raise ImportError('no words', name='flowdsl')", ""),
    ],
    ids=str,
)
def test_a_python_error_of_the_users_has_a_cure(source: str, cure: str) -> None:
    said = cure_of(ran(source))

    assert said.startswith(cure)
    assert bool(said) == bool(cure)


def test_an_error_that_was_never_raised_offers_what_flowdsl_has() -> None:
    assert cure_of(NameError("x", name="eac")) == "did you mean 'each'?"
    assert cure_of(TypeError("f() got an unexpected keyword argument 'x'")) == ""


def test_only_near_names_are_offered() -> None:
    assert near_only("ona", ["one", "one", "two"]) == "did you mean 'one'?"
    assert near_only("zzz", ["one", "two"]) == ""
