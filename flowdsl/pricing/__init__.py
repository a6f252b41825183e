"""What tokens cost: exact dollars, and nothing where the price is not known."""

from flowdsl.pricing.prices import (
    OwnPrice,
    PriceSource,
    cost_of,
    dearest,
    listed,
    own_names,
    own_price,
    price_source,
    use_prices,
)

__all__ = [
    "OwnPrice",
    "PriceSource",
    "cost_of",
    "dearest",
    "listed",
    "own_names",
    "own_price",
    "price_source",
    "use_prices",
]
