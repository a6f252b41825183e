"""Errors of targets, inputs and settings say what to do."""

from __future__ import annotations

import inspect

from flowdsl.errors import FlowError, setup
from flowdsl.errors.setup import BodyRaisedError, NotATargetError, NothingToRunError


def test_codes_lie_in_the_rooms_range_and_are_distinct() -> None:
    codes = [
        each.code
        for each in vars(setup).values()
        if inspect.isclass(each)
        and issubclass(each, FlowError)
        and each.__module__ == setup.__name__
    ]

    assert codes == sorted(set(codes))
    assert all("FD501" <= code <= "FD529" for code in codes)


def test_steps_that_could_be_run_alone_are_named() -> None:
    assert "`a.py:x` or `a.py:y`" in NothingToRunError("a.py", ["x", "y"]).help
    assert "@pipeline" in NothingToRunError("a.py", []).help


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert BodyRaisedError("flow", AssertionError()).message.endswith("traced: AssertionError")
    assert BodyRaisedError("flow", KeyError("a")).help == ""


def test_a_thing_that_cannot_be_run_is_named_by_its_type() -> None:
    assert "of type int" in NotATargetError("a.py:x", "int").message
