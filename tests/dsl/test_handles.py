"""Handles build expressions, and refuse whatever would decide now."""

from collections.abc import Callable
from typing import cast

import pytest

from flowdsl import each, loop, not_, pipeline, prompt, step, text
from flowdsl.dsl.handles import Handle
from flowdsl.errors import NotYetKnownError, PlainConditionError
from flowdsl.expressions import write
from flowdsl.ir.data_nodes import Compute
from flowdsl.ir.graph import Graph
from flowdsl.ir.ids import NodeId
from flowdsl.ir.printer import to_text
from tests.dsl.examples import Issue, add, find, first


def _traced(use: Callable[[int], object]) -> Graph:
    @pipeline
    def told(number: int) -> object:
        return use(number)

    return told.graph


OPERATORS: dict[str, Callable[[int], object]] = {
    "eq(number, 2)": lambda n: n == 2,
    "ne(number, 2)": lambda n: n != 2,
    "lt(number, 2)": lambda n: n < 2,
    "le(number, 2)": lambda n: n <= 2,
    "gt(number, 2)": lambda n: n > 2,
    "ge(number, 2)": lambda n: n >= 2,
    "add(number, 2)": lambda n: n + 2,
    "add(2, number)": lambda n: 2 + n,
    "sub(number, 2)": lambda n: n - 2,
    "sub(2, number)": lambda n: 2 - n,
    "mul(number, 2)": lambda n: n * 2,
    "mul(2, number)": lambda n: 2 * n,
    "truediv(number, 2)": lambda n: n / 2,
    "truediv(2, number)": lambda n: 2 / n,
    "floordiv(number, 2)": lambda n: n // 2,
    "floordiv(2, number)": lambda n: 2 // n,
    "mod(number, 2)": lambda n: n % 2,
    "mod(2, number)": lambda n: 2 % n,
    "pow(number, 2)": lambda n: n**2,
    "pow(2, number)": lambda n: cast("int", 2**n),
    "neg(number)": lambda n: -n,
    "pos(number)": lambda n: +n,
    "abs(number)": abs,
}


@pytest.mark.parametrize("shown", OPERATORS, ids=str)
def test_an_operator_becomes_an_expression_of_the_graph(shown: str) -> None:
    graph = _traced(OPERATORS[shown])

    output = graph.output()
    assert output is not None
    assert isinstance(graph[output], Compute)
    assert f"[{shown}]" in to_text(graph)


@pytest.mark.parametrize("shown", OPERATORS, ids=str)
def test_an_operator_gives_what_python_gives(shown: str) -> None:
    @pipeline
    def told(number: int) -> object:
        return OPERATORS[shown](number)

    assert told(7) == OPERATORS[shown](7)


def test_tilde_says_not() -> None:
    @pipeline
    def told(number: int) -> object:
        return cast("Handle", number > 1).__invert__()

    assert told(1) is True


def test_conditions_join_by_and_or_and_not() -> None:
    @pipeline
    def told(number: int) -> bool:
        return ((number > 1) & (number < 9)) | not_(number == 4)

    node = told.graph[NodeId("any_of")]
    assert isinstance(node, Compute)
    assert write(node.expr) == "number > 1 and number < 9 or not number == 4"
    assert told(4) is True
    assert told(12) is True


def test_fields_indexes_and_slices_are_reached() -> None:
    @pipeline
    def told(code: str) -> list[object]:
        issues = find(code)
        return [issues[0].message, issues[1:], issues[-1].severity]

    assert told("a!\nb") == ["a!", [Issue("low", "b")], "low"]


def test_equal_expressions_share_one_node() -> None:
    @pipeline
    def told(number: int) -> list[int]:
        return [add(number + 1), add(number + 1)]

    computed = [node.label for _, node in told.graph.nodes if isinstance(node, Compute)]
    assert computed == ["add", "list"]


REFUSED: dict[str, Callable[[Handle], object]] = {
    "a condition": bool,
    "something to loop over": list,
    "something to measure": lambda h: len(cast("str", h)),
    "the right side of 'in'": lambda h: 1 in cast("list[int]", h),
    "part of a string": lambda h: f"{h}",
    "text": str,
    "a number": lambda h: int(cast("str", h)),
    "an index or a count": lambda h: range(cast("int", h)),
    "a number to round": lambda h: round(cast("float", h)),
    "a dict key or a set member": lambda h: {h},
    "a function": lambda h: cast("Callable[[], object]", h)(),
    "an instance to test": lambda h: isinstance(h, int),
    "something to change": lambda h: setattr(h, "name", 1),
}


