"""Expressions are computed as Python computes them, and fail in one way."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import given, reject

from flowdsl.errors import (
    EvaluationError,
    OutsizeError,
    UnknownNameError,
    UnknownOperatorError,
)
from flowdsl.expressions import compile_expr, evaluate, parse
from flowdsl.expressions.bounds import MAX_DEPTH
from flowdsl.expressions.operators import OPERATORS
from flowdsl.ir.expr import Apply, Const, Expr, Name
from tests.expressions.trees import NAMES, computable, python, python_source, values

_X = Name("x")


def _outcome(compute: Callable[[], object]) -> tuple[str, object]:
    """What came out, comparable: a value by type and text, or the kind of failure."""
    try:
        value = compute()
    except OutsizeError:
        reject()
    except EvaluationError as error:
        return ("raised", type(error.__cause__))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return ("raised", type(error))
    return (type(value).__name__, repr(value))


@given(computable(), values)
def test_a_tree_gives_what_python_gives_for_the_same_text(
    expr: Expr, given_values: dict[str, object]
) -> None:
    ours = _outcome(lambda: evaluate(expr, given_values))
    pythons = _outcome(lambda: python(python_source(expr), given_values))

    assert ours == pythons


@given(computable(), values)
def test_a_compiled_tree_gives_what_evaluating_it_gives(
    expr: Expr, given_values: dict[str, object]
) -> None:
    function = compile_expr(expr, NAMES)

    compiled = _outcome(lambda: function(*(given_values[name] for name in NAMES)))

    assert compiled == _outcome(lambda: evaluate(expr, given_values))


@given(computable(), values)
def test_nothing_but_flowdsl_errors_leaves_an_evaluation(
    expr: Expr, given_values: dict[str, object]
) -> None:
    with suppress(EvaluationError, OutsizeError):
        evaluate(expr, given_values)


def test_only_the_chosen_branch_is_computed() -> None:
    expr = parse("1 / x if x != 0 else 'none'")

    assert evaluate(expr, {"x": 0}) == "none"
    assert evaluate(expr, {"x": 4}) == 0.25


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x != 0 and 1 / x > 0", False),
        ("x == 0 or 1 / x > 0", True),
        ("all_of()", True),
        ("any_of()", False),
        ("all_of(x)", False),
        ("any_of(x)", False),
        ("x or [] or 'yes'", True),
        ("'yes' and 1", True),
    ],
)
def test_conditions_stop_as_early_as_they_can_and_give_whether(text: str, value: object) -> None:
    assert evaluate(parse(text), {"x": 0}) is value


_EXAMPLES: dict[str, tuple[str, object]] = {
    "eq": ("n == 2.0", True), "ne": ("n != 2", False), "lt": ("n < 2", False), "le": ("n <= 2", True),
    "gt": ("n > 1", True), "ge": ("n >= 3", False), "in": ("2 in xs", True), "not_in": ("n not in xs", False),
    "contains": ("contains(xs, 2)", True), "add": ("n + 1", 3), "sub": ("n - 1", 1), "mul": ("n * 's'", "ss"),
    "truediv": ("n / 4", 0.5), "floordiv": ("7 // n", 3), "mod": ("-7 % 4", 1), "pow": ("n ** 3", 8), "neg": ("-n", -2),
    "pos": ("+True", 1), "not": ("not n", False), "all_of": ("n and xs", True), "any_of": ("0 or n", True),
    "if": ("1 if n else 0", 1), "is_none": ("n is None", False), "is_not_none": ("n is not None", True),
    "getitem": ("xs[1]", 3), "attr": ("n.real", 2), "list": ("[n, n]", [2, 2]), "tuple": ("(n,)", (2,)),
    "dict": ("{n: 's'}", {2: "s"}), "set": ("{n, n}", {2}), "slice": ("xs[:1]", [2]), "truth": ("bool(xs)", True),
    "size": ("len(xs)", 2), "str": ("str(n)", "2"), "int": ("int('3')", 3), "float": ("float(n)", 2.0),
    "abs": ("abs(-n)", 2), "round": ("round(2.567, 1)", 2.6), "min": ("min(n, 1)", 1), "max": ("max(xs)", 3),
    "sum": ("sum(xs)", 5), "sorted": ("sorted([3, n])", [2, 3]), "lower": ("'A'.lower()", "a"), "upper": ("'a'.upper()", "A"),
    "strip": ("' a '.strip()", "a"), "startswith": ("'ab'.startswith('a')", True), "endswith": ("'ab'.endswith('a')", False),
    "split": ("'a b'.split()", ["a", "b"]),
}  # fmt: skip


@pytest.mark.parametrize("key", OPERATORS)
def test_every_operator_computes(key: str) -> None:
    text, value = _EXAMPLES[key]
    computed = evaluate(parse(text), {"n": 2, "xs": [2, 3]})

    assert computed == value
    assert type(computed) is type(value)


def test_a_sum_of_thousands_of_terms_is_computed() -> None:
    expr: Expr = _X
    for _ in range(3000):
        expr = Apply("add", (expr, Const(1)))

    assert evaluate(expr, {"x": 0}) == 3000


def test_a_long_chain_of_any_operators_is_computed_as_a_short_one() -> None:
    expr: Expr = _X
    for _ in range(31):
        nothing = Apply("any_of", (Apply("not", (expr,)), Const(None)))
        expr = Apply("if", (nothing, Const(3), Const(None)))

    assert evaluate(expr, {"x": 0}) == 3


def test_a_failure_in_a_long_chain_names_the_operator_that_failed() -> None:
    expr: Expr = Apply("getitem", (_X, Const(9)))
    for _ in range(60):
        expr = Apply("neg", (expr,))

    with pytest.raises(EvaluationError) as caught:
        evaluate(expr, {"x": [1]})

    assert caught.value.text == "x[9]"


def test_nesting_beyond_the_bound_is_refused() -> None:
    expr: Expr = _X
    for _ in range(MAX_DEPTH + 1):
        expr = Apply("add", (Const(1), expr))

    with pytest.raises(OutsizeError) as caught:
        compile_expr(expr, ["x"])

    assert caught.value.limit == MAX_DEPTH


def test_a_failure_names_the_part_its_operands_and_the_cause() -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(parse("1 + n * (x - text)"), {"n": 2, "x": 1, "text": "a"})

    assert str(caught.value) == (
        "FD151: `x - text` over int, str has no value: "
        "TypeError: unsupported operand type(s) for -: 'int' and 'str'."
    )
    assert caught.value.operands == ("int", "str")
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_missing_key_offers_near_ones() -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(parse("x['sevrity']"), {"x": {"severity": 1, 2: 3}})

    assert caught.value.help == "did you mean 'severity'?"


@dataclass(frozen=True, slots=True)
class _Slotted:
    severity: int


@pytest.mark.parametrize("owner", [SimpleNamespace(severity=1), _Slotted(1)])
def test_a_missing_field_offers_near_ones(owner: object) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(parse("x.sevrity"), {"x": owner})

    assert caught.value.help == "did you mean 'severity'?"


def test_a_none_where_a_value_is_needed_names_given() -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(parse("x + 1"), {"x": None})

    assert "given(" in caught.value.help


@pytest.mark.parametrize("field", ["__class__", "_private", "f_globals", "upper"])
def test_fields_that_lead_out_of_a_value_are_not_read(field: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(Apply("attr", (_X, Const(field))), {"x": "text"})

    assert isinstance(caught.value.__cause__, AttributeError)


def test_an_object_without_truth_fails_as_any_operator_does() -> None:
    class Undecided:
        def __bool__(self) -> bool:
            message = "neither"
            raise RuntimeError(message)

    for text in ("1 if x else 2", "x and True", "bool(x)", "not x"):
        with pytest.raises(EvaluationError, match="RuntimeError: neither"):
            evaluate(parse(text), {"x": Undecided()})


class _Refusing:
    """An object each of whose operators raises an error of flowdsl's own."""

    @property
    def field(self) -> int:
        raise OutsizeError("this", limit=1, unit="item")

    def __bool__(self) -> bool:
        return self.field > 0

    def __add__(self, other: object) -> int:
        return self.field

    def __neg__(self) -> int:
        return self.field

    def __lt__(self, other: object) -> bool:
        return self.field > 0


@pytest.mark.parametrize(
    "text", ["x.field", "x + 1", "x + y", "-x", "min(1, x, y)", "1 if x else 2", "x and y"]
)
def test_a_flowdsl_error_out_of_an_operator_is_passed_on_as_it_is(text: str) -> None:
    with pytest.raises(OutsizeError) as caught:
        evaluate(parse(text), {"x": _Refusing(), "y": 1})

    assert caught.value.__cause__ is None


def test_a_name_without_a_value_is_an_error_even_where_it_would_not_be_reached() -> None:
    with pytest.raises(UnknownNameError, match="nothing is called 'fils' here") as caught:
        evaluate(parse("1 if True else fils"), {"files": 1})

    assert caught.value.help == "did you mean 'files'?"


def test_compiling_needs_every_name() -> None:
    with pytest.raises(UnknownNameError):
        compile_expr(parse("a + b"), ["a"])


def test_an_operator_the_table_lacks_is_an_error_when_compiled() -> None:
    with pytest.raises(UnknownOperatorError):
        compile_expr(Apply("addd", (_X,)), ["x"])
