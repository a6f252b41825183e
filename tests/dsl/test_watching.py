"""A pipeline's names: whether they still stand for what it was traced with."""

from __future__ import annotations

import pytest

from flowdsl import each, pipeline, step
from flowdsl.dsl.watching import names_seen, still_stands

LIMIT = 3


@step
def shout(text: str) -> str:
    return text.upper()


def neighbour(text: str) -> str:
    return shout(text)


@pipeline
def inner(text: str) -> str:
    return neighbour(text)


@pipeline
def outer(texts: list[str]) -> list[str]:
    return each(texts, lambda text: inner(neighbour(text)), max_parallel=LIMIT)


@pipeline
def apart(text: str) -> str:
    return text


@step(name="shout")
def louder(text: str) -> str:
    return text.upper() + "!"


HERE = globals()


def test_names_stand_as_long_as_nothing_changes() -> None:
    assert still_stands(names_seen(outer.fn))


@pytest.mark.parametrize("name", ["shout", "neighbour", "inner", "LIMIT"])
def test_a_changed_name_is_seen_through_lambdas_neighbours_and_pipelines(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    seen = names_seen(outer.fn)

    monkeypatch.setitem(HERE, name, louder)
    changed = still_stands(seen)
    monkeypatch.undo()

    assert not changed
    assert still_stands(seen)


def test_a_name_that_is_gone_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = names_seen(inner.fn)

    monkeypatch.delitem(HERE, "neighbour")

    assert not still_stands(seen)


def test_names_it_does_not_use_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = names_seen(apart.fn)

    monkeypatch.setitem(HERE, "shout", louder)

    assert still_stands(seen)


def test_what_is_no_function_has_no_names() -> None:
    assert names_seen(len) == ()


def test_a_value_that_was_kept_from_a_trace_hinders_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []

    @pipeline
    def keeps(text: str) -> str:
        kept.append(shout(text))
        return kept[0]

    assert keeps.graph.outputs

    monkeypatch.setitem(HERE, "neighbour", kept[0])

    ((_, name, value),) = names_seen(inner.fn)
    assert name == "neighbour"
    assert value is kept[0]


def test_a_pipeline_is_traced_anew_only_when_a_step_was_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = outer.graph
    assert outer.graph is first

    monkeypatch.setitem(HERE, "shout", louder)

    assert outer.graph is not first
    assert outer(["a"]) == ["A!!"]
