"""What errors of money say."""

from decimal import Decimal

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.errors import FlowError, Place
from flowdsl.errors.budget import BudgetExceededError, UnpricedCallError

AT = Place("review.py", 7, function="audit")
ERRORS: dict[str, FlowError] = {
    "used up": BudgetExceededError(
        "mock:a", Decimal("0.05"), Decimal("0.048123"), Decimal("0.00031"), place=AT
    ),
    "under way": BudgetExceededError(
        "mock:a",
        Decimal("0.05"),
        Decimal("0.03"),
        Decimal("0.021"),
        reserved_usd=Decimal("0.011"),
    ),
    "tiny": BudgetExceededError("mock:a", Decimal("1E-7"), Decimal("0.00000001"), Decimal("5E-8")),
    "too small": BudgetExceededError("mock:a", Decimal("0.05"), Decimal(0), Decimal("0.3")),
    "no price": UnpricedCallError("judge", "mock:a", place=AT),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_what_where_and_what_instead(name: str, snapshot: SnapshotAssertion) -> None:
    assert str(ERRORS[name]) == snapshot
    assert ERRORS[name].help
