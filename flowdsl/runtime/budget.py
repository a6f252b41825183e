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
    turn: asyncio.Future[bool]
    """Whether it has been let in; what it may cost is set aside already then, lest others take it first."""


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
        waiting = _Waiting(most_usd, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._let_in()
        if not waiting.turn.done() and self._is_hopeless(most_usd):
            # It need not wait until those before it have had their turn.
            self._waiting.pop()
            waiting.turn.set_result(False)
        try:
            is_let_in = await waiting.turn
        except asyncio.CancelledError:
            if not waiting.turn.cancelled() and waiting.turn.result():
                self.settled(most_usd, Decimal(0))
            else:
                self._let_in()
            raise
        if not is_let_in:
            raise BudgetExceededError(
                model, self.limit_usd, self.spent_usd, most_usd, reserved_usd=self.reserved_usd
            )
        return Reservation(self, most_usd)

    def settled(self, most_usd: Decimal, cost_usd: Decimal) -> None:
        """Give back what an attempt did not need."""
        self.reserved_usd -= most_usd
        self.spent_usd += cost_usd
        self._let_in()

    def _is_hopeless(self, most_usd: Decimal) -> bool:
        """Whether it won't fit even when all that is under way should cost nothing."""
        return self.spent_usd + most_usd > self.limit_usd

    def _let_in(self) -> None:
        """Set aside what the first that wait may cost, as far as it fits; refuse those that never will."""
        while self._waiting:
            most_usd, turn = self._waiting[0]
            fits = self.spent_usd + self.reserved_usd + most_usd <= self.limit_usd
            if not (fits or turn.done() or self._is_hopeless(most_usd)):
                return
            self._waiting.popleft()
            if not turn.done():
                self.reserved_usd += most_usd if fits else 0
                turn.set_result(fits)
