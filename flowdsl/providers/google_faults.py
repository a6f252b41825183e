"""What Google says went wrong: status, reasons and words told as kinds of fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from flowdsl.errors import ProviderError
from flowdsl.errors.base import near
from flowdsl.providers.base import FaultKind
from flowdsl.providers.faults import kind_of_status, retry_after_s
from flowdsl.providers.google_models import EMBEDDING_MODELS, MODELS, bare_name
from flowdsl.providers.json_schema import is_list, is_schema

_BY_NAME: Mapping[str, FaultKind] = {
    "UNAUTHENTICATED": "authentication",
    "PERMISSION_DENIED": "permission",
    "NOT_FOUND": "unknown_model",
    "RESOURCE_EXHAUSTED": "rate_limit",
    "UNAVAILABLE": "overloaded",
    "DEADLINE_EXCEEDED": "timeout",
    "INVALID_ARGUMENT": "bad_request",
    "FAILED_PRECONDITION": "bad_request",
    "OUT_OF_RANGE": "bad_request",
    "UNIMPLEMENTED": "bad_request",
}
"""Names of `google.rpc.Code`; those that are missing: by the number, else `server`."""
_BY_REASON: Mapping[str, FaultKind] = {
    "API_KEY_INVALID": "authentication",
    "API_KEY_EXPIRED": "authentication",
    "ACCESS_TOKEN_EXPIRED": "authentication",
    "CREDENTIALS_MISSING": "authentication",
    "BILLING_DISABLED": "spend_limit",
}
"""Reasons of `google.rpc.ErrorInfo`."""
_TELLING = frozenset({402, 413, 529})
"""Statuses that tell more than the name beside them, which gateways fill in as they like."""
_MAYBE_SPENT: frozenset[FaultKind] = frozenset({"rate_limit", "permission", "bad_request"})
_KEY = re.compile(
    r"api key (not valid|expired|not found|is invalid)|invalid api key", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"token count.{0,60}exceeds|maximum number of tokens|context (length|window)|too many tokens"
    r"|payload size exceeds",
    re.IGNORECASE,
)
_SPENT = re.compile(
    r"spend|prepa(id|y)|credits? (balance|(is|are) (depleted|exhausted))|billing account|enable billing"
    r"|billing (is )?(not |dis)|budget|payment|\blimit: 0\b",
    re.IGNORECASE,
)
_PLAN = re.compile(r"\bbilling\b", re.IGNORECASE)
"""Also stands in what Google says of every limit; it counts only where Google names no time to wait."""
_PLACE = re.compile(r"location is not supported", re.IGNORECASE)
_NOTHING: Mapping[str, object] = MappingProxyType({})
_LONGEST = 300


class ToldByApi(Protocol):
    """An `APIError` of the SDK, of whose parts nothing is sure."""

    @property
    def code(self) -> object:
        """HTTP's status, or the number inside of a stream's error."""
        ...

    @property
    def details(self) -> object:
        """The whole body."""
        ...

    @property
    def response(self) -> object:
        """Something with headers, mostly."""
        ...


@dataclass(frozen=True, slots=True)
class _Said:
    words: str
    name: str
    code: int
    reasons: tuple[str, ...]
    wait_s: float | None


def api_fault(
    error: ToldByApi, model: str, billed: Mapping[str, int] = MappingProxyType({})
) -> ProviderError:
    """An error of the SDK that tells of a status, as the error that adapters raise."""
    said = _read(error)
    kind = _kind(said)
    words = " ".join(said.words.split())
    shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    return ProviderError(
        kind,
        f"google said ({said.code}{f' {said.name}' if said.name else ''}): {shown or 'nothing'}",
        help=_cure(kind, model),
        retry_after_s=said.wait_s,
        billed=billed,
    )


def _read(error: ToldByApi) -> _Said:
    body = error.details
    # Of an answer in pieces the SDK may hand over the list that holds its one error.
    whole = body[0] if is_list(body) and len(body) == 1 else body
    said = whole if is_schema(whole) else _NOTHING
    inner = said.get("error")
    told = inner if is_schema(inner) else said
    details = told.get("details")
    notes = [each for each in details if is_schema(each)] if is_list(details) else []
    message, name = told.get("message"), told.get("status")
    code = error.code
    words = message if isinstance(message, str) else str(inner or "")
    return _Said(
        # A gateway's page of tags tells nobody anything.
        words="a page in place of an answer" if words.lstrip().startswith("<") else words,
        name=name if isinstance(name, str) and name.isupper() else "",
        code=code if isinstance(code, int) else 500,
        reasons=tuple(text for each in notes if isinstance(text := each.get("reason"), str)),
        wait_s=_wait_s(error, notes),
    )


def _wait_s(error: ToldByApi, notes: list[Mapping[str, object]]) -> float | None:
    """Seconds that a header asks for, or a `google.rpc.RetryInfo`."""
    headers: object = getattr(error.response, "headers", None)
    if is_schema(headers):
        told = {name.lower(): str(value) for name, value in headers.items()}
        if (wait := retry_after_s(told)) is not None:
            return wait
    for note in notes:
        delay = note.get("retryDelay")
        if str(note.get("@type", "")).endswith("RetryInfo") and isinstance(delay, str):
            return retry_after_s({"retry-after": delay.removesuffix("s")})
    return None


def _kind(said: _Said) -> FaultKind:
    for reason in said.reasons:
        if reason in _BY_REASON:
            return _BY_REASON[reason]
    if said.code in _TELLING:
        return kind_of_status(said.code)
    kind: FaultKind = _BY_NAME.get(said.name, kind_of_status(said.code))
    if kind in _MAYBE_SPENT and _is_spent(said, kind):
        return "spend_limit"
    return _by_words(said.words) if kind == "bad_request" else kind


def _is_spent(said: _Said, kind: FaultKind) -> bool:
    if _SPENT.search(said.words):
        return kind == "rate_limit" or "billing" in said.words.lower()
    return kind == "rate_limit" and said.wait_s is None and bool(_PLAN.search(said.words))


def _by_words(words: str) -> FaultKind:
    if _KEY.search(words):
        return "authentication"
    if _TOO_LONG.search(words):
        return "context_overflow"
    return "permission" if _PLACE.search(words) else "bad_request"


def _cure(kind: FaultKind, model: str) -> str:
    match kind:
        case "authentication":
            return "look whether GEMINI_API_KEY, or what `flowdsl login google` keeps, is a key that is valid."
        case "permission":
            return "look whether the key's project may use this model, and from this place."
        case "spend_limit":
            return "look at the project's plan, credit and spending cap at https://aistudio.google.com."
        case "context_overflow":
            return "send less text in one call, for instance piece by piece with `each(...)`."
        case "unknown_model":
            return near(bare_name(model), [*MODELS, *EMBEDDING_MODELS])
        case _:
            return ""
