"""What a run left behind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flowdsl import each, pipeline, prompt
from flowdsl.errors import NoValueError, StepFailedError
from flowdsl.ir.usage import NO_USAGE, dollars
from flowdsl.runtime.outcome import utc
from flowdsl.runtime.run import Run
from tests.runtime.building import Draft, double, inc, run, whole_run


async def small() -> Run[object]:
    draft = Draft("small")
    n = draft.input("n")
    more = draft.step(inc, n)
    draft.step(double, more)
    return await run(draft.graph(more=more), n=1)


async def test_a_run_knows_its_value_outputs_states_and_times() -> None:
    done = await small()

    assert (done.value, done.outputs, done.status) == (4, {"value": 4, "more": 2}, "done")
    assert {path: record.state for path, record in done.nodes.items()} == {
        "inc": "done",
        "double": "done",
    }
    record = done.nodes["double"]
    assert record.seconds is not None
    assert 0 <= record.seconds <= done.seconds
    assert (record.usage, record.cost_usd, record.value) == (NO_USAGE, Decimal(0), 4)
    assert (done.usage, done.cost_usd, done.failures) == (NO_USAGE, Decimal(0), ())
    assert len(done.run_id) == 16


async def test_a_run_that_failed_has_no_value_and_says_why() -> None:
    def breaks(n: int) -> int:
        raise ValueError(n)

    draft = Draft()
    draft.step(breaks, draft.input("n"))

    with pytest.raises(StepFailedError) as caught:
        await run(draft.graph(), n=1)

    failed = whole_run(caught)
    assert failed.status == "failed"
    with pytest.raises(NoValueError, match="it is failed"):
        _ = failed.value
    assert failed.failures == (caught.value,)
    assert repr(failed).startswith("<Run of 'flow': failed in ")


@pytest.mark.parametrize(
    ("cost", "shown"),
    [(None, "cost unknown"), (Decimal(0), "$0"), (Decimal("0.01234"), "$0.0123")],
)
def test_an_unknown_price_is_never_shown_as_nothing(cost: Decimal | None, shown: str) -> None:
    assert dollars(cost) == shown


def test_moments_are_shown_in_utc() -> None:
    assert utc(0.0) == "1970-01-01T00:00:00.000Z"


@prompt("Look at {{ n }}")
def look(n: int) -> str:
    """One model call."""
    ...


@pipeline
def looks(ns: list[int]) -> list[list[str]]:
    """Calls two bodies down."""
    return each(ns, lambda n: each([n, n], look))


def test_a_region_is_billed_what_its_bodies_spent() -> None:
    done = looks.using(model="mock:").run([1, 2])

    assert done.nodes["each"].usage == done.usage
    assert done.nodes["each[0]/each_look"].usage.calls == 2
    assert done.nodes["each[0]/each_look[1]/look"].usage.calls == 1
