"""What became of each op of a frame."""

from __future__ import annotations

import pytest

from flowdsl import pipeline, step
from flowdsl.errors import StepFailedError
from flowdsl.runtime.states import state_of
from tests.runtime.building import whole_run


@step
def good(x: int) -> int:
    return x


@step
def bad(x: int) -> int:
    raise ValueError(x)


@step
def after(x: int, y: int) -> int:
    return x + y


@pipeline
def flow(x: int) -> int:
    return after(good(x), bad(x))


def test_every_op_has_the_state_it_was_left_in() -> None:
    with pytest.raises(StepFailedError) as caught:
        flow.using(on_failure="continue").run(1)

    states = {path: state_of(frame, op) for path, frame, op in whole_run(caught).steps()}

    assert states == {"good": "done", "bad": "failed", "after": "waiting"}
