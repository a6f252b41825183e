"""No failure is lost: items of an `each`, branches of a sub-pipeline, rounds of a loop; very many are counted."""

from __future__ import annotations

import pytest

from flowdsl import each, loop, pipeline, step
from flowdsl.errors import StepFailedError
from flowdsl.pipeline import Pipeline
from flowdsl.runtime.run import Run


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


def failure_of(flow: Pipeline[..., object], **inputs: object) -> StepFailedError:
    """How a pipeline fails when everything that can go on does."""
    with pytest.raises(StepFailedError) as failed:
        flow.using(on_failure="continue").run(**inputs)
    return failed.value


def test_every_failed_item_stands_beside_the_first() -> None:
    failed = failure_of(items, ns=[1, 2, 4, 5, 6])

    assert [each.path for each in failed.problems] == [
        "each_odd[1]/odd",
        "each_odd[2]/odd",
        "each_odd[4]/odd",
    ]
    assert isinstance(failed.run, Run)
    assert failed.run.failures == failed.problems
    assert failed.more == 0
    assert "further" not in str(failed)


@pytest.mark.parametrize(
    ("flow", "inputs", "paths"),
    [
        (called, {"n": 2}, ["both/odd", "both/other"]),
        (rounds, {"n": 2}, ["loop[0]/odd", "loop[0]/other"]),
        (pairs, {"ns": [2]}, ["each[0]/odd", "each[0]/other"]),
        (nested, {"rows": [[2, 1, 4], [6]]}, ["0:0", "0:2", "1:0"]),
    ],
)
def test_what_fails_beside_something_in_the_same_body_is_kept(
    flow: Pipeline[..., object], inputs: dict[str, object], paths: list[str]
) -> None:
    failed = failure_of(flow, **inputs)

    found = [each.path for each in failed.problems]
    if ":" in paths[0]:
        found = [f"{path.split('[')[1][0]}:{path.split('[')[2][0]}" for path in found]
    assert found == paths
    assert all(each.others == () for each in failed.others)


def test_of_very_many_failures_a_hundred_are_kept_and_the_rest_is_counted() -> None:
    failed = failure_of(items, ns=[0] * 250)

    assert (len(failed.others), failed.more) == (100, 149)
    assert str(failed).endswith("… and 239 further failures")
    assert str(failed).count("FD201") == 11


def test_many_failures_on_several_levels_are_counted_too() -> None:
    failed = failure_of(nested, rows=[[0] * 60] * 3)

    assert (len(failed.others), failed.more) == (100, 79)


def test_what_was_left_out_on_purpose_is_no_failure() -> None:
    run = lenient.using(on_failure="continue").run(rows=[[2, 4], [1]])

    assert run.value == [[1]]
    assert run.failures == ()
