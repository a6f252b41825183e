"""What a server of the OpenAI protocol says went wrong: status, code and words told as kinds of fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flowdsl.errors import ProviderError
from flowdsl.providers.base import FaultKind
from flowdsl.providers.faults import kind_of_status, retry_after_s
from flowdsl.providers.json_schema import is_list, is_schema
from flowdsl.providers.openai_hosts import Host

BY_CODE: Mapping[str, FaultKind] = {
    "insufficient_quota": "spend_limit",
    "insufficient_credits": "spend_limit",
    "billing_hard_limit_reached": "spend_limit",
    "billing_not_active": "spend_limit",
    "context_length_exceeded": "context_overflow",
    "exceed_context_size_error": "context_overflow",
    "string_above_max_length": "context_overflow",
    "model_not_found": "unknown_model",
    "invalid_api_key": "authentication",
    "authentication_error": "authentication",
    "permission_error": "permission",
    "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit",
    "overloaded_error": "overloaded",
    "content_filter": "refusal",
    "content_policy_violation": "refusal",
    "timeout": "timeout",
    "server_error": "server",
    "unavailable_error": "overloaded",
    "not_supported_error": "bad_request",
    "invalid_request_error": "bad_request",
}
"""Codes and types of error objects; what is missing is told by the status and the words."""
_TOO_LONG = re.compile(
    r"maximum context length|context (length|window|size)|prompt is too long|too many tokens",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"\bmodels?\b.{0,120}(not found|not exist|not loaded|unknown|no such)", re.IGNORECASE
)
_SAID_OF_ALL: frozenset[FaultKind] = frozenset({"bad_request", "server"})
"""Kinds whose codes servers also write beside a status that tells more, such as 401 or 529."""
_NOT_ABLE = re.compile(r"\b(not support|not supported|unsupported)", re.IGNORECASE)
_VAGUE: frozenset[FaultKind] = frozenset({"bad_request", "server", "unknown_model"})
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """What a server said in place of an answer."""

    words: str
    codes: tuple[str, ...] = ()
    status: int | None = None
    """Of HTTP, or an error object's number where it came with a status of success."""
    is_moderated: bool = False


def fault_in(said: object, status: int | None = None) -> Fault | None:
    """The error object inside a body or a piece of a stream; `None` when there is none.

    It may stand under `error` as an object or a text, inside a choice, or be the whole body.
    """
    if not is_schema(said):
        return None
    error = said.get("error")
    choices = said.get("choices")
    if not error and is_list(choices) and choices and is_schema(choice := choices[0]):
        error = choice.get("error")
    if not error and said.get("object") == "error":
        error = said
    if not error and "choices" not in said and isinstance(said.get("detail"), str):
        error = said["detail"]
    if isinstance(error, str):
        return Fault(error, status=status)
    return _read(error, status) if is_schema(error) and error else None


def _read(error: Mapping[str, object], status: int | None) -> Fault:
    code, metadata = error.get("code"), error.get("metadata")
    number = code if isinstance(code, int) and not isinstance(code, bool) else None
    codes = tuple(each for each in (code, error.get("type")) if isinstance(each, str))
    return Fault(
        words=str(error.get("message") or error),
        codes=codes,
        status=number if status is None or status < 400 else status,
        is_moderated=is_schema(metadata) and "reasons" in metadata,
    )


def told(
    fault: Fault,
    host: Host,
    model: str,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    billed: Mapping[str, int] = MappingProxyType({}),
) -> ProviderError:
    """A server's fault as the error that adapters raise."""
    kind = _kind(fault)
    status = f" (HTTP {fault.status})" if fault.status else ""
    words = " ".join(fault.words.split())
    shown = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
    return ProviderError(
        kind,
        f"{host.shown} said{status}: {shown or 'nothing'}",
        help=_cure(kind, fault, host, model),
        retry_after_s=retry_after_s(headers),
        billed=billed,
    )


def unreachable(host: Host, why: str) -> ProviderError:
    """Nobody took the call."""
    return ProviderError(
        "unreachable", f"there is no connection to {host.shown}: {why}", help=host.start
    )


def _kind(fault: Fault) -> FaultKind:
    if fault.is_moderated:
        return "refusal"
    by_code: FaultKind | None = next(
        (BY_CODE[code] for code in fault.codes if code in BY_CODE), None
    )
    by_status: FaultKind = "server" if fault.status is None else kind_of_status(fault.status)
    kind = by_code or by_status
    if kind in _SAID_OF_ALL and by_status not in _SAID_OF_ALL:
        kind = by_status
    return _by_words(fault.words, kind) if kind in _VAGUE else kind


def _by_words(words: str, kind: FaultKind) -> FaultKind:
    if _TOO_LONG.search(words):
        return "context_overflow"
    if _NO_MODEL.search(words):
        return "unknown_model"
    # Some servers say by 500 that they can't take pictures; asking again would not help.
    return "bad_request" if _NOT_ABLE.search(words) else kind


def _cure(kind: FaultKind, fault: Fault, host: Host, model: str) -> str:
    match kind:
        case "authentication" | "permission":
            return "look whether OPENAI_API_KEY, or what `flowdsl login openai` keeps, is the key of this server."
        case "spend_limit":
            return f"add credit at {host.shown}, or raise the limit that is set there."
        case "context_overflow":
            return "send less text in one call, for instance piece by piece with `each(...)`."
        case "unknown_model":
            return _model_cure(fault, host, model)
        case _:
            return ""


def _model_cure(fault: Fault, host: Host, model: str) -> str:
    if host.is_ollama or "pull" in fault.words:
        return f"run `ollama pull {model}`; `ollama list` shows what is there."
    if not _NO_MODEL.search(fault.words) and "model_not_found" not in fault.codes:
        return f"look whether '{model}' exists there, and whether {host.shown} is where the routes begin (mostly …/v1)."
    return f"{host.shown}/models lists what is there."
