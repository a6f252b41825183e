"""What errors of expressions say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors.expressions import (
    EvaluationError,
    ExpressionSyntaxError,
    MayBeNoneError,
    NeverEqualError,
    OperandTypeError,
    OutsizeError,
    UnknownFieldError,
    UnknownNameError,
    UnknownOperatorError,
    UnwritableError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "syntax": ExpressionSyntaxError(
        "a\nb +", line=2, column=4, found="it ends here", expected=("a name", "a number", "'('")
    ),
    "syntax, one way out": ExpressionSyntaxError(
        "b +", line=1, column=4, found="it ends here", expected=("a name",), place=AT
    ),
    "syntax, advised": ExpressionSyntaxError(
        "a && b", line=1, column=3, found="'&&' is no operator", advice="write and."
    ),
    "syntax, no idea": ExpressionSyntaxError("?", line=1, column=1, found="'?'"),
    "value": EvaluationError("a / b", operands=("int", "int"), reason="division by zero"),
    "value of None": EvaluationError("a.b", operands=("NoneType",), reason="it has no 'b'"),
    "missing key": EvaluationError(
        "a['nmae']", operands=(), reason="no key 'nmae'", missing="nmae", known=("name",)
    ),
    "name": UnknownNameError("fiels", known=("files",), place=AT),
    "field": UnknownFieldError("a.nmae", field="nmae", owner="Card", known=("name",), place=AT),
    "field, advised": UnknownFieldError("a.b", field="b", owner="Card", advice="ask.", place=AT),
    "operands": OperandTypeError("a + 1", types=("str", "int"), reason="'+' takes two texts"),
    "none": MayBeNoneError("a.b", part="a", found="Card | None", place=AT),
    "equal": NeverEqualError("a == 1", types=("str", "int"), advice="compare texts.", place=AT),
    "unwritable": UnwritableError("the object x", dialect="python"),
    "operator": UnknownOperatorError("ad", known=("add", "sub")),
    "operands of an operator": UnknownOperatorError("add", known=("add",), found=3),
    "outsize": OutsizeError("9 ** 9", limit=4096, unit="bits"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot


def test_facts_are_kept() -> None:
    syntax = ExpressionSyntaxError("a b", line=1, column=3, found="x", expected=("y",))
    value = EvaluationError("a / b", operands=("int",), reason="x")

    assert (syntax.line, syntax.column, syntax.expected) == (1, 3, ("y",))
    assert (value.text, value.operands) == ("a / b", ("int",))
    assert UnknownNameError("a", known=()).name == "a"
    assert UnknownFieldError("a.b", field="b", owner="A").field == "b"
    assert OperandTypeError("a", types=("int",), reason="x").types == ("int",)
    assert MayBeNoneError("a", part="a", found="int | None").type == "int | None"
    assert NeverEqualError("a", types=("a", "b")).types == ("a", "b")
    assert UnwritableError("x", dialect="python").what == "x"
    assert UnknownOperatorError("ad").operator == "ad"
    assert OutsizeError("x", limit=3, unit="bits").limit == 3
