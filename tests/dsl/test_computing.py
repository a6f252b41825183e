"""Operators on handles become expressions, and expressions compute nodes; they mean what Python means."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdsl import contains, pipeline, size, step
from flowdsl.dsl.computing import (
    COMPUTING,
    constant,
    display,
    holds_handles,
    is_display,
    is_scalar,
    rename,
    type_of_value,
    written,
)
from flowdsl.dsl.scope import Scope, Session, enter, leave
from flowdsl.ir.annotations import type_of
from flowdsl.ir.data_nodes import Compute
from flowdsl.ir.expr import Apply, Const, Name
from flowdsl.ir.ids import NodeId
from flowdsl.ir.printer import to_text
from tests.dsl.examples import add, find, shout


@dataclass(frozen=True)
class Version:
    major: int

    def __lt__(self, other: "Version") -> bool:
        return self.major < other.major


@step
def parse(text: str) -> Version:
    return Version(int(text))


class Text(str):
    __slots__ = ()


def test_scalars_and_displays_are_told_by_exact_type() -> None:
    scalars: list[object] = ["a", 1, 1.5, True, None]
    displays: list[object] = [[], (), {}]
    others: list[object] = [Text("a"), b"", Version(1), {1}]

    assert [value for value in (*scalars, *displays, *others) if is_scalar(value)] == scalars
    assert [value for value in (*scalars, *displays, *others) if is_display(value)] == displays


def test_handles_are_found_at_any_depth_of_a_display() -> None:
    note = Scope(Session(COMPUTING)).add_input("note", type_of(str))

    assert holds_handles(note)
    assert holds_handles([1, {"a": (note,)}])
    assert not holds_handles([1, {"a": ("b",)}])


def test_plain_values_have_the_types_of_their_parts() -> None:
    scope = Scope(Session(COMPUTING))
    note = scope.add_input("note", type_of(str))
    token = enter(scope)
    try:
        assert type_of_value(note) == type_of(str)
        assert type_of_value([1, 2]) == type_of(list[int])
        assert type_of_value([]) == type_of(list)
        assert type_of_value(None) == type_of(None)
        assert type_of_value({"a": note}) == type_of(dict[str, str])
        assert written(display(("a", note))) == '("a", note)'
    finally:
        leave(token)
    assert type_of_value([1, 2]) == type_of(list)


def test_names_in_an_expression_are_replaced() -> None:
    expr = Apply("add", (Name("a"), Apply("neg", (Name("b"),)), Const(1)))

    assert rename(expr, {"a": "x"}) == Apply(
        "add", (Name("x"), Apply("neg", (Name("b"),)), Const(1))
    )


def test_scalars_are_written_into_the_node_and_objects_beside_it() -> None:
    scope = Scope(Session(COMPUTING))

    plain = constant(scope, 3, None)
    held = constant(scope, Version(3), None)

    nodes = dict(scope.nodes)
    first, second = nodes[plain], nodes[held]
    assert isinstance(first, Compute)
    assert isinstance(second, Compute)
    assert (first.expr, first.constants) == (Const(3), ())
    assert (second.expr, second.constants) == (Name("constant_1"), (("constant_1", Version(3)),))
    assert second.output == type_of(Version)


def test_objects_take_part_in_expressions_and_are_shown_by_their_repr() -> None:
    shown: list[str] = []

    @pipeline
    def told(text: str) -> bool:
        newer = parse(text) < Version(2)
        shown.append(repr(newer))
        return newer & (text == "_0 __operand_0__")

    assert told.check() == ()
    assert shown == ["<handle parse < Version(major=2): bool>"]
    assert told("1") is False


def test_an_expression_with_an_object_is_computed_each_time() -> None:
    @pipeline
    def told(text: str) -> list[bool]:
        version = parse(text)
        return [version < Version(2), version < Version(3)]

    assert told("2") == [False, True]


def test_a_computed_value_is_named_after_what_it_reaches() -> None:
    @pipeline
    def told(code: str, table: dict[str, int]) -> list[object]:
        return [
            shout(find(code)[0].message),
            add(table["total"]),
            add(table["no name"]),
            add(-size(code)),
            shout(code + "!"),
        ]

    labels = [node.label for _, node in told.graph.nodes if isinstance(node, Compute)]
    assert labels == ["message", "total", "getitem", "neg", "add", "list"]


def test_slices_may_hold_handles() -> None:
    @pipeline
    def told(items: list[int], start: int) -> list[list[int]]:
        return [items[start:], items[:-1:2], items[start : start + 1]]

    assert told([1, 2, 3, 4], 1) == [[2, 3, 4], [1, 3], [2]]


def test_an_expression_over_bodies_is_computed_in_the_inner_one() -> None:
    from flowdsl import each

    @pipeline
    def told(rows: list[int], by: int) -> list[int]:
        return each(rows, lambda row: add(row * by + 1))

    assert told([1, 2], 10) == [12, 22]
    assert "mul" not in [node.label for _, node in told.graph.nodes]
    assert to_text(told.graph).count("expression(") == 1


def test_a_problem_speaks_of_what_stands_in_the_source() -> None:
    @pipeline
    def told(code: str) -> object:
        return find(code)[0].message + size(code) * 2  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType] - the mistake itself

    (problem,) = told.check()
    assert problem.message == ("`find[0].message + len(code) * 2`: '+' does not take str and int.")


def test_contains_looks_into_displays_of_handles() -> None:
    @pipeline
    def told(code: str) -> list[bool]:
        return [contains([code, "b"], "a"), contains(code, "b"), contains(["a"], code)]

    assert told("a") == [True, False, True]


@step
def scale(number: int, by: int = 3) -> int:
    return number * by


@step
async def plus(left: int, right: int) -> int:
    return left + right


Binary = Callable[[int, int], int]
STEPS: tuple[Binary, ...] = (
    operator.add,
    operator.sub,
    operator.mul,
    plus,
    lambda left, right: scale(left) + right,
    lambda left, right: scale(right, by=2) - left,
    lambda left, right: [left, right, left][1],
    lambda left, right: abs(-left) + right,
)
PLAIN: tuple[Binary, ...] = (
    *STEPS[:3],
    lambda left, right: left + right,
    lambda left, right: left * 3 + right,
    lambda left, right: right * 2 - left,
    lambda left, right: [left, right, left][1],
    lambda left, right: abs(-left) + right,
)
LINES = st.lists(
    st.tuples(
        st.integers(0, len(STEPS) - 1), st.integers(0, 20), st.integers(0, 20), st.booleans()
    ),
    min_size=1,
    max_size=12,
)


def straight(
    lines: list[tuple[int, int, int, bool]], kinds: tuple[Binary, ...], a: int, b: int
) -> int:
    """A program of one line after another; each reads two values made before, or a plain 7."""
    values = [a, b]
    for kind, left, right, plain in lines:
        other = 7 if plain else values[right % len(values)]
        values.append(kinds[kind](values[left % len(values)], other))
    return values[-1]


@given(lines=LINES, a=st.integers(-99, 99), b=st.integers(-99, 99))
def test_a_straight_line_pipeline_gives_what_plain_python_gives(
    lines: list[tuple[int, int, int, bool]], a: int, b: int
) -> None:
    @pipeline
    def told(a: int, b: int) -> int:
        return straight(lines, STEPS, a, b)

    assert told.check() == ()
    assert told(a, b) == straight(lines, PLAIN, a, b)


def test_a_handle_of_one_node_stands_for_itself() -> None:
    scope = Scope(Session(COMPUTING))
    note = scope.add_input("note", type_of(str))

    assert written(note) == "note"
    assert scope.source_of(note) == NodeId("note")
    assert written(note.title) == "note.title"
    with pytest.raises(AttributeError):
        _ = note._private
