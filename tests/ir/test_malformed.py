"""What is said of a malformed document."""

from flowdsl.ir.malformed import MalformedError, Problem, not_a


def test_a_value_of_another_type_is_named_with_its_path() -> None:
    assert not_a("a list", 3, "nodes") == Problem("nodes", "expected a list, found int")


def test_an_error_keeps_all_its_problems() -> None:
    one, two = Problem("a", "is odd"), Problem("b", "is even")

    assert MalformedError(one, two).problems == (one, two)
