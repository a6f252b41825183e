"""Type variables are bound by what flows in."""

import pytest

from flowdsl.ir.annotations import type_of
from flowdsl.ir.show import show
from flowdsl.ir.types import (
    FLOAT,
    INT,
    NONE,
    STR,
    DictOf,
    ListOf,
    SetOf,
    TupleOf,
    Type,
    Variable,
    union_of,
)
from flowdsl.ir.variables import bind, has_variables, substitute
from tests.ir import sample_types as sample

T, K, N = Variable("T"), Variable("K"), Variable("N", FLOAT)


@pytest.mark.parametrize(
    ("source", "target", "bound"),
    [
        (int, T, {"T": "int"}),
        (list[int], ListOf(T), {"T": "int"}),
        (tuple[int, str], ListOf(T, "Sequence"), {"T": "int | str"}),
        (set[int], union_of((ListOf(T, "Sequence"), SetOf(T))), {"T": "int"}),
        (list[int] | list[str], ListOf(T), {"T": "int | str"}),
        (dict[str, int], DictOf(K, T), {"K": "str", "T": "int"}),
        (tuple[int, str], TupleOf((T, K)), {"T": "int", "K": "str"}),
        (int | None, union_of((T, NONE)), {"T": "int"}),
        (list[int] | None, union_of((T, NONE)), {"T": "list[int]"}),
        (None, union_of((T, NONE)), {}),
        (sample.Pair[int], type_of(sample.Pair), {"T": "int"}),
        (bool, N, {"N": "bool"}),
        (str, INT, {}),
        (str, ListOf(T), {}),
        (list[int], DictOf(K, T), {}),
    ],
    ids=str,
)
def test_a_variable_stands_for_what_flows_in(
    source: object, target: Type, bound: dict[str, str]
) -> None:
    bindings: dict[str, Type] = {}

    bind(type_of(source), target, bindings)

    assert {name: show(each) for name, each in bindings.items()} == bound


def test_a_variable_met_twice_stands_for_either() -> None:
    bindings: dict[str, Type] = {}

    assert bind(type_of(int), T, bindings)
    assert bind(type_of(str), T, bindings)

    assert show(bindings["T"]) == "int | str"


@pytest.mark.parametrize(
    ("source", "target"),
    [(str, ListOf(T)), (str, N), (list[str], ListOf(N)), (str, union_of((N, NONE)))],
    ids=str,
)
def test_what_does_not_fit_does_not_bind(source: object, target: Type) -> None:
    assert not bind(type_of(source), target, {})


def test_a_result_is_made_precise() -> None:
    bindings = {"T": type_of(int)}

    assert show(substitute(DictOf(STR, ListOf(T)), bindings)) == "dict[str, list[int]]"
    unbound = ListOf(K)
    assert substitute(unbound, bindings) is unbound


def test_a_record_with_variables_is_given_them() -> None:
    pair = substitute(type_of(sample.Pair), {"T": type_of(int)})

    assert pair != type_of(sample.Pair)
    assert not has_variables(pair)


def test_generic_types_are_told_from_plain_ones() -> None:
    assert has_variables(Variable("T"))
    assert has_variables(DictOf(STR, union_of((T, NONE))))
    assert not has_variables(type_of(dict[str, int]))
