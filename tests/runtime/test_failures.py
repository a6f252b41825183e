"""No failure is lost: items of an `each`, branches of a sub-pipeline, rounds of a loop; very many are counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowdsl import each, loop, pipeline, step
from flowdsl.errors import StepFailedError
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
