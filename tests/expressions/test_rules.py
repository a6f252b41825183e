"""Result types that hold for every number, whatever its kind. Single operators are pinned in the checker's snapshots."""

from hypothesis import given
from hypothesis import strategies as st

from flowdsl.expressions import check, evaluate
from flowdsl.ir.annotations import type_of
from flowdsl.ir.expr import Apply, Name
from flowdsl.ir.fits import fits

_NUMBERS = st.one_of(st.booleans(), st.integers(-9, 9), st.floats(-9, 9).filter(bool))
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "min", "max")


@given(st.sampled_from(_ARITHMETIC), _NUMBERS, _NUMBERS.filter(bool))
def test_arithmetic_on_numbers_gives_a_number_of_the_type_said(
    key: str, left: object, right: object
) -> None:
    expr = Apply(key, (Name("a"), Name("b")))

    checked = check(expr, {"a": type_of(type(left)), "b": type_of(type(right))})

    assert checked.problems == ()
    assert fits(type_of(type(evaluate(expr, {"a": left, "b": right}))), checked.type)
