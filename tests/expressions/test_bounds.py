"""An expression out of a stranger's file can neither fill the memory nor reach into the program."""

from decimal import Decimal
from fractions import Fraction

import pytest

from flowdsl.errors import EvaluationError, OutsizeError
from flowdsl.expressions import evaluate, parse
from flowdsl.expressions.bounds import (
    INTERNAL_NAMES,
    MAX_BITS,
    MAX_ITEMS,
    choose,
    getattr_,
    readable,
)


@pytest.mark.parametrize(
    "text",
    [
        "9 ** 9 ** 9",
        "2 ** 65536",
        "(9 ** 9) ** (9 ** 5)",
        "2 ** -100000",
        "'a' * 1000001",
        "1000001 * 'a'",
        "[0] * 1000001",
        "(0, 0) * 600000",
        "[[0] * 1000] * 1000",
        "['a' * 1000] * 1000",
        "round(1, -1001)",
        "round(1.5, 100000)",
    ],
)
def test_what_would_grow_without_bound_is_refused(text: str) -> None:
    with pytest.raises(OutsizeError, match="an expression may go up to"):
        evaluate(parse(text), {})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("len('a' * 1000000)", MAX_ITEMS),
        ("'a' * -1000001", ""),
        ("'a' * 0", ""),
        ("'' * 100000000000", ""),
        ("1 ** 100000000000", 1),
        ("0 ** 100000000000", 0),
        ("(-1) ** 100000000001", -1),
        ("2.0 ** 3", 8.0),
        ("2 ** 32767 > 0", True),
        ("round(1234.5, -2)", 1200.0),
        ("round(2.5)", 2),
        ("10 % 4", 2),
    ],
)
def test_what_stays_small_is_computed(text: str, value: object) -> None:
    assert evaluate(parse(text), {}) == value


@pytest.mark.parametrize("base", [Fraction(3), Decimal(3)])
def test_a_power_of_an_exact_number_is_bounded_too(base: object) -> None:
    with pytest.raises(OutsizeError):
        evaluate(parse("x ** n"), {"x": base, "n": MAX_BITS})

    assert evaluate(parse("x ** 2"), {"x": base}) == 9


@pytest.mark.parametrize("text", ["'%s' % 1", "b % 1", "round('a')", "'a' ** 2"])
def test_what_no_operator_takes_is_a_type_error_as_in_python(text: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(parse(text), {"b": b"%d"})

    assert isinstance(caught.value.__cause__, TypeError)


def test_texts_have_methods_and_nothing_else_has() -> None:
    assert evaluate(parse("x.strip().upper().split('-')"), {"x": " a-b "}) == ["A", "B"]

    with pytest.raises(EvaluationError, match="'int' is not text, so it has no 'upper'"):
        evaluate(parse("x.upper()"), {"x": 1})


def test_names_of_pythons_inside_are_not_readable() -> None:
    assert {"gi_frame", "f_globals", "cr_frame", "tb_frame", "co_code"} <= INTERNAL_NAMES
    assert [readable(name) for name in ("severity", "f_score", "_x", "__dict__", "f_back")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_field_is_read_and_a_method_is_not() -> None:
    assert getattr_(1 + 2j, "imag") == 2.0

    for name in ("conjugate", "__class__", 3):
        with pytest.raises(AttributeError):
            getattr_(1, name)


def test_a_row_of_a_lazy_operator_can_be_called_with_values_too() -> None:
    assert choose(1, "then", "otherwise") == "then"
    assert choose([], "then", "otherwise") == "otherwise"
