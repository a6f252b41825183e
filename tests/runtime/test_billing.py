"""Bills add up, and an unknown price stays unknown."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from flowdsl.ir.usage import Usage
from flowdsl.runtime.billing import NO_BILL, Bill

bills = st.builds(
    Bill,
    st.builds(Usage, calls=st.integers(0, 9), input_tokens=st.integers(0, 999)),
    st.none() | st.integers(0, 999).map(Decimal),
)


@given(one=bills, two=bills, three=bills)
def test_the_order_of_bills_does_not_matter(one: Bill, two: Bill, three: Bill) -> None:
    assert one.plus(two) == two.plus(one)
    assert one.plus(two).plus(three) == one.plus(two.plus(three))
    assert NO_BILL.plus(one) == one


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    known, unknown = Bill(Usage(calls=1), Decimal(2)), Bill(Usage(calls=1), None)

    assert known.plus(unknown) == Bill(Usage(calls=2), None)
    assert known.plus(known).cost_usd == 4
