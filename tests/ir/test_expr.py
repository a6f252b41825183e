"""Expressions compare by what they say, however long they are."""

from hypothesis import given

from flowdsl.ir.expr import Apply, Const, Expr, Name, names_in
from tests.expressions.trees import writable


@given(writable(), writable())
def test_trees_are_equal_when_they_are_built_alike(left: Expr, right: Expr) -> None:
    assert (left == right) == (repr(left) == repr(right))
    if left == right:
        assert hash(left) == hash(right)


def test_constants_python_calls_equal_are_different_constants() -> None:
    assert len({Const(1), Const(1.0), Const(value=True), Const(0.0), Const(-0.0)}) == 5
    assert Const(float("nan")) == Const(float("nan"))
    assert Const("a") != Name("a")
    assert Const("a") != "a"


def test_trees_of_other_shape_are_different() -> None:
    a = Name("a")

    assert Apply("add", (a, a)) != Apply("sub", (a, a))
    assert Apply("list", (a,)) != Apply("list", (a, a))
    assert Apply("list", (a,)) != Apply("list", (Name("b"),))
    assert Apply("list", ()) != a


def test_a_tree_of_thousands_of_levels_is_compared_and_hashed() -> None:
    def tall() -> Expr:
        expr: Expr = Name("a")
        for _ in range(5000):
            expr = Apply("add", (expr, Const(1)))
        return expr

    assert tall() == tall()
    assert hash(tall()) == hash(tall())


def test_names_are_listed_once_in_the_order_of_first_use() -> None:
    expr = Apply("add", (Apply("add", (Name("b"), Name("a"))), Apply("mul", (Name("b"), Const(1)))))

    assert names_in(expr) == ("b", "a")
