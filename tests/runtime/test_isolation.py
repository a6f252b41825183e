"""What a step sets in its context stays with it; what the caller has set is seen by every step."""

from __future__ import annotations

import contextvars

import pytest

from flowdsl import each, pipeline, step, when
from flowdsl.pipeline import Pipeline

TENANT = contextvars.ContextVar("TENANT", default="nobody")


@step
async def sets(n: int) -> str:
    """Says whom it found, and leaves a note."""
    found = TENANT.get()
    TENANT.set(f"left by {n}")
    return found


@step(inline=True)
def sets_inline(n: int) -> str:
    """Likewise, in place."""
    found = TENANT.get()
    TENANT.set(f"left by {n}")
    return found


@step
async def fails(n: int) -> str:
    """Leaves a note and fails."""
    TENANT.set(f"left by {n}")
    raise ValueError(n)


@step
async def sees(found: str) -> list[str]:
    """Whom it finds after another step."""
    return [found, TENANT.get()]


@pipeline
def one_after_the_other(ns: list[int]) -> list[str]:
    """On one worker."""
    return each(ns, sets, max_parallel=1)


@pipeline
def in_place(ns: list[int]) -> list[str]:
    """Inline."""
    return each(ns, sets_inline)


@pipeline
def many(ns: list[int]) -> list[list[str]]:
    """Two steps an item."""
    return each(ns, lambda n: sees(sets(n)))


@pytest.mark.parametrize("flow", [one_after_the_other, in_place])
@pytest.mark.parametrize("limit", [1, 2, 64])
def test_no_step_sees_what_another_has_set(
    flow: Pipeline[[list[int]], list[str]], limit: int
) -> None:
    run = contextvars.copy_context().run(flow.using(max_parallel=limit).run, list(range(100)))

    assert run.value == ["nobody"] * 100
    assert TENANT.get() == "nobody"


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_every_step_sees_what_the_caller_has_set(limit: int) -> None:
    def called() -> list[list[str]]:
        TENANT.set("caller")
        return many.using(max_parallel=limit).run(list(range(40))).value

    assert contextvars.copy_context().run(called) == [["caller", "caller"]] * 40


@pipeline
def after_failures(ns: list[int]) -> list[str]:
    """Items that fail, and what goes on beside them on the same worker."""
    return each(
        ns, lambda n: when(n < 9, lambda: fails(n), otherwise=lambda: sets(n)), skip_failed=True
    )


def test_a_step_that_fails_leaves_nothing_either() -> None:
    assert after_failures.using(max_parallel=1).run([1, 2, 9, 3, 9]).value == ["nobody", "nobody"]
