"""What is said about a run that is over."""

from __future__ import annotations

import json
from collections.abc import Iterable

from flowdsl.cli.summary import failed, finished, interrupted, sums
from flowdsl.errors import NoModelError, StepFailedError
from flowdsl.ir.types import ANYTHING
from flowdsl.runtime.report import run_facts
from tests.runtime.building import Draft, inc, run


async def breaks(n: int) -> int:
    """A step that fails."""
    raise ValueError(n)


async def test_a_run_without_models_has_no_tokens() -> None:
    draft = Draft("flow")
    draft.step(inc, draft.input("n"))
    done = await run(draft.graph(), n=1)

    assert sums(done).endswith("1 of 1 steps")
    assert finished(done, quiet=True).after == ""
    assert finished(done, quiet=False).after.startswith("done in ")
    assert finished(done, quiet=False).document["value"] == 2


def count_up(n: int) -> Iterable[int]:
    """Numbers that can be read only once."""
    return iter(range(n))


async def test_a_value_that_can_be_read_once_is_in_the_text_and_in_the_document() -> None:
    draft = Draft("flow")
    draft.step(count_up, draft.input("n"), output=ANYTHING)
    answer = finished(await run(draft.graph(), n=3), quiet=True)

    assert answer.document["value"] == [0, 1, 2]
    assert json.loads(answer.text) == [0, 1, 2]


async def test_an_interrupt_lists_what_became_of_each_step() -> None:
    draft = Draft("flow")
    draft.step(inc, draft.input("n"))
    done = await run(draft.graph(), n=1)

    answer = interrupted(done)

    assert answer.code == 130
    assert answer.after.splitlines()[1].split() == ["done", "inc", "·", "0.0", "s"]
    assert answer.document["run"] == run_facts(done)
    assert interrupted(None).document["run"] is None


async def test_an_error_before_the_run_has_no_run() -> None:
    answer = failed(NoModelError(), 2)

    assert (answer.code, answer.document["run"]) == (2, None)
    assert answer.after.startswith("FD240")


async def test_a_failed_run_is_told_after_its_error() -> None:
    draft = Draft("flow")
    draft.step(breaks, draft.input("n"))
    error: StepFailedError | None = None
    try:
        await run(draft.graph(), n=1)
    except StepFailedError as caught:
        error = caught

    assert error is not None
    assert "\n\nfailed in " in failed(error, 1).after
