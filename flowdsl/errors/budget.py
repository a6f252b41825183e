"""FD25x: a run would spend more than it may."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from flowdsl.errors.base import FlowError, Place, near


class BudgetExceededError(FlowError):
    """The next call of a model might cost more than what is left of the run's budget. It was not made.

    Every call reserves what it could cost at most before it is sent, and gives back what it did not need: the cap holds
    when many calls are under way. What a run at its cap left undone is in `run.undone`; the text of the run's error and
    the command line list it, `--json` in full.

    Attributes:
        limit_usd: The budget.
        spent_usd: What calls have cost so far.
        reserved_usd: What calls that are under way may cost at most.
        next_usd: What the call that was refused could have cost.
    """

    code: ClassVar[str] = "FD250"

    def __init__(
        self,
        model: str,
        limit_usd: Decimal,
        spent_usd: Decimal,
        next_usd: Decimal,
        *,
        reserved_usd: Decimal = Decimal(0),
        place: Place | None = None,
    ) -> None:
        aside = f", up to ${_short(reserved_usd)} more by calls under way" if reserved_usd else ""
        used = (
            f"is used up: ${_short(spent_usd)} are spent{aside}, and another"
            if spent_usd or reserved_usd
            else "is too small: a"
        )
        super().__init__(
            f"the budget of ${limit_usd.normalize():f} {used} call of '{model}' may cost ${_short(next_usd)}.",
            place=place,
            help="allow more with using(budget_usd=…) or --budget, lower max_tokens, or take a cheaper model.",
        )
        self.limit_usd = limit_usd
        self.spent_usd = spent_usd
        self.reserved_usd = reserved_usd
        self.next_usd = next_usd


class UnpricedCallError(FlowError):
    """A model whose calls have no known price, or no bound, was asked for under a budget. It was not called.

    A price of your own makes it callable:

    ```toml
    [prices."openai:my-model"]   # dollars per million tokens
    input = 0.5
    output = 2
    ```
    """

    code: ClassVar[str] = "FD251"

    def __init__(
        self, step: str, model: str, *, known: Sequence[str] = (), place: Place | None = None
    ) -> None:
        meant = near(model.partition(":")[2], [*known]) if known else ""
        first = f"{meant} Or " if meant.startswith("did you mean") else ""
        super().__init__(
            f"'{step}' asks '{model}' under a budget, and what a call may cost at most is not known.",
            place=place,
            help=first
            + "give its price in the settings (`[prices]`), or run without a budget: `--budget none`, no budget_usd in the settings.",
        )


MOST_NAMED = 10
"""Model calls that are named when more were left undone."""


def left_undone(paths: tuple[str, ...]) -> str:
    """Model calls that gave no answer, a few by name."""
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"  model calls left undone: {', '.join(paths[:MOST_NAMED])}{more}"


def _short(dollars: Decimal) -> str:
    """At least four places behind the point, and no zeros after them."""
    return (
        f"{dollars.quantize(Decimal('0.0001')):f}"
        if dollars >= Decimal("0.0001")
        else f"{dollars:f}"
    )
