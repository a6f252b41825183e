"""FD23x: a model did not answer, or could not be asked."""

from __future__ import annotations

from typing import ClassVar

from flowdsl.errors.base import FlowError, Place


class ProviderError(FlowError):
    """A provider could not give a complete answer.

    Attributes:
        kind: One of `flowdsl.providers.base.FaultKind`.
        retry_after_s: Seconds the provider asks to wait; `None` when it says nothing.
        billed_input_tokens: Prompt tokens of the failed attempt that are billed all the same.
        billed_output_tokens: Likewise for the part of the answer that came.
    """

    code: ClassVar[str] = "FD230"

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        help: str = "",  # noqa: A002 - the printed word
        place: Place | None = None,
        retry_after_s: float | None = None,
        billed_input_tokens: int = 0,
        billed_output_tokens: int = 0,
    ) -> None:
        super().__init__(message, place=place, help=help)
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.billed_input_tokens = billed_input_tokens
        self.billed_output_tokens = billed_output_tokens