@pytest.mark.parametrize("used_as", REFUSED)
def test_a_handle_refuses_to_pose_as_a_value(used_as: str) -> None:
    with pytest.raises(NotYetKnownError) as caught:
        _traced(lambda number: REFUSED[used_as](cast("Handle", number)))

    assert caught.value.used_as == used_as
    assert caught.value.help.startswith("write ")
    assert caught.value.place is not None
    assert caught.value.place.path.endswith("test_handles.py")


def test_floats_complexes_and_contexts_are_refused_too() -> None:
    def context(number: object) -> None:
        with cast("memoryview", number):
            pass

    uses: list[Callable[[object], object]] = [
        lambda h: float(cast("str", h)),
        lambda h: complex(cast("str", h)),
        lambda h: list(reversed(cast("list[int]", h))),
        lambda h: cast("dict[str, int]", h).__setitem__("a", 1),
        lambda h: cast("dict[str, int]", h).__delitem__("a"),
        context,
        lambda h: cast("Handle", h).__await__(),
        lambda h: cast("Handle", h).__exit__(),
    ]
    for use in uses:
        with pytest.raises(NotYetKnownError):
            _traced(use)


def test_a_plain_truth_is_not_joined_to_a_condition() -> None:
    uses: list[Callable[[bool], object]] = [lambda asked: asked & True, lambda asked: False | asked]
    for use in uses:
        with pytest.raises(PlainConditionError, match="plain value"):
            _traced(lambda number, use=use: use(number > 1))


def test_private_attributes_are_just_missing() -> None:
    probed: list[bool] = []

    def probe(value: object) -> bool:
        return hasattr(value, "_repr_html_")

    @pipeline
    def told(number: int) -> int:
        probed.append(probe(number))
        return number

    assert told.graph.inputs
    assert probed == [False]


def test_a_handle_shows_its_node_and_type() -> None:
    shown: list[str] = []

    @pipeline
    def told(code: str) -> object:
        issue = first(find(code))
        shown.extend([repr(issue), repr(find(code)[0].message)])
        return issue

    assert told.graph.inputs
    assert shown == ["<handle first: Issue | None>", "<handle find_2[0].message: str>"]


def test_plain_objects_take_part_in_expressions() -> None:
    from datetime import date

    @step
    def day(text: str) -> date:
        return date.fromisoformat(text)

    @pipeline
    def told(text: str) -> bool:
        return day(text) >= date(2026, 1, 1)

    assert told("2026-05-01") is True
    assert told("2025-05-01") is False


def test_expressions_and_objects_are_shown_by_name() -> None:
    shown: list[str] = []

    @pipeline
    def told(number: int) -> int:
        shown.append(repr(number * 2 + 1))
        return number

    assert told.graph.inputs
    assert shown == ["<handle number * 2 + 1: int>"]


@prompt("Say {{ number }}.", model="mock:a")
def say(number: int) -> int: ...


OPTIONS: dict[str, Callable[[int], object]] = {
    "max_rounds": lambda n: loop(n, add, until=lambda x: x > 1, max_rounds=n),
    "keep_last": lambda n: loop(n, add, until=lambda x: x > 1, keep_last=n > 2),
    "max_parallel": lambda n: each([n, n], add, max_parallel=n * 2),
    "skip_failed": lambda n: each([n, n], add, skip_failed=n > 2),
    "name": lambda n: each([n, n], add, name=text("{{ n }}", n=n)),
    "timeout_s": lambda n: say.using(timeout_s=n)(n),
    "retries": lambda n: say.using(retries=n)(n),
    "temperature": lambda n: say.using(temperature=n)(n),
    "seed": lambda n: pipeline(add.fn).using(seed=n)(n),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_a_handle_as_an_option_is_told_that_options_are_plain_values(option: str) -> None:
    with pytest.raises(NotYetKnownError, match=f"as the option '{option}' of ") as caught:
        _traced(OPTIONS[option])

    assert "a Static input can hold one" in caught.value.help
    assert caught.value.place is not None
    assert caught.value.place.path.endswith("test_handles.py")
