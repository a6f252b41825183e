"""The table is whole: each row can be written, typed and computed, and refuses what it does not take."""

import pytest

from flowdsl.errors import UnknownOperatorError
from flowdsl.expressions.operators import OPERATORS, row_of, spine
from flowdsl.expressions.rules import RULES
from flowdsl.ir.expr import Apply, Const, Name

_A = Name("a")


def test_every_row_stands_under_its_key_and_has_a_rule() -> None:
    assert all(key == row.key for key, row in OPERATORS.items())
    assert {row.rule for row in OPERATORS.values()} == set(RULES)


def test_no_two_rows_of_a_dialect_are_spelled_alike() -> None:
    spellings = [
        (row.form, row.symbol, row.most)
        for row in OPERATORS.values()
        if row.symbol and "python" in row.dialects
    ]

    assert len(set(spellings)) == len(spellings)


def test_an_unknown_operator_offers_near_ones() -> None:
    with pytest.raises(UnknownOperatorError) as caught:
        row_of(Apply("equ", (_A, _A)))

    assert caught.value.help == "did you mean 'eq'?"


@pytest.mark.parametrize(
    "apply",
    [
        Apply("eq", (_A,)),
        Apply("eq", (_A, _A, _A)),
        Apply("min", ()),
        Apply("dict", (_A,)),
        Apply("attr", (_A, _A)),
        Apply("attr", (_A, Const(1))),
    ],
)
def test_operands_a_row_does_not_take_are_refused(apply: Apply) -> None:
    with pytest.raises(UnknownOperatorError, match=f"operator '{apply.operator}' does not work on"):
        row_of(apply)


def test_the_spine_leads_from_the_innermost_first_operand_outwards() -> None:
    inner = Apply("neg", (_A,))
    outer = Apply("add", (inner, Const(1)))
    empty = Apply("list", ())

    assert spine(outer) == (_A, [(OPERATORS["neg"], inner), (OPERATORS["add"], outer)])
    assert spine(empty) == (empty, [])
