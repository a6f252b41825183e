"""Pipelines that call themselves, through others and under other names."""

from __future__ import annotations

import pytest

from flowdsl import pipeline, step, when
from flowdsl.errors import DeclarationError
from flowdsl.pipeline import Pipeline


@step(inline=True)
def less(n: int) -> int:
    """One less."""
    return n - 1


def test_two_pipelines_of_one_name_that_call_each_other_are_refused() -> None:
    @pipeline(name="walk")
    def outer(n: int) -> int:
        return when(n < 1, n, otherwise=lambda: inner(less(n)))

    @pipeline(name="walk")
    def inner(n: int) -> int:
        return when(n < 1, n, otherwise=lambda: outer(less(n)))

    with pytest.raises(DeclarationError) as caught:
        _ = outer.graph

    assert caught.value.message == (
        "'walk' calls itself through another pipeline of the same name, "
        "so that a call could mean either."
    )
    assert caught.value.help == 'give one of them a name of its own: @pipeline(name="…").'
    assert caught.value.place is not None
    assert caught.value.place.function == "<lambda>"


def test_the_nearest_of_two_pipelines_of_one_name_may_call_itself() -> None:
    @pipeline(name="walk")
    def inner(n: int) -> int:
        return when(n < 1, n, otherwise=lambda: inner(less(n)))

    @pipeline(name="walk")
    def outer(n: int) -> int:
        return inner(n) + 100

    assert outer(3) == 100


def test_a_pipeline_may_call_itself_under_another_name() -> None:
    renamed: list[Pipeline[[int], int]] = []

    @pipeline
    def down(n: int) -> int:
        return when(n < 1, n, otherwise=lambda: renamed[0](less(n)))

    renamed.append(down.named("again"))

    assert down(3) == 0
    assert renamed[0](2) == 0
