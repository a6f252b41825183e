"""Price per model and tier, behind genai-prices (offline, 47 providers, exact decimals); the user's own prices first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from flowdsl.ir.usage import Tier, Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice, TieredPrices

_MILLION: Final = Decimal(1_000_000)
_NOTHING: Final = Decimal(0)
_CONTEXTS: Mapping[Tier, Mapping[str, str]] = MappingProxyType(
    {
        "batch": {"processing": "batch"},
        "flex": {"service_tier": "flex"},
        "priority": {"service_tier": "priority"},
        "fast": {"speed": "fast"},
    }
)
"""A tier as genai-prices knows it; a word it does not know would silently give the standard price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """Dollars per million tokens, as the user says; they stand before every table."""

    input: Decimal
    output: Decimal
    """Thinking included."""
    cache_read: Decimal | None = None
    """`None` for the price of other input."""
    cache_write: Decimal | None = None
    """Likewise."""
    cache_write_1h: Decimal | None = None
    """`None` for that of other writes."""

    def cost(self, usage: Usage) -> Decimal:
        """Dollars of some tokens, not rounded."""
        write = self.input if self.cache_write is None else self.cache_write
        write_1h = write if self.cache_write_1h is None else self.cache_write_1h
        read = self.input if self.cache_read is None else self.cache_read
        plain = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens
        short = usage.cache_write_tokens - usage.cache_write_1h_tokens
        millionths = (
            plain * self.input
            + usage.cache_read_tokens * read
            + short * write
            + usage.cache_write_1h_tokens * write_1h
            + usage.output_tokens * self.output
        )
        return millionths / _MILLION


class _Listed(NamedTuple):
    """One line of the table."""

    above: int
    """It counts for calls with more input than that."""
    price: OwnPrice
    has_output: bool
    """Whether answers have a price, and one only."""


@dataclass(frozen=True, slots=True)
class PriceSource:
    """Where figures of cost come from."""

    package: str
    version: str
    own: tuple[str, ...] = ()
    """Models, by full name, whose prices are the user's own."""

    def __str__(self) -> str:
        own = f", own prices of {', '.join(self.own)}" if self.own else ""
        return f"{self.package} {self.version}{own}"


_OWN: ContextVar[Mapping[str, OwnPrice]] = ContextVar("own_prices", default=MappingProxyType({}))


def use_prices(prices: Mapping[str, OwnPrice]) -> None:
    """Let prices of the user's own stand before the table, in this context.

    Args:
        prices: By full name, `provider:model`.
    """
    _OWN.set(prices)


def own_price(provider: str, model: str) -> OwnPrice | None:
    """What the user says that a model costs."""
    return _OWN.get().get(f"{provider}:{model}")


def cost_of(provider: str, model: str, usage: Usage, *, tier: Tier = "standard") -> Decimal | None:
    """Price some tokens, in US dollars.

    Args:
        provider: `anthropic`, `google`, `openai`, `openrouter` or another name that genai-prices knows.
        model: The provider's own name of the model.
        usage: Tokens; those read from or written to a cache are part of `input_tokens`. Prices that depend on the
            length of the prompt are those of one call with so much input.
        tier: What the call was billed as.

    Returns:
        Dollars, not rounded; `None` when the model, or the price of the tier, is not known. Unknown is never 0.

    Source:
        `price_source()`: the tables that come with that release of genai-prices.
    """
    own = own_price(provider, model)
    if own is not None:
        return own.cost(usage) if tier == "standard" else None
    if not _is_sound(usage):
        return None
    lines = _lines(provider, model, tier, datetime.now(UTC).date())
    fitting = [line for line in lines if usage.input_tokens > line.above]
    if not fitting or (usage.output_tokens and not fitting[-1].has_output):
        return None
    return fitting[-1].price.cost(usage)


