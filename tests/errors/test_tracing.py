"""What errors of tracing say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import (
    ArgumentError,
    CyclicCallError,
    DeclarationError,
    EscapedHandleError,
    FlowError,
    HiddenHandleError,
    NotAStepError,
    NotYetKnownError,
    OptionError,
    Place,
    PlainConditionError,
    PythonDecidesError,
    StaticInputError,
    SwitchCasesError,
    TypeMismatchError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "not yet known": NotYetKnownError("grade", used_as="a condition", instead="when(…)", place=AT),
    "type": TypeMismatchError("count", "int", "shout.note", "str", place=AT),
    "type with a reason": TypeMismatchError(
        "found", "list[A]", "show.all", "list[B]", why="item: A", advice="convert it.", place=AT
    ),
    "arguments": ArgumentError("shout", missing=("note",), signature="(note: str)", place=AT),
    "all arguments": ArgumentError(
        "shout",
        missing=("note", "tone"),
        unknown=("nota",),
        twice=("by",),
        surplus=2,
        known=("note", "tone"),
        signature="(note: str, tone: str)",
        place=AT,
    ),
    "an argument like none": ArgumentError(
        "shout", unknown=("qqq",), known=("note",), signature="(note: str)", place=AT
    ),
    "plain condition": PlainConditionError("when()", value=True, place=AT),
    "plain value": PlainConditionError("given()", "a", is_condition=False, place=AT),
    "hidden": HiddenHandleError("grade", "Card", "render.card", place=AT),
    "escaped": EscapedHandleError("grade", after_tracing=False, place=AT),
    "outlived": EscapedHandleError("grade", after_tracing=True, place=AT),
    "cyclic": CyclicCallError("ping", ("ping", "pong", "ping"), place=AT),
    "python": PythonDecidesError("`if x`", because="decides", instead="when(x, …)", place=AT),
    "no step": NotAStepError("each()", "3", instead="give it a step", place=AT),
    "declaration": DeclarationError("audit", "is async", instead="write 'def'", place=AT),
    "cases": SwitchCasesError("grade", "no case for 'b'", instead="add it, or default=…", place=AT),
    "static": StaticInputError("audit", "times", handle=False, place=AT),
    "static handle": StaticInputError("audit", "times", handle=True, place=AT),
    "option": OptionError("using()", "modle", "is no option", known=("model",), place=AT),
    "range": OptionError("using()", "seed", "must be a whole number, not 'a'", place=AT),
    "bounds": OptionError("@prompt", "heat", "must lie between 0 and 2, not 3", place=AT),
    "meant": OptionError("@step", "reads", "is odd", meant="paht", known=("path",), place=AT),
    "advised": OptionError("loop()", "until", "is missing", advice="write it.", place=AT),
    "unadvised": OptionError("loop()", "rounds", "were reached", place=AT),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot


def test_facts_are_kept() -> None:
    mismatch = TypeMismatchError("count", "int", "shout.note", "str")
    arguments = ArgumentError("shout", missing=("a",), unknown=("b",))

    assert (mismatch.source, mismatch.target) == ("count", "shout.note")
    assert (arguments.step, arguments.missing, arguments.unknown) == ("shout", ("a",), ("b",))
    assert PythonDecidesError("x", because="y", instead="z", last_line=9).last_line == 9
    assert HiddenHandleError("grade", "Card", "x").handle == "grade"
    assert NotYetKnownError("grade", used_as="text", instead="x").handle == "grade"
