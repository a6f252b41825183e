"""Which providers there are: the prefix of a model's name, and what makes the provider behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flowdsl.errors import AdapterMissingError, UnknownProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import Provider
from flowdsl.providers.canned import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What providers can be told; each takes what concerns it."""

    local_context_tokens: int = 4096
    """Longest prompt and answer together of a local model."""
    local_slots: int = 2
    """Answers that a local model makes at once."""
    local_threads: int | None = None
    """Threads that make them; `None` leaves one core to everybody else."""
    mock_rules: tuple[Rule, ...] = ()
    """Prepared answers of `mock:`; the first that fits is taken."""
    mock_latency_s: float = 0.0
    """Seconds an answer of `mock:` takes."""


DEFAULT_SETTINGS = ProviderSettings()


def _local(settings: ProviderSettings) -> Provider:
    from flowdsl.providers.local import LocalProvider

    return LocalProvider(
        context_tokens=settings.local_context_tokens,
        slots=settings.local_slots,
        threads=settings.local_threads,
    )


def _mock(settings: ProviderSettings) -> Provider:
    from flowdsl.providers.mock import MockProvider

    return MockProvider(settings.mock_rules, latency_s=settings.mock_latency_s)


PROVIDERS: Mapping[str, Callable[[ProviderSettings], Provider]] = {"local": _local, "mock": _mock}
"""Prefix → what makes the provider; its module is imported only then."""

COMING = ("anthropic", "google", "openai")
"""Prefixes whose adapters come with a later release."""


def split(model: str) -> tuple[str, ModelName]:
    """The two halves of `provider:model`.

    Args:
        model: A full name; aliases have been replaced. The second half may be empty or hold colons.

    Raises:
        UnknownProviderError: There is no such provider, or no prefix at all.
        AdapterMissingError: There will be one, but this version has none.
    """
    prefix, colon, name = model.partition(":")
    if not colon or prefix not in {*PROVIDERS, *COMING}:
        raise UnknownProviderError(model, [*PROVIDERS], coming=COMING)
    if prefix in COMING:
        raise AdapterMissingError(model)
    return prefix, ModelName(name)


def make_provider(prefix: str, settings: ProviderSettings = DEFAULT_SETTINGS) -> Provider:
    """The provider behind a prefix that `split` gave; a run makes each at most once."""
    return PROVIDERS[prefix](settings)
