"""Log lines of the libraries that talk to providers: they may hold addresses with passwords, and what is sent."""

from __future__ import annotations

import logging
from typing import Final

from flowdsl.errors.redaction import redact

LOGGERS: Final = (
    *("httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.http2", "httpcore2.proxy"),
    *("anthropic", "anthropic._base_client", "google_genai._api_client", "google_genai.models"),
)


class _Redacting(logging.Filter):
    """Lets every line through, without the secrets in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = redact(said)
        if clean != said:
            record.msg, record.args = clean, ()
        return True


_FILTER: Final = _Redacting()


def veil_logs() -> None:
    """Have the lines of these libraries redacted before any handler of the program sees them; again does no harm."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
