"""Whether a cloud provider answers, and which models it has for a key: one free call, and what is in its way."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard
from urllib.parse import urlsplit

from flowdsl.errors.redaction import redact
from flowdsl.ir.ids import ModelName
from flowdsl.providers.keyless import KEY_VARIABLES
from flowdsl.providers.openai_hosts import OPENAI_URL, host_at

if TYPE_CHECKING:
    import httpx2

Obstacle: TypeAlias = Literal[
    "no key",
    "wrong key",
    "expired key",
    "not allowed",
    "no network",
    "nobody there",
    "a proxy in the way",
    "no answer in time",
    "no trust",  # the certificate is not one that this machine trusts
    "a limit",
    "trouble there",
    "wrong address",
]

TIMEOUT_S = 10.0
_SAID = 160
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
_SECRET_SHAPES: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("sk-ant-",),
    "google": ("AIza", "AQ."),
    "openai": ("sk-",),
}
_PAGES: Mapping[str, str] = {
    "anthropic": "console.anthropic.com",
    "google": "aistudio.google.com",
    "openai": "platform.openai.com",
}
_OWN: Mapping[str, str] = {
    "anthropic": "https://api.anthropic.com",
    "google": "https://generativelanguage.googleapis.com",
    "openai": OPENAI_URL,
}


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of a call."""

    obstacle: Obstacle | None
    """What is in the way; `None` when the provider answers."""
    said: str = ""
    """The same in a sentence, with what was answered."""
    cure: str = ""
    models: tuple[ModelName, ...] = ()
    """What the provider offers for the key, in its order."""


def shown_address(provider: str, base_url: str | None) -> str:
    """Where a provider's calls go, without a user's name and password."""
    if provider == "openai":
        return host_at(base_url).shown
    address = base_url or _OWN[provider]
    return address.replace(f"{_userinfo(address)}@", "", 1) if _userinfo(address) else address


def _userinfo(address: str) -> str:
    return address.partition("://")[2].partition("/")[0].rpartition("@")[0]


def needs_key(provider: str, base_url: str | None) -> bool:
    """Whether nothing is answered without a key: servers of one's own often want none."""
    return provider != "openai" or host_at(base_url).kind in {"openai", "openrouter"}


def odd_shape(provider: str, key: str) -> str | None:
    """What is unusual about a key, by its looks alone; `None` when nothing is."""
    if any(each.isspace() for each in key):
        return "there is a space in it"
    if len(key) < 20:
        return f"it has only {len(key)} characters"
    if not key.startswith(_SECRET_SHAPES[provider]):
        return f"it does not begin with {' or '.join(_SECRET_SHAPES[provider])}"
    return None


def reach(
    provider: str,
    key: str | None,
    base_url: str | None = None,
    *,
    timeout_s: float = TIMEOUT_S,
    renew: str | None = None,
) -> Reached:
    """Ask a provider for its models; costs nothing and takes at most a few times `timeout_s`.

    Args:
        provider: Its prefix.
        key: `None` when there is none.
        base_url: Address of its server; `None` for its own.
        timeout_s: Seconds that connecting, and then each read, may take.
        renew: How another key takes this one's place, as a command; `flowdsl login` when not given.
    """
    if key is None and needs_key(provider, base_url):
        return Reached("no key", f"there is no key for '{provider}:'", _set_key(provider))
    if key is not None and not (key.isascii() and key.isprintable()):
        # The client would show the whole of it in its error.
        said = f"the key for '{provider}:' holds characters that no key has, such as a line break"
        return Reached("wrong key", said, renew or f"run `flowdsl login {provider}`")
    import httpx2

    url, headers = _call(provider, key, base_url)
    try:
        with httpx2.Client(timeout=timeout_s) as client:
            answer = client.get(url, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError) as error:
        return _unreached(provider, url, error)
    return _answered(provider, answer, renew or f"run `flowdsl login {provider}`")


def _call(provider: str, key: str | None, base_url: str | None) -> tuple[str, dict[str, str]]:
    base = (base_url or _OWN[provider]).rstrip("/")
    match provider:
        case "anthropic":
            version = {"anthropic-version": "2026-10-21"}
            return f"{base}/v1/models?limit=1000", {**_bearer(key), **version}
        case "google":
            return f"{base}/v1beta/models?pageSize=1000", {"x-goog-api-key": key or ""}
        case _:
            return f"{host_at(base_url).url}/models", _bearer(key)


