"""Causes that hold a secret are printed without it, and stay what they are for programs."""

from __future__ import annotations

import traceback

import pytest

from flowdsl.errors import FlowError
from flowdsl.errors.frames import user_frames
from flowdsl.errors.veiled import veil_causes

KEY = "sk-ant-api03-AbC_123-xyz9876543"


class OwnError(OSError):
    """An error with attributes of its own."""

    def __init__(self, number: int, said: str, *, where: str) -> None:
        super().__init__(number, said)
        self.where = where


class FinalError(Exception):
    """Nobody may build upon it."""

    def __init_subclass__(cls) -> None:
        raise TypeError


class MuteError(Exception):
    """Its words fail."""

    def __str__(self) -> str:
        raise ValueError


def fails_with(cause: Exception) -> None:
    raise cause


def caused_by(cause: Exception) -> FlowError:
    error = FlowError("it failed")
    try:
        fails_with(cause)
    except (LookupError, OSError, ValueError, FinalError, MuteError) as inner:
        error.__cause__ = error.__context__ = inner
    return error


def printed(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def test_what_python_prints_shows_no_secret_and_programs_see_no_difference() -> None:
    cause = OwnError(3, f"no {KEY}", where="here")
    cause.add_note(f"it was {KEY}")
    error = caused_by(cause)
    assert KEY in printed(error)

    veil_causes(error)

    seen = error.__cause__
    said = printed(error)
    assert KEY not in said
    assert "OwnError: [Errno 3] no sk-ant-[redacted]" in said
    assert "it was sk-ant-[redacted]" in said
    assert isinstance(seen, OwnError)
    assert (seen.where, seen.errno, seen.args) == ("here", 3, (3, f"no {KEY}"))
    assert seen.__traceback__ is cause.__traceback__
    assert KEY not in repr(seen)


def test_a_cause_without_a_secret_stays_itself() -> None:
    for cause in (ValueError("all is well"), MuteError()):
        error = caused_by(cause)

        veil_causes(error)

        assert error.__cause__ is cause


def test_what_lies_deeper_is_veiled_too_and_what_is_hidden_stays_hidden() -> None:
    deep = ValueError(KEY)
    middle = KeyError("x")
    middle.__context__ = deep
    middle.__suppress_context__ = True
    error = caused_by(middle)

    veil_causes(error)

    assert isinstance(middle.__context__, ValueError)
    assert KEY not in str(middle.__context__)
    assert middle.__suppress_context__
    assert error.__context__ is error.__cause__


def test_a_class_that_cannot_be_built_upon_keeps_its_name() -> None:
    error = caused_by(FinalError(KEY))

    veil_causes(error)

    assert "FinalError: sk-ant-[redacted]" in printed(error)


def test_errors_in_a_circle_are_no_trouble() -> None:
    one, other = ValueError(KEY), ValueError("b")
    one.__context__, other.__context__ = other, one

    veil_causes(other)

    assert KEY not in printed(other)


@pytest.mark.parametrize("full", ["0", "1"])
def test_it_is_done_where_an_error_leaves_flowdsl(
    full: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWDSL_FULL_TRACEBACK", full)
    error = caused_by(ValueError(KEY))

    with pytest.raises(FlowError), user_frames:
        raise error

    assert isinstance(error.__cause__, ValueError)
    assert str(error.__cause__) == "sk-ant-[redacted]"
