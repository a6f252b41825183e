"""Secrets in texts: keys in use by their value, others by their looks; each is replaced before anybody reads the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, TypeGuard

if TYPE_CHECKING:
    import re

REDACTED: Final = "[redacted]"
SHORTEST: Final = 8
"""Characters from which a value counts as a secret: shorter ones would be found in ordinary words."""

TOKENS: Final = (
    *(
        "sk-ant-",
        "sk-proj-",
        "sk-or-",
        "sk-svcacct-",
        "sk-admin-",
        "sk-",
    ),  # Anthropic, OpenAI, OpenRouter, others
    *("AIza", "AQ.", "ya29.", "GOCSPX-"),  # Google
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),  # GitHub, GitLab
    *("AKIA", "ASIA"),  # AWS
    *("xoxa-", "xoxb-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"),  # Slack
    *(
        "hf_",
        "gsk_",
        "xai-",
        "pplx-",
        "r8_",
        "nvapi-",
    ),  # Hugging Face, Groq, xAI, Perplexity, Replicate, NVIDIA
    *("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "SG.", "npm_", "pypi-", "dop_v1_"),
    "eyJ",  # JSON web tokens
)
"""How keys of services begin, as their makers document it, so that programs can find them."""
NAMES: Final = (
    *("x-api-key", "x-goog-api-key", "api-key", "api_key", "apikey", "authorization"),
    *(
        "access_token",
        "access-token",
        "auth_token",
        "auth-token",
        "refresh_token",
        "id_token",
        "bearer",
    ),
    *(
        "client_secret",
        "client-secret",
        "secret_key",
        "secret-key",
        "secret_access_key",
        "private_key",
    ),
    *("password", "passwd", "passphrase"),
)
"""What stands before a secret, in small letters: header, field, argument."""

_HIDDEN: Final[set[str]] = set()
_SMALL: Final = tuple(each.lower() for each in TOKENS)
_MARKS: Final = (
    *_SMALL,
    *NAMES,
    "://",
    "-----begin",
    "?key=",
    "&key=",
    "&sig",
    "?sig",
    "&token",
    "?token",
)
_HEADS: Final = {mark[:n] for mark in (*_SMALL, *NAMES) for n in range(1, len(mark))}
"""All that a secret's mark may have begun with, but not the whole of it."""
_LONGEST: Final = max(map(len, _HEADS))
_ENDS: Final = r"[^\s\"'`&,;(){}\[\]<>\\]"
_CUT: Final = 36
"""Characters from which the first half of a secret tells it: what was cut short is known by that."""
_TAIL: Final = 4096
"""Characters that may wait; a secret longer than that would be let through in parts."""


def hide(value: str) -> None:
    """Have a secret replaced wherever it stands, from now on and in all of this process.

    Args:
        value: The secret; of fewer than 8 characters it is let be.
    """
    if len(value) >= SHORTEST:
        _HIDDEN.add(value)
        _HEADS.update(value[:n].lower() for n in range(1, SHORTEST))