def dearest(price: Callable[[Usage], Decimal | None], most: Usage) -> Decimal | None:
    """The most dollars that so many tokens can cost, whichever kind of input they turn out to be.

    Reading from a cache is cheaper than other input nearly everywhere, and writing to it dearer: where it is not so, a bound
    by one kind alone would not hold.

    Args:
        price: Dollars of some tokens; `None` when unknown.
        most: A bound of one call's tokens. Those that may be written to a cache count as written.

    Returns:
        `None` when the price of any kind is unknown.
    """
    plain = replace(most, cache_read_tokens=0, cache_write_tokens=0, cache_write_1h_tokens=0)
    costs = [price(most), price(plain), price(replace(plain, cache_read_tokens=most.input_tokens))]
    known = [cost for cost in costs if cost is not None]
    return max(known) if len(known) == len(costs) else None


def _is_sound(usage: Usage) -> bool:
    """Whether the parts of an input fit into it; a provider that counts otherwise can't be priced."""
    cached = usage.cache_read_tokens + usage.cache_write_tokens
    return usage.cache_write_1h_tokens <= usage.cache_write_tokens and cached <= usage.input_tokens


@lru_cache(maxsize=512)
def _lines(provider: str, model: str, tier: Tier, _day: date) -> tuple[_Listed, ...]:
    """Prices of a model in a tier on the day, today, by length of the input; none when unknown.

    Multiplied here and not by genai-prices, which looks for the unit of each price anew: 10 µs instead of 260.
    """
    price = _price(provider, model, tier)
    # The table lists models without a price, too, and would count their tokens as free.
    if price is None or price.input_mtok is None:
        return ()
    from genai_prices.types import TieredPrices

    listed = vars(price).values()
    steps = {step.start for each in listed if isinstance(each, TieredPrices) for step in each.tiers}
    return tuple(_line(price, above) for above in (-1, *sorted(steps)))


def _line(price: ModelPrice, above: int) -> _Listed:
    def rate(listed: Decimal | TieredPrices | None) -> Decimal | None:
        if listed is None or isinstance(listed, Decimal):
            return listed
        return [listed.base, *(step.price for step in listed.tiers if step.start <= above)][-1]

    # Pictures, sound or thoughts in an answer may have a price of their own, and are not told apart here.
    outputs = {
        name for name, value in vars(price).items() if "output_" in name and value is not None
    }
    return _Listed(
        above,
        OwnPrice(
            input=rate(price.input_mtok) or _NOTHING,
            output=rate(price.output_mtok) or _NOTHING,
            cache_read=rate(price.cache_read_mtok),
            cache_write=rate(price.cache_write_mtok),
            cache_write_1h=rate(price.cache_write_1h_mtok),
        ),
        outputs == {"output_mtok"},
    )


def _price(provider: str, model: str, tier: Tier) -> ModelPrice | None:
    standard = _listed(provider, model, None)
    if tier == "standard" or standard is None:
        return standard
    found = _listed(provider, model, _CONTEXTS[tier])
    # A tier without a price of its own is given the standard one: not what will be billed.
    return None if found == standard else found


def _listed(provider: str, model: str, context: Mapping[str, str] | None) -> ModelPrice | None:
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    try:
        found = calc_price(
            Counted(input_tokens=0, output_tokens=0),
            model,
            provider_id=provider,
            price_context=context,
        )
    except LookupError:
        return None
    return found.model_price


def own_names() -> tuple[str, ...]:
    """Models, by full name, that have a price of the user's own in this context; sorted."""
    return tuple(sorted(_OWN.get()))


@cache
def price_source(own: tuple[str, ...] = ()) -> PriceSource:
    """The table that stands behind every figure of cost, but for prices of the user's own."""
    from importlib.metadata import version

    return PriceSource("genai-prices", version("genai-prices"), own)


def listed(provider: str) -> tuple[str, ...]:
    """Names of models that the table knows of a provider; for errors that offer near ones."""
    from genai_prices.data_snapshot import get_snapshot

    found = [each for each in get_snapshot().providers if each.id == provider]
    return tuple(model.id for each in found for model in each.models)
