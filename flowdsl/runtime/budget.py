"""Money is reserved before a call at the worst case, and settled after it: a cap that holds under fan-out."""

from __future__ import annotations

import asyncio
from collections import deque
from decimal import Decimal
from typing import NamedTuple

from flowdsl.errors.budget import BudgetExceededError


class Reservation:
    """What one attempt may cost."""

    __slots__ = ("_budget", "most_usd")

    def __init__(self, budget: Budget | None, most_usd: Decimal) -> None:
        self._budget = budget
        self.most_usd = most_usd

    def settle(self, cost_usd: Decimal | None) -> None:
        """The attempt is over; only the first time counts.

        Args:
            cost_usd: What it cost; `None` when nobody knows, which is taken for the worst case.
        """
        budget, self._budget = self._budget, None
        if budget is not None:
            budget.settled(self.most_usd, self.most_usd if cost_usd is None else cost_usd)


FREE = Reservation(None, Decimal(0))
"""For calls that are not counted."""


class _Waiting(NamedTuple):
    most_usd: Decimal
    turn: asyncio.Future[None]


class Budget:
    """What a run may spend. `spent_usd + reserved_usd` is never more than the limit.

    A call that does not fit while others are under way waits for what they give back, in the order of the calls; it is
    refused once nothing is left under way that could make room.

    Args:
        limit_usd: Dollars, above 0.
    """

    def __init__(self, limit_usd: Decimal) -> None:
        self.limit_usd = limit_usd
        self.spent_usd = Decimal(0)
        self.reserved_usd = Decimal(0)
        self._waiting: deque[_Waiting] = deque()

    async def reserve(self, most_usd: Decimal, model: str) -> Reservation:
        """Set aside what one attempt may cost.

        Args:
            most_usd: The most it may cost.
            model: Who is asked, for the error.

        Raises:
            BudgetExceededError: It does not fit, and nothing under way can change that.
        """
        while self._waiting or not self._fits(most_usd):
            if self.spent_usd + most_usd > self.limit_usd or not self.reserved_usd:
                raise BudgetExceededError(model, self.limit_usd, self.spent_usd, most_usd)
            waiting = _Waiting(most_usd, asyncio.get_running_loop().create_future())
            self._waiting.append(waiting)
            try:
                await waiting.turn
            except asyncio.CancelledError:
                if waiting in self._waiting:
                    self._waiting.remove(waiting)
                self._wake()
                raise
            if self._fits(most_usd):
                break
        self.reserved_usd += most_usd
        # What is left may do for the next one, too.
        self._wake()
        return Reservation(self, most_usd)

    def _fits(self, most_usd: Decimal) -> bool:
        return self.spent_usd + self.reserved_usd + most_usd <= self.limit_usd

    def settled(self, most_usd: Decimal, cost_usd: Decimal) -> None:
        """Give back what an attempt did not need."""
        self.reserved_usd -= most_usd
        self.spent_usd += cost_usd
        self._wake()

    def _wake(self) -> None:
        """The first that waits has its turn when it fits, or when it never will."""
        while self._waiting:
            first = self._waiting[0]
            hopeless = not self.reserved_usd or self.spent_usd + first.most_usd > self.limit_usd
            if not (self._fits(first.most_usd) or hopeless):
                return
            self._waiting.popleft()
            if not first.turn.done():
                first.turn.set_result(None)
            if not hopeless:
                return
