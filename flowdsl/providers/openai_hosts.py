"""Servers that speak the OpenAI protocol: what their address tells about key, price and wording."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

HostKind: TypeAlias = Literal["openai", "openrouter", "own", "other"]
"""`own`: on this machine or in a private network, where nobody is paid for a call."""

OPENAI_URL = "https://api.openai.com/v1"
_OLLAMA_PORT = 11434
_OWN_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Host:
    """A server, known by its address."""

    url: str
    """Where its routes begin, without a `/` at the end."""
    kind: HostKind
    shown: str
    """The address as it may be printed: without a user's name and password."""
    is_here: bool
    """It runs on this machine."""
    is_ollama: bool
    """It listens where Ollama does."""

    @property
    def prices(self) -> str | None:
        """Name of the provider in price tables; `None` where there is none."""
        return self.kind if self.kind in {"openai", "openrouter"} else None

    @property
    def start(self) -> str:
        """How to bring the server up, for those who find nobody there."""
        wrong = f"or set another address than {self.shown}."
        if self.is_ollama:
            return f"start the server with `ollama serve`, {wrong}"
        if self.kind == "own":
            return (
                "start the server (`ollama serve`, `llama-server -m FILE`, `vllm serve MODEL`, the one of "
                f"LM Studio), {wrong}"
            )
        return f"see that this machine reaches the network, {wrong}"


def host_at(base_url: str | None) -> Host:
    """The server of an address.

    Args:
        base_url: Where its routes begin, such as `http://localhost:11434/v1`; without a path `/v1` is
            meant, without a scheme `http://` in an own network and `https://` elsewhere. `None` is OpenAI.
    """
    address = (base_url or OPENAI_URL).strip()
    try:
        return _host(_split(address))
    except ValueError:  # no address at all, as the first call will tell
        shown = address.rpartition("@")[2]
        return Host(url=address, kind="other", shown=shown, is_here=False, is_ollama=False)


def _host(parts: SplitResult) -> Host:
    name = parts.hostname or ""
    path = parts.path.rstrip("/") or "/v1"
    netloc = parts.netloc.rpartition("@")[2]
    return Host(
        url=f"{parts.scheme}://{parts.netloc}{path}",
        kind=_kind(name),
        shown=f"{parts.scheme}://{netloc}{path}",
        is_here=_is_here(name),
        is_ollama=netloc.endswith(f":{_OLLAMA_PORT}"),
    )


def _split(address: str) -> SplitResult:
    if "://" in address:
        return urlsplit(address)
    bare = urlsplit(f"//{address}")
    scheme = "http" if _is_own(bare.hostname or "") else "https"
    return bare._replace(scheme=scheme)


def _kind(name: str) -> HostKind:
    if name == "api.openai.com" or name.endswith(".api.openai.com"):
        return "openai"
    if name == "openrouter.ai" or name.endswith(".openrouter.ai"):
        return "openrouter"
    return "own" if _is_own(name) else "other"


def _is_own(name: str) -> bool:
    try:
        return ip_address(name).is_private or _is_here(name)
    except ValueError:
        # A name without a dot is one of the own network, such as a service of a compose file.
        return bool(name) and ("." not in name or name.endswith(_OWN_ENDINGS))


def _is_here(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
