"""What errors of runs say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors import run as of_runs
from flowdsl.errors.failed import StepFailedError
from flowdsl.errors.run import (
    ArgumentTypeError,
    CallDepthError,
    CancelledInsideError,
    CoroutineResultError,
    InputTypeError,
    ListenerFailedError,
    LoopBlockedError,
    MissingFunctionError,
    MissingInputError,
    NoApproverError,
    NoCaseError,
    NoSuchNodeError,
    NotApprovedError,
    NotRunnableError,
    NoValueError,
    ProcessStepError,
    ResultTypeError,
    RunTimeoutError,
    SerialEachError,
    StepTimeoutError,
    TooManyRoundsError,
    UnknownInputError,
    UnknownPipelineError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "step": StepFailedError("each[1]/parse", ValueError("no"), given="note='a'", place=AT),
    "step, silently": StepFailedError("parse", ValueError(), place=AT),
    "step, of our own": StepFailedError(
        "parse", ResultTypeError("parse", "int", "str 'a'"), place=AT
    ),
    "result": ResultTypeError("parse", "int", "str 'a'", place=AT),
    "argument": ArgumentTypeError("parse", "note", "str", "int 3", place=AT),
    "input": InputTypeError("audit", "note", "str", "int 3", why="It is no text."),
    "missing input": MissingInputError("audit", "note", "str"),
    "unknown input": UnknownInputError("audit", "nota", ["note"]),
    "no inputs": UnknownInputError("audit", "nota", []),
    "step timeout": StepTimeoutError("parse", 2.50),
    "run timeout": RunTimeoutError("audit", 60),
    "run timeout, at a model": RunTimeoutError("audit", 60, model_step="review"),
    "coroutine": CoroutineResultError("parse", place=AT),
    "blocked": LoopBlockedError("parse", 0.26, is_async=False),
    "blocked by async": LoopBlockedError("parse", 3, is_async=True),
    "serial": SerialEachError("each_parse", "parse"),
    "listener": ListenerFailedError("print", ValueError("no")),
    "node": NoSuchNodeError("shuot", ["shout"]),
    "value": NoValueError("'parse'", "it failed"),
    "case": NoCaseError("switch", "'c'", ("'a'", "'b'")),
    "rounds": TooManyRoundsError("loop", 3),
    "depth": CallDepthError("audit", 100),
    "pipeline": UnknownPipelineError("audti", ["audit"]),
    "approval": NotApprovedError("approve", "Send?"),
    "approver": NoApproverError("approve", "Send?"),
    "process": ProcessStepError("parse", "it is a lambda", place=AT),
    "function": MissingFunctionError("parse", "flows:parse"),
    "cancelled": CancelledInsideError("parse"),
    "kind": NotRunnableError("parse", "agent"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot


def test_every_error_of_runs_is_tried_here() -> None:
    tried = {type(error) for error in ERRORS.values()}
    known = {
        each
        for each in (*vars(of_runs).values(), StepFailedError)
        if isinstance(each, type)
        and issubclass(each, FlowError)
        and each.__module__ in (of_runs.__name__, StepFailedError.__module__)
    }

    assert known == tried


def test_a_failure_keeps_its_cause_and_stands_for_the_others() -> None:
    cause = ValueError("no")
    first = StepFailedError("a", cause)
    second = StepFailedError("b", KeyError("x"), given="n=1")
    first.others = (second,)

    assert first.__cause__ is cause
    assert first.problems == (first, second)
    assert str(first) == f"FD201: step 'a' failed: ValueError: no\n\n{second}"
    assert (second.path, second.given, second.run) == ("b", "n=1", None)


def test_a_failure_of_our_own_lends_its_place_and_cure() -> None:
    inner = ResultTypeError("parse", "int", "str", place=Place("steps.py", 2))
    error = StepFailedError("parse", inner, given="n=1", place=AT)

    assert (error.place, error.help) == (inner.place, inner.help)


def test_a_missing_node_is_a_missing_key_too() -> None:
    assert isinstance(NoSuchNodeError("a", []), KeyError)
