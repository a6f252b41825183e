"""What Anthropic's SDK raises, as the faults that flowdsl knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flowdsl.errors import ProviderError
from flowdsl.errors.base import near
from flowdsl.ir.usage import Usage
from flowdsl.providers.anthropic_models import MODELS
from flowdsl.providers.anthropic_reply import billed, told
from flowdsl.providers.base import FaultKind
from flowdsl.providers.faults import kind_of_status, retry_after_s, transport_fault

if TYPE_CHECKING:
    from anthropic import APIStatusError

_BY_TYPE: Mapping[str, FaultKind] = {
    "invalid_request_error": "bad_request",
    "authentication_error": "authentication",
    "billing_error": "spend_limit",
    "permission_error": "permission",
    "not_found_error": "unknown_model",
    "request_too_large": "context_overflow",
    "rate_limit_error": "rate_limit",
    "timeout_error": "timeout",
    "overloaded_error": "overloaded",
}
_SPENT_CODES = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "linked_organization_billing_unavailable",
    }
)
"""Told under a status that says less, such as 429 or 400 (the SDK's list of error codes)."""
# Causes that have no code of their own; the sentences are the API's.
_SPENT_WORDS = ("credit balance is too low",)
_TOO_LONG_WORDS = (
    "prompt is too long",
    "exceed context limit",
    "exceeds the maximum number of tokens",
)
_SAID = 400
"""Characters of the server's own words that are quoted."""


def fault_of(error: BaseException, model: str, usage: Usage | None = None) -> ProviderError:
    """The fault behind an exception of the SDK or of the HTTP client below it.

    Args:
        error: What was caught.
        model: The name that was asked for.
        usage: Tokens that the broken answer had told of before.
    """
    import anthropic

    if isinstance(error, anthropic.APIStatusError):
        fault = _status_fault(error, model)
    else:
        is_connecting = isinstance(error, anthropic.APIConnectionError)
        cause = (error.__cause__ if is_connecting else None) or error
        fault = transport_fault(cause) or _other_fault(cause, is_connecting=is_connecting)
    fault.billed = billed(usage)
    return fault


def _other_fault(error: BaseException, *, is_connecting: bool) -> ProviderError:
    import httpx2

    said = " ".join(str(error).split())[:_SAID] or type(error).__name__
    if isinstance(error, UnicodeEncodeError):
        return ProviderError("bad_request", f"The request can't be sent to Anthropic: {said}.")
    if isinstance(error, (ValueError, httpx2.DecodingError)):
        return ProviderError("malformed", f"Anthropic's answer can't be read: {said}.")
    if is_connecting:
        return ProviderError("unreachable", f"The connection to Anthropic failed: {said}.")
    return ProviderError("bad_request", f"The request can't be sent to Anthropic: {said}.")


def _status_fault(error: APIStatusError, model: str) -> ProviderError:
    said = " ".join((error.api_message or error.message).split())[:_SAID].rstrip(".")
    kind = _kind(error, said.lower())
    return ProviderError(
        kind,
        f"Anthropic answered {error.status_code} ({error.type or 'no type'}): {said}{told(error.request_id or '')}.",
        help=_cure(kind, model),
        retry_after_s=retry_after_s(error.response.headers),
    )


def _kind(error: APIStatusError, said: str) -> FaultKind:
    named, status = error.type, error.status_code
    if error.error_code in _SPENT_CODES or any(words in said for words in _SPENT_WORDS):
        return "spend_limit"
    if any(words in said for words in _TOO_LONG_WORDS):
        return "context_overflow"
    if kind := _BY_TYPE.get(named or ""):
        return kind
    if status < 400:
        # An error inside a stream that began well: its status says nothing.
        return "server"
    if named == "api_error":
        return kind_of_status(status)
    # Without Anthropic's own word the address may be wrong as well as the model.
    return "bad_request" if status == 404 else kind_of_status(status)


def _cure(kind: FaultKind, model: str) -> str:
    match kind:
        case "authentication":
            return "run `flowdsl login anthropic` with a valid key, or set ANTHROPIC_API_KEY."
        case "permission":
            return f"use a key that may ask '{model}', or another model."
        case "unknown_model":
            return near(model, [each for each in MODELS if each != model])
        case "context_overflow":
            return "send less text in one call, for instance piece by piece with `each(...)`."
        case "spend_limit":
            return "raise the limit or add credit at Anthropic's console, or use another provider."
        case _:
            return ""
