"""Which providers there are: the prefix of a model's name, and what makes the provider behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flowdsl.errors import UnknownProviderError
from flowdsl.ir.ids import ModelName
from flowdsl.providers.base import Provider
from flowdsl.providers.canned import Rule


def _no_key(_prefix: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What providers can be told; each takes what concerns it."""

    key: Callable[[str], str | None] = _no_key
    """The key of a provider by its prefix; `None` when there is none. Asked when the provider is made."""
    base_urls: Mapping[str, str] = field(default_factory=dict[str, str])
    """Prefix → address of the server; those that are missing take the provider's own."""
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


def _anthropic(settings: ProviderSettings) -> Provider:
    from flowdsl.providers.anthropic import AnthropicProvider

    return AnthropicProvider(
        api_key=settings.key("anthropic"), base_url=settings.base_urls.get("anthropic")
    )


def _google(settings: ProviderSettings) -> Provider:
    from flowdsl.providers.google import GoogleProvider

    return GoogleProvider(api_key=settings.key("google"), base_url=settings.base_urls.get("google"))


def _openai(settings: ProviderSettings) -> Provider:
    from flowdsl.providers.openai import OpenAIProvider

    return OpenAIProvider(api_key=settings.key("openai"), base_url=settings.base_urls.get("openai"))


PROVIDERS: Mapping[str, Callable[[ProviderSettings], Provider]] = {
    "anthropic": _anthropic,
    "google": _google,
    "openai": _openai,
    "local": _local,
    "mock": _mock,
}
"""Prefix → what makes the provider; its module is imported only then."""


def split(model: str) -> tuple[str, ModelName]:
    """The two halves of `provider:model`.

    Args:
        model: A full name; aliases have been replaced. The second half may be empty or hold colons.

    Raises:
        UnknownProviderError: There is no such provider, or no prefix at all.
    """
    prefix, colon, name = model.partition(":")
    if not colon or prefix not in PROVIDERS:
        raise UnknownProviderError(model, [*PROVIDERS])
    return prefix, ModelName(name)


def make_provider(prefix: str, settings: ProviderSettings = DEFAULT_SETTINGS) -> Provider:
    """The provider behind a prefix that `split` gave; a run makes each at most once."""
    return PROVIDERS[prefix](settings)
