"""A handle that was printed into a text is found, wherever the text went."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flowdsl import each, pipeline, step, text, when
from flowdsl.errors import NotYetKnownError


@step
def shout(words: str) -> str:
    return words.upper()


@step
def join(parts: list[str], table: dict[str, set[str]]) -> str:
    return "".join(parts) + str(table)


def by_percent(name: str) -> str:
    return shout("Hello %r" % (name,))  # noqa: UP031 - what is looked for


def by_list(name: str) -> str:
    return shout(str([name]))


def as_result(name: str) -> str:
    return f"{[name]}"


def in_an_expression(name: str) -> str:
    return name + repr(name)


def in_a_list(name: str) -> str:
    return join([repr(name)], {})


def in_a_dict(name: str) -> str:
    return join([], {"key": {repr(name)}})


def in_a_template(name: str) -> str:
    return text(repr(name))


def in_a_branch(name: str) -> str:
    return when(name == "x", lambda: shout(repr(name)), otherwise="")


def in_a_loop_over_items(name: str) -> str:
    return join(each([name], lambda item: shout(str((item,)))), {})


@pytest.mark.parametrize(
    "function",
    [
        by_percent,
        by_list,
        as_result,
        in_an_expression,
        in_a_list,
        in_a_dict,
        in_a_template,
        in_a_branch,
        in_a_loop_over_items,
    ],
)
def test_a_text_that_shows_a_handle_is_refused_where_it_is_used(
    function: Callable[[str], str],
) -> None:
    flow = pipeline(function)

    with pytest.raises(NotYetKnownError) as caught:
        _ = flow.graph

    assert caught.value.used_as == "part of a string"
    assert "text(" in caught.value.help
    place = caught.value.place
    assert place is not None
    assert place.line - function.__code__.co_firstlineno in {0, 1}


def test_a_handle_may_be_printed_for_looking() -> None:
    seen: list[str] = []

    @pipeline
    def flow(name: str) -> str:
        seen.append(repr(name))
        return shout("nothing of it")

    assert flow("x") == "NOTHING OF IT"
    assert seen == ["<handle name: str>"]
