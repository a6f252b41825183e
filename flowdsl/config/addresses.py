"""Addresses of providers' servers: those of the settings, then those that the providers' own software reads."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from flowdsl.config.kinds import ADDRESS
from flowdsl.config.settings import Settings
from flowdsl.errors.keys import UnencryptedAddressError
from flowdsl.errors.redaction import hide
from flowdsl.errors.setup import SettingValueError

ADDRESS_VARIABLES: Mapping[str, str] = {
    "anthropic": "ANTHROPIC_BASE_URL",
    "google": "GOOGLE_GEMINI_BASE_URL",
    "openai": "OPENAI_BASE_URL",
}
"""Provider → the variable that its own software reads; a setting of flowdsl stands before it."""


def base_urls(settings: Settings, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Provider → address of its server; those that are not set are missing.

    A password in an address is hidden from all errors and events from then on.

    Raises:
        SettingValueError: A variable holds what is no address.
    """
    environment = os.environ if environment is None else environment
    set_here = {
        "anthropic": settings.anthropic_base_url,
        "google": settings.google_base_url,
        "openai": settings.openai_base_url,
    }
    found = {
        provider: set_here[provider] or _of_variable(variable, environment)
        for provider, variable in ADDRESS_VARIABLES.items()
    }
    for address in found.values():
        hide(urlsplit(address or "").password or "")
    return {provider: address for provider, address in found.items() if address}


def _of_variable(variable: str, environment: Mapping[str, str]) -> str | None:
    text = environment.get(variable, "").strip()
    if not text:
        return None
    try:
        return str(ADDRESS.parse(text))
    except ValueError:
        raise SettingValueError(variable, repr(text), ADDRESS.takes, "the environment") from None


def unencrypted(addresses: Mapping[str, str]) -> Iterator[UnencryptedAddressError]:
    """A warning for each address of another machine where nothing is encrypted."""
    for provider, address in addresses.items():
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme == "http" and not _is_here(host):
            shown = host if parts.port is None else f"{host}:{parts.port}"
            yield UnencryptedAddressError(provider, f"http://{shown}")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
