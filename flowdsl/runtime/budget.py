"""Money is reserved before a call at the worst case, and settled after it: a cap that holds under fan-out."""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import ContextVar
from decimal import Decimal
from threading import Lock
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


_SUMS = Lock()
"""Held while sums are changed: runs inside of a run may be on other threads."""
AROUND: ContextVar[Budget | None] = ContextVar("budget_around", default=None)
"""The budget of the run whose step is at work."""
FREE = Reservation(None, Decimal(0))
"""For calls that are not counted."""


class _Waiting(NamedTuple):
    most_usd: Decimal
    turn: asyncio.Future[bool]
    """Whether it has been let in; what it may cost is set aside already then, lest others take it first."""


class Budget:
    """What a run may spend. `spent_usd + reserved_usd` is never more than the limit.

    A call that does not fit while others are under way waits for what they give back, in the order of the calls; it is
    refused once nothing is left under way that could make room. A run that a step of another run starts spends from the
    budget of that one, too; it waits for calls of its own only, since those around it may be waiting for it.

    Args:
        limit_usd: Dollars, above 0.
        around: The budget of the run around it, maybe on the loop of another thread.
    """

    def __init__(self, limit_usd: Decimal, around: Budget | None = None) -> None:
        self.limit_usd = limit_usd
        self.spent_usd = Decimal(0)
        self.reserved_usd = Decimal(0)
        self.budgets: tuple[Budget, ...] = (self, *(around.budgets if around else ()))
        """This one, and those around it from the innermost."""
        self._waiting: deque[_Waiting] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def reserve(self, most_usd: Decimal, model: str) -> Reservation:
        """Set aside what one attempt may cost.

        Args:
            most_usd: The most it may cost.
            model: Who is asked, for the error.

        Raises:
            BudgetExceededError: It does not fit, and nothing under way can change that.
        """
        self._loop = asyncio.get_running_loop()
        waiting = _Waiting(most_usd, self._loop.create_future())
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
            raise self._refusal(most_usd, model)
        return Reservation(self, most_usd)

    def settled(self, most_usd: Decimal, cost_usd: Decimal) -> None:
        """Give back what an attempt did not need."""
        with _SUMS:
            for each in self.budgets:
                each.reserved_usd -= most_usd
                each.spent_usd += cost_usd
        for each in self.budgets:
            each.wake()

    def _take(self, most_usd: Decimal) -> bool:
        with _SUMS:
            if any(each.left_usd < most_usd for each in self.budgets):
                return False
            for each in self.budgets:
                each.reserved_usd += most_usd
            return True

    @property
    def left_usd(self) -> Decimal:
        """What is neither spent nor set aside."""
        return self.limit_usd - self.spent_usd - self.reserved_usd

    def _is_hopeless(self, most_usd: Decimal) -> bool:
        """Whether it won't fit even when all that it may wait for should cost nothing."""
        is_inner = len(self.budgets) > 1
        return (is_inner and not self.reserved_usd) or any(
            each.spent_usd + most_usd > each.limit_usd for each in self.budgets
        )

    def _let_in(self) -> None:
        """Set aside what the first that wait may cost, as far as it fits; refuse those that never will."""
        while self._waiting:
            most_usd, turn = self._waiting[0]
            is_let_in = not turn.done() and self._take(most_usd)
            if not (is_let_in or turn.done() or self._is_hopeless(most_usd)):
                return
            self._waiting.popleft()
            if not turn.done():
                turn.set_result(is_let_in)

    def wake(self) -> None:
        """Let in who waits, if there is room now; from any thread."""
        if not self._waiting or self._loop is None:
            return
        if self._loop is asyncio.get_running_loop():
            self._let_in()
        else:
            self._loop.call_soon_threadsafe(self._let_in)

    def _refusal(self, most_usd: Decimal, model: str) -> BudgetExceededError:
        tight = min(self.budgets, key=lambda each: each.left_usd)
        return BudgetExceededError(
            model, tight.limit_usd, tight.spent_usd, most_usd, reserved_usd=tight.reserved_usd
        )
