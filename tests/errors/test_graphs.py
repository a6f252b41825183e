"""What errors of graphs and documents say."""

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import (
    CycleError,
    DocumentError,
    DuplicateIdError,
    FedTwiceError,
    FlowError,
    MisfitError,
    MissingNodeError,
    NodeRuleError,
    Place,
    PortsDifferError,
    UnfedPortError,
    UnknownPortError,
)

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "document": DocumentError("nodes[0].kind", "unknown kind 'x'", advice="did you mean 'y'?"),
    "document as a whole": DocumentError("", "expected an object, found list"),
    "duplicate": DuplicateIdError("review", place=AT),
    "missing": MissingNodeError("reviev", named_by="the output 'value'", known=("review",)),
    "missing in an empty graph": MissingNodeError("a", named_by="the output 'value'"),
    "unknown port": UnknownPortError("review", "cod", known=("code",), place=AT),
    "no ports": UnknownPortError("review", "code"),
    "twice": FedTwiceError("review", "code", sources=("'a'", "the constant 3")),
    "unfed": UnfedPortError("review", "code", takes="str", place=AT),
    "cycle": CycleError(("a", "b")),
    "misfit": MisfitError("'a'", "list[str]", "'b.x'", "list[int]", why="item: no", place=AT),
    "plain misfit": MisfitError("'a'", "int", "'b.x'", "str", why="`int` does not fit `str`"),
    "misfit with a cure": MisfitError("'a'", "int", "'b.x'", "str", cure="pass a text."),
    "ports": PortsDifferError("a", "the prompt", missing=("x", "y"), unread=("z",)),
    "rule": NodeRuleError("a", "has max_rounds=0", cure="give at least 1", place=AT),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_to_write_instead(
    name: str, snapshot: SnapshotAssertion
) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help
