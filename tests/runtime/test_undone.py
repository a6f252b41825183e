"""What a run that ended early has left undone of its model calls."""

from __future__ import annotations

import pytest

from flowdsl import each, pipeline, prompt, step, when
from flowdsl.errors import ProviderError, StepFailedError
from flowdsl.runtime.run import Run
from flowdsl.testing import ScriptedProvider
from tests.runtime.building import whole_run


@prompt("About {{ x }}.", retries=0)
def ask(x: str) -> str: ...


@prompt("More about {{ x }}.")
def deepen(x: str) -> str: ...


@step
def plain(x: list[str]) -> str:
    return "".join(x)


@pipeline
def study(names: list[str]) -> str:
    first = plain(each(names, ask, max_parallel=1))
    return when(first == "", lambda: deepen(first), otherwise=deepen(deepen(first)))


def failed(names: list[str], *replies: object) -> Run[object]:
    provider = ScriptedProvider(replies)
    with pytest.raises(StepFailedError) as caught:
        study.using(model="fake:m", providers={"fake": provider}).run(names=names)
    return whole_run(caught)


FAULT = ProviderError("bad_request", "no.")


def test_items_that_were_not_begun_are_told_as_a_range() -> None:
    run = failed(["a", "b", "c", "d", "e"], "fine", FAULT)

    assert run.undone == ("each_ask[2…4]", "each_ask[1]/ask", "deepen", "deepen_2", "when")


def test_the_last_item_is_told_alone() -> None:
    assert failed(["a", "b"], FAULT).undone[:2] == ("each_ask[1]", "each_ask[0]/ask")


def test_a_run_that_is_done_has_nothing_undone() -> None:
    run = study.using(model="fake:m", providers={"fake": ScriptedProvider(["x"] * 9)}).run(["a"])

    assert run.undone == ()
