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

    def plus(self, usage: Usage, cost_usd: Decimal | None) -> Bill:
        """The bill with one more call on it."""
        known = self.cost_usd is not None and cost_usd is not None
        return Bill(
            self.usage + usage,
            self.cost_usd + cost_usd
            if known and self.cost_usd is not None and cost_usd is not None
            else None,
        )


NO_BILL = Bill()
