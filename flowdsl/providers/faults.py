"""What went wrong on the way to a server, told by status, by the provider's own words, by the kind of exception."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flowdsl.errors import ProviderError
from flowdsl.providers.base import FaultKind

ASK_DOCTOR = "`flowdsl doctor --online` tells which address is asked, and what is in the way."
BY_STATUS: Mapping[int, FaultKind] = {
    400: "bad_request",
    401: "authentication",
    402: "spend_limit",
    403: "permission",
    404: "unknown_model",
    408: "timeout",
    409: "server",
    413: "context_overflow",
    422: "bad_request",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",
}
"""Those that are missing: `server` from 500 on, `bad_request` below."""


def kind_of_status(status: int) -> FaultKind:
    """The kind of fault that an HTTP status tells of, where the body says nothing better."""
    return BY_STATUS.get(status, "server" if status >= 500 else "bad_request")


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds a server asks to wait, from 0; `None` when it asks for nothing that can be read.

    Args:
        headers: Of the answer, names in lower case or in a mapping that does not tell cases apart.
        now: For waits until a date; the clock's time when not given.
    """
    wait_ms, wait = headers.get("retry-after-ms"), headers.get("retry-after")
    for text, unit_s in ((wait_ms, 0.001), (wait, 1.0)):
        try:
            seconds = float(text or "") * unit_s
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        until = parsedate_to_datetime(wait or "")
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def transport_fault(error: BaseException) -> ProviderError | None:
    """What an exception of the HTTP client tells; `None` when it is none of them."""
    import httpx2

    if isinstance(error, (httpx2.TimeoutException, TimeoutError)):
        return ProviderError(
            "timeout", f"no answer came in time ({type(error).__name__})", help=ASK_DOCTOR
        )
    if isinstance(error, httpx2.TransportError):
        said = " ".join(str(error).split()) or type(error).__name__
        return ProviderError("unreachable", f"the connection failed: {said}", help=ASK_DOCTOR)
    return None
