"""No failure is lost: items of an `each`, branches of a sub-pipeline, rounds of a loop; very many are counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from flowdsl import each, loop, pipeline, step
from flowdsl.errors import RunInterruptedError, StepFailedError
from flowdsl.events.records import Event, Warned
from tests.runtime.building import is_run


@step(inline=True)
def odd(n: int) -> int:
    """Fails for even numbers."""
    if n % 2 == 0:
        raise ValueError(n)
    return n


@step(inline=True)
def other(n: int) -> int:
    """Fails always."""
    raise KeyError(n)


@pipeline
def both(n: int) -> list[int]:
    """Two steps that do not wait for each other."""
    return [odd(n), other(n)]


@pipeline
def items(ns: list[int]) -> list[int]:
    """One step an item."""
    return each(ns, odd)


@pipeline
def pairs(ns: list[int]) -> list[list[int]]:
    """Two steps an item."""
    return each(ns, lambda n: [odd(n), other(n)])


@pipeline
def nested(rows: list[list[int]]) -> list[list[int]]:
    """An `each` in an `each`."""
    return each(rows, lambda row: each(row, odd))


@pipeline
def lenient(rows: list[list[int]]) -> list[list[int]]:
    """What fails inside is left out."""
    return each(rows, lambda row: each(row, odd), skip_failed=True)


@pipeline
def rounds(n: int) -> int:
    """A loop whose one round does two things."""
    return loop(n, lambda n: odd(n) + other(n), max_rounds=2, until=lambda n: n > 9)


@pipeline
def called(n: int) -> list[int]:
    """A sub-pipeline."""
    return both(n)


@step(spends=True)
async def paid(n: int) -> int:
    """Costs something."""
    await asyncio.sleep(0.05)
    return n


@step
async def soon(n: int) -> int:
    """Fails while others are at work."""
    await asyncio.sleep(0.01)
    raise ValueError(n)


@pipeline
def beside(n: int) -> list[int]:
    """Something fails beside what is paid for."""
    return [paid(n), paid(n), paid(n), paid(n), paid(n), soon(n)]


def warnings_into(told: list[Warned]) -> Callable[[Event], None]:
    """A listener that keeps warnings."""

    def listen(event: Event) -> None:
        if isinstance(event, Warned):
            told.append(event)

    return listen


def failure_of(run: Callable[[], object]) -> StepFailedError:
    """How a run fails."""
    with pytest.raises(StepFailedError) as failed:
        run()
    return failed.value


def paths_of(failed: StepFailedError) -> list[str]:
    """What failed, first things first."""
    return [failed.path, *(other.path for other in failed.others)]


def test_every_failed_item_stands_beside_the_first() -> None:
    failed = failure_of(lambda: items.using(on_failure="continue").run(ns=[1, 2, 4, 5, 6]))

    assert paths_of(failed) == [
        "each_odd[1]/odd",
        "each_odd[2]/odd",
        "each_odd[4]/odd",
    ]
    assert is_run(failed.run)
    assert failed.run.failures == failed.problems
    assert failed.more == 0
    assert "further" not in str(failed)


@pytest.mark.parametrize(
    ("run", "paths"),
    [
        (lambda: called.using(on_failure="continue").run(n=2), ["both/odd", "both/other"]),
        (lambda: rounds.using(on_failure="continue").run(n=2), ["loop[0]/odd", "loop[0]/other"]),
        (lambda: pairs.using(on_failure="continue").run(ns=[2]), ["each[0]/odd", "each[0]/other"]),
        (
            lambda: nested.using(on_failure="continue").run(rows=[[2, 1, 4], [6]]),
            ["each[0]/each_odd[0]/odd", "each[0]/each_odd[2]/odd", "each[1]/each_odd[0]/odd"],
        ),
    ],
)
def test_what_fails_beside_something_in_the_same_body_is_kept(
    run: Callable[[], object], paths: list[str]
) -> None:
    failed = failure_of(run)

    assert paths_of(failed) == paths
    assert all(failure.others == () for failure in failed.others)


def test_of_very_many_failures_a_hundred_are_kept_and_the_rest_is_counted() -> None:
    failed = failure_of(lambda: items.using(on_failure="continue").run(ns=[0] * 250))

    assert (len(failed.others), failed.more) == (100, 149)
    assert str(failed).endswith("… and 239 further failures")
    assert str(failed).count("FD201") == 11


def test_many_failures_on_several_levels_are_counted_too() -> None:
    failed = failure_of(lambda: nested.using(on_failure="continue").run(rows=[[0] * 60] * 3))

    assert (len(failed.others), failed.more) == (100, 79)


def test_what_was_left_out_on_purpose_is_no_failure() -> None:
    run = lenient.using(on_failure="continue").run(rows=[[2, 4], [1]])

    assert run.value == [[1]]
    assert run.failures == ()


class OddError(BaseException):
    """Nobody catches it by `except Exception`."""


@step(inline=True)
def inline(n: int) -> int:
    """Ends the program, it believes."""
    raise SystemExit(n)


@step
async def later(n: int) -> int:
    """Raises what is no `Exception`."""
    raise OddError(n)


@step
def threaded(n: int) -> int:
    """The same on a thread."""
    raise OddError(n)


@step
async def interrupts(n: int) -> int:
    """What Ctrl-C does to a step under a loop that has no say in it."""
    raise KeyboardInterrupt


@pipeline
def exits(n: int) -> int:
    """Ends the program, it believes."""
    return inline(n)


@pipeline
def goes_on(ns: list[int]) -> list[int]:
    """One step an item."""
    return each(ns, later)


@pipeline
def on_thread(n: int) -> int:
    """The same on a thread."""
    return threaded(n)


@pipeline
def interrupted(n: int) -> int:
    """A step before one that is interrupted."""
    return interrupts(odd(n))


@pytest.mark.parametrize(
    ("run", "path", "cause"),
    [
        (lambda: exits.run(n=3), "inline", SystemExit),
        (lambda: goes_on.run(ns=[1, 2]), "each_later[0]/later", OddError),
        (lambda: on_thread.run(n=1), "threaded", OddError),
    ],
)
def test_whatever_a_step_raises_is_its_failure(
    run: Callable[[], object], path: str, cause: type[BaseException]
) -> None:
    failed = failure_of(run)

    assert (failed.path, type(failed.__cause__)) == (path, cause)
    assert failed.place is not None


def test_an_interrupt_that_meets_a_step_names_it_and_keeps_what_was_done() -> None:
    with pytest.raises(
        RunInterruptedError, match=r"inside step 'interrupts', at .*\.py:"
    ) as caught:
        interrupted.run(n=1)

    assert caught.value.run["odd"] == 1
    assert caught.value.run.status == "cancelled"


async def test_inside_a_running_loop_too() -> None:
    with pytest.raises(RunInterruptedError, match="inside step 'interrupts'"):
        interrupted.run(n=1)


def test_an_awaited_run_too() -> None:
    with pytest.raises(RunInterruptedError, match="inside step 'interrupts'"):
        asyncio.run(interrupted.arun(n=1))


def test_what_is_waited_for_when_a_run_ends_early_is_told_and_for_how_long() -> None:
    told: list[Warned] = []

    with pytest.raises(StepFailedError):
        beside.using(grace_s=7, on_event=warnings_into(told)).run(n=2)

    (event,) = told
    assert event.message == (
        "the run is ending; for up to 7 s it waits for 'paid', 'paid_2', 'paid_3', 'paid_4' "
        "and 1 more, because what is paid for or changes something is not cut short (grace_s); "
        "an interrupt now ends it at once."
    )


def test_without_a_grace_nothing_is_waited_for_and_nothing_told() -> None:
    told: list[Warned] = []

    with pytest.raises(StepFailedError) as caught:
        beside.using(grace_s=0, on_event=warnings_into(told)).run(n=2)

    assert told == []
    assert caught.value.run is not None
    assert caught.value.run.nodes["paid"].state == "cancelled"
