"""Options of a run are known and in their range, or refused with what they may be."""

from decimal import Decimal

import pytest

from flowdsl import pipeline
from flowdsl.errors import OptionError
from flowdsl.options import RunOptions, check_options
from flowdsl.testing import ScriptedProvider
from tests.dsl.examples import shout


@pipeline
def told(note: str) -> str:
    return shout(note)


async def agree(question: str, value: object) -> bool:
    return bool(question) or bool(value)


GOOD: dict[str, tuple[object, ...]] = {
    "model": ("mock:a", "fast"),
    "max_parallel": (1, 500),
    "budget_usd": (None, 2, 0.5, Decimal("0.1")),
    "timeout_s": (None, 0.5, 3),
    "grace_s": (0, 0.5, 30),
    "on_failure": ("stop", "continue"),
    "seed": (0, -3),
    "on_event": (print,),
    "on_text": (print,),
    "progress": (True, False),
    "keep_events": (True, False),
    "upto": ("shout",),
    "reuse": (None, told.run("a")),
    "providers": ({}, {"mock": ScriptedProvider([])}),
    "approver": (agree,),
    "workspace": (".",),
}
BAD: dict[str, tuple[str, tuple[object, ...]]] = {
    "model": ("'provider:model' or an alias", ("", "  ", None, 3)),
    "max_parallel": ("a whole number from 1", (0, -1, 1.5, True, "3", None)),
    "budget_usd": ("a number of dollars above 0", (0, -2, True, "3", float("inf"), float("nan"))),
    "timeout_s": ("a number of seconds above 0", (0, -2, True, "3")),
    "grace_s": ("a number of seconds from 0", (-1, True, None, "3")),
    "on_failure": ("'stop' or 'continue'", ("ignore", None, 1)),
    "seed": ("a whole number", (1.5, True, "a", None)),
    "on_event": ("a function", (None, "print")),
    "on_text": ("a function", (3,)),
    "progress": ("True or False", (1, None, "no")),
    "keep_events": ("True or False", (0,)),
    "upto": ("the name of a node", ("", 3)),
    "reuse": ("a Run", ("last",)),
    "providers": ("a mapping of prefixes to providers", ([], None)),
    "approver": ("a function", (True,)),
    "workspace": ("a folder", ("", None)),
}


def test_every_option_is_tried_here() -> None:
    assert set(GOOD) == set(BAD) == set(RunOptions.__annotations__)


@pytest.mark.parametrize("option", GOOD)
def test_values_in_range_are_taken(option: str) -> None:
    for value in GOOD[option]:
        check_options("told.using()", {option: value})


@pytest.mark.parametrize("option", BAD)
def test_values_out_of_range_are_told_what_they_may_be(option: str) -> None:
    wanted, values = BAD[option]
    for value in values:
        with pytest.raises(OptionError) as caught:
            check_options("told.using()", {option: value})
        assert caught.value.message == (
            f"told.using(): '{option}' must be {wanted}, not {value!r}."
        )
        assert caught.value.help == f"give {wanted}."
        assert caught.value.place is not None


def test_an_unknown_option_is_offered_its_neighbour() -> None:
    with pytest.raises(OptionError, match="'max_paralel' is no option") as caught:
        check_options("told.using()", {"max_paralel": 3})
    assert caught.value.help == "did you mean 'max_parallel'?"


def test_options_add_up() -> None:
    both = told.using(max_parallel=3).using(seed=7).using(max_parallel=4)

    assert both.options == {"max_parallel": 4, "seed": 7}
    assert told.options == {}