def redact(text: str) -> str:
    """The same text without secrets: each becomes `[redacted]` behind the few letters that tell its kind.

    Secrets are the values that were handed to `hide`, whole or cut off at their end, and what looks like one: keys of
    well-known services, what follows `Bearer`, `x-api-key:`, `api_key=`, `password=` and the like, private keys,
    passwords in addresses.
    """
    if len(text) < SHORTEST:
        return text
    # The longest first, for one may begin like another; a list of its own, for other threads may hide more.
    hidden = sorted(_HIDDEN, key=len, reverse=True)
    for secret in hidden:
        if secret in text:
            text = text.replace(secret, f"{_kind(secret)}{REDACTED}")
    lowered = text.lower()
    if any(mark in lowered for mark in _MARKS):
        text = _looks().sub(_replaced, text)
    # Last, for keys of one maker begin alike: another's is told by its looks as a whole.
    for secret in hidden:
        if len(secret) >= _CUT and secret[: len(secret) // 2] in text:
            text = _without(secret, secret[: len(secret) // 2], text)
    return text


def redact_in(value: object) -> object:
    """JSON-able data with every text in it redacted, at any depth; keys of objects stay."""
    if isinstance(value, str):
        return redact(value)
    if _is_mapping(value):
        return {name: redact_in(each) for name, each in value.items()}
    if _is_list(value):
        return [redact_in(each) for each in value]
    return value


def unfinished(text: str) -> int:
    """Where a secret may begin that the text does not show the end of: its length where there is none.

    For text that arrives in pieces: what follows that place waits for the next piece.
    """
    lowered = text[-_TAIL:].lower()
    found = _opened().search(lowered) if any(mark in lowered for mark in _OPENERS) else None
    at = len(lowered) if found is None else found.start()
    word = 1 + max(map(lowered.rfind, " \n\t"))
    for mark in (*_SMALL, *(each[:SHORTEST].lower() for each in [*_HIDDEN])):
        start = lowered.find(mark, word)
        if start >= 0:
            at = min(at, start)
    return len(text) - len(lowered) + min(at, _begun(lowered))


def _is_mapping(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, (list, tuple))


def _begun(lowered: str) -> int:
    """Where the last letters begin to spell out what a secret begins with."""
    for at in range(max(0, len(lowered) - _LONGEST), len(lowered)):
        if (at == 0 or not lowered[at - 1].isalnum()) and lowered[at:] in _HEADS:
            return at
    return len(lowered)


_OPENERS: Final = (*NAMES, ":", "-")


@cache
def _opened() -> re.Pattern[str]:
    """A name, an address or a private key at the end, whose secret may go on; in small letters."""
    import re

    names = "|".join(map(re.escape, NAMES))
    return re.compile(
        rf"(?:{names})[^\w\s]{{0,3}}\s?[:=]?[^\w\s]{{0,3}}\s?(?:(?:bearer|basic|token)\s)?\S*\Z"
        r"|:(?:/(?:/\S*)?)?\Z|(?<!-)-+\Z|-{5}[a-z ]*\Z|-{5}begin(?:(?!-{5}end[a-z ]*-{5})[\s\S])*\Z"
    )


def _without(secret: str, head: str, text: str) -> str:
    """A text without a known secret, which may have been cut off behind its head."""
    at = text.find(head)
    while at >= 0:
        end, length = at + len(head), len(head)
        while end < len(text) and length < len(secret) and text[end] == secret[length]:
            end, length = end + 1, length + 1
        shown = f"{_kind(secret)}{REDACTED}"
        text = f"{text[:at]}{shown}{text[end:]}"
        at = text.find(head, at + len(shown))
    return text


def _kind(secret: str) -> str:
    return next((each for each in TOKENS if secret.startswith(each)), "")


def _replaced(found: re.Match[str]) -> str:
    return f"{found[found.lastindex or 0]}{REDACTED}"


@cache
def _looks() -> re.Pattern[str]:
    """Each branch has one group: what stays in front of the secret."""
    import re

    tokens = "|".join(map(re.escape, TOKENS))
    named = "|".join(map(re.escape, NAMES[: NAMES.index("password")]))
    between = r"(?:\\?[\"'])?\s*[:=]\s*(?:b?\\?[\"'])?(?:(?i:bearer|basic|token)\s+)?+"
    branches = (
        r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?!\[redacted)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        # A digit or a capital further on tells a key from words that are joined by dashes.
        rf"(?<![A-Za-z0-9])({tokens})(?=[\w.~*-]{{0,200}}[A-Z\d*])[\w.~*-]{{10,}}",
        # Code that fetches a key is none: what is called or indexed stays.
        rf"((?i:{named}){between})(?!-----BEGIN){_ENDS}{{6,}}+(?![(\[])",
        rf"((?i:password|passwd|passphrase){between})(?![a-z_.]+(?![\w-])){_ENDS}{{6,}}+(?![(\[])",
        r"\b((?i:bearer)\s+)(?!\w+(?:\s|\Z)(?<!\d))[\w.~+/=-]{12,}",
        r"([?&](?i:key|token|sig|signature)=)[^\s&\"'#]{8,}",
        r"(://[^\s/:@\"']*:)[^\s/@\"']+(?=@)",
        r"(hooks\.slack\.com/services/)[\w/]{10,}",
    )
    return re.compile("|".join(branches))
