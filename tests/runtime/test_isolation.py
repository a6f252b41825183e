"""What a step sets in its context stays with it; what the caller has set is seen by every step."""

from __future__ import annotations

import contextvars

import pytest

from flowdsl import each, pipeline, step, when
from flowdsl.pipeline import Pipeline
from flowdsl.runtime.handlers.functions import names_context

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


def _leave_a_note(n: int) -> None:
    TENANT.set(f"left by {n}")


@step
async def sets_through_another(n: int) -> str:
    """Leaves its note through a function it calls."""
    found = TENANT.get()
    _leave_a_note(n)
    return found


@pipeline
def through_another(ns: list[int]) -> list[str]:
    """On one worker."""
    return each(ns, sets_through_another, max_parallel=1)


def test_a_note_left_by_a_function_that_the_step_calls_is_not_seen_either() -> None:
    run = contextvars.copy_context().run(through_another.run, list(range(50)))

    assert run.value == ["nobody"] * 50


def test_a_step_is_known_to_name_a_context_variable() -> None:
    held = TENANT

    def closes_over() -> str:
        return held.get()

    assert names_context(sets.fn)
    assert names_context(sets_through_another.fn)
    assert names_context(closes_over)
    assert names_context(len)
    assert not names_context(sees_nothing.fn)


@step
async def sees_nothing(n: int) -> int:
    """Has no need of its context."""
    return n + 1