def _bearer(key: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"} if key else {}


def _set_key(provider: str) -> str:
    return f"run `flowdsl login {provider}` or set {KEY_VARIABLES[provider][0]}."


def _unreached(provider: str, url: str, error: Exception) -> Reached:
    """What a call tells that found no server."""
    import httpx2

    # A name that can't be written in an address is a `ValueError`, which is no `HTTPError`.
    if isinstance(error, (httpx2.InvalidURL, httpx2.UnsupportedProtocol, ValueError)):
        return Reached("wrong address", f"'{redact(url)}' is no address", _mend(provider))
    host = urlsplit(url).hostname or url
    proxy = _proxy_of(url)
    through = f" through the proxy {proxy}" if proxy else ""
    causes = list(_causes(error))
    if isinstance(error, httpx2.TimeoutException):
        return Reached(
            "no answer in time",
            f"{host} did not answer in time{through}",
            "try again; if it stays so, look at the network, the firewall and HTTPS_PROXY.",
        )
    if isinstance(error, httpx2.ProxyError) or (proxy and isinstance(error, httpx2.ConnectError)):
        return _in_the_way(f"the proxy {proxy or ''} gave no way to {host} ({_words(error)})")
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return Reached(
            "no trust",
            f"the certificate of {host} is not trusted here ({_words(error)})",
            "a proxy may read what is sent: set SSL_CERT_FILE to its certificate; or the clock of this machine is wrong.",
        )
    if any(isinstance(each, socket.gaierror) for each in causes):
        return Reached(
            "no network",
            f"the name {host} can't be looked up",
            "see that this machine has a network and a name server; behind a proxy set HTTPS_PROXY.",
        )
    return Reached(
        "nobody there",
        f"nobody answers at {urlsplit(url).netloc.rpartition('@')[2]} ({_words(error)})",
        "see that this machine has a network, or, if you set the address, that the server runs and listens there.",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words(error: Exception) -> str:
    said = " ".join(_NUMBER.sub("", str(error)).split())
    return redact(said)[:_SAID] or type(error).__name__


def _mend(provider: str) -> str:
    return f"mend the address: the setting {provider}_base_url, or the variable behind it."


def _in_the_way(said: str) -> Reached:
    return Reached(
        "a proxy in the way",
        said,
        "set HTTPS_PROXY to a proxy that lets you through (with user and password if it asks), take the host into "
        "NO_PROXY, or log in at your network's page.",
    )


def _proxy_of(url: str) -> str | None:
    """The proxy that the environment names for an address, without user and password."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy is None or (parts.hostname and proxy_bypass(parts.hostname)):
        return None
    return proxy.replace(f"{_userinfo(proxy)}@", "", 1) if _userinfo(proxy) else proxy


def _answered(provider: str, answer: httpx2.Response, renew: str) -> Reached:
    """What an answer tells."""
    status, body = answer.status_code, answer.text
    host = answer.url.host
    if status == 407 or answer.is_redirect or (status < 500 and _is_page(answer, body)):
        return _in_the_way(
            f"{host} was not reached: a web page or a proxy answered (HTTP {status})"
        )
    told = _told(body).rstrip(".")
    if status == 200:
        models = _models(provider, body)
        if models is None:
            return Reached("wrong address", f"{host} sent no list of models", _mend(provider))
        return Reached(None, models=models)
    shown = f"HTTP {status}: {told}" if told else f"HTTP {status}"
    about_key = _about_key(provider, status, shown, body.lower(), renew)
    return about_key or _of_status(provider, host, status, shown)


def _about_key(provider: str, status: int, shown: str, lowered: str, renew: str) -> Reached | None:
    """That the key itself is at fault; `None` when something else is."""
    if status != 401 and not (status in {400, 403} and "api_key_invalid" in lowered):
        return None
    new = f"make a new one at {_PAGES[provider]}"
    if "expired" in lowered:
        return Reached("expired key", f"the key has expired ({shown})", f"{new} and {renew}.")
    return Reached(
        "wrong key",
        f"the key is not accepted ({shown})",
        f"copy it once more, whole, or {new}; then {renew}.",
    )


def _of_status(provider: str, host: str, status: int, shown: str) -> Reached:
    if status == 403:
        return Reached(
            "not allowed",
            f"the key may not do this ({shown})",
            f"look at {_PAGES[provider]} what the key, its project and your country are allowed.",
        )
    if status in {402, 429}:
        return Reached(
            "a limit",
            f"the key is accepted, but a limit is reached ({shown})",
            f"wait, or look at limits and credit at {_PAGES[provider]}.",
        )
    if status >= 500:
        return Reached("trouble there", f"{host} has trouble ({shown})", "try again later.")
    return Reached("wrong address", f"{host} does not know this call ({shown})", _mend(provider))


def _is_page(answer: httpx2.Response, body: str) -> bool:
    kind = answer.headers.get("content-type", "")
    return "html" in kind or body.lstrip()[:1] == "<"


def _is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list)


def _read(body: str) -> Mapping[str, object]:
    try:
        found: object = json.loads(body)
    except ValueError:
        return {}
    return found if _is_table(found) else {}


def _told(body: str) -> str:
    """The provider's own words."""
    error = _read(body).get("error")
    message = error.get("message") if _is_table(error) else error
    return redact(" ".join(message.split()))[:_SAID] if isinstance(message, str) else ""


def _models(provider: str, body: str) -> tuple[ModelName, ...] | None:
    """Names of models; `None` where the answer is no list of them."""
    field, name = ("models", "name") if provider == "google" else ("data", "id")
    listed = _read(body).get(field)
    if not _is_list(listed):
        return None
    names = [each.get(name) for each in listed if _is_table(each) and _generates(each)]
    return tuple(ModelName(each.removeprefix("models/")) for each in names if isinstance(each, str))


def _generates(model: Mapping[str, object]) -> bool:
    """Whether it answers prompts, as far as the list tells."""
    methods = model.get("supportedGenerationMethods")
    return not _is_list(methods) or "generateContent" in methods
