"""What model calls cost, summed; an unknown price makes the sum unknown, never smaller."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from flowdsl.ir.usage import NO_USAGE, Usage


class Bill(NamedTuple):
    """Tokens and dollars of some calls."""

    usage: Usage = NO_USAGE
    cost_usd: Decimal | None = Decimal(0)
    """`None` when the price of any of the calls is unknown."""

    def plus(self, other: Bill) -> Bill:
        """Both together."""
        if self.cost_usd is None or other.cost_usd is None:
            return Bill(self.usage + other.usage, None)
        return Bill(self.usage + other.usage, self.cost_usd + other.cost_usd)


NO_BILL = Bill()
