"""Names that users choose, wherever they may choose one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowdsl import approve, each, loop, pipeline, prompt, step, tool
from flowdsl.dsl.labels import checked_name
from flowdsl.errors import OptionError


@step
def told(n: int) -> int:
    """One more."""
    return n + 1


@tool
def looked_up(n: int) -> int:
    """One more."""
    return n + 1


def named_step(name: str) -> None:
    """By the decorator."""

    @step(name=name)
    def more(n: int) -> int:
        return n + 1


def named_prompt(name: str) -> None:
    """By the decorator."""

    @prompt("{{ n }}", name=name)
    def asked(n: int) -> int: ...


def named_pipeline(name: str) -> None:
    """By the decorator."""

    @pipeline(name=name)
    def flow(n: int) -> int:
        return told(n)


def traced(body: Callable[[list[int], int], object]) -> None:
    """Trace a pipeline."""

    @pipeline
    def flow(ns: list[int], n: int) -> object:
        return body(ns, n)

    assert flow.graph


@pipeline
def whole(n: int) -> int:
    """One step."""
    return told(n)


NAMERS: dict[str, Callable[[str], object]] = {
    "@step": named_step,
    "@prompt": named_prompt,
    "@pipeline": named_pipeline,
    "each()": lambda name: traced(lambda ns, _: each(ns, told, name=name)),
    "loop()": lambda name: traced(lambda _, n: loop(n, told, until=lambda n: n > 3, name=name)),
    "approve()": lambda name: traced(lambda _, n: approve(n, name=name)),
    "told.named()": told.named,
    "looked_up.named()": looked_up.named,
    "whole.named()": whole.named,
}


@pytest.mark.parametrize("where", NAMERS)
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "it is empty or holds a '/'"),
        (" ", "it is empty or holds a '/'"),
        ("a/b", "it is empty or holds a '/'"),
        ("a\x1b[31mb", "it holds what can't be printed"),
    ],
)
def test_a_name_can_become_part_of_an_address(where: str, name: str, why: str) -> None:
    with pytest.raises(OptionError) as caught:
        NAMERS[where](name)

    shown = name if name.isprintable() else repr(name)
    assert caught.value.message == f"{where}: '{shown}' is not a name: {why}."
    assert caught.value.help == "use letters, digits, '_' and '-'."
    assert caught.value.place is not None
    assert caught.value.place.path.endswith("test_labels.py")


@pytest.mark.parametrize("where", NAMERS)
def test_any_other_name_is_taken(where: str) -> None:
    NAMERS[where]("größer als-3")


def test_a_name_is_a_text() -> None:
    with pytest.raises(OptionError, match="'3' is not a name: it is no text"):
        checked_name("@step", 3)
