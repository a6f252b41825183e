"""The run that users hold: an outcome that can show itself."""

from __future__ import annotations

from typing import TypeVar

from flowdsl.runtime.outcome import NodeRecord, Outcome
from flowdsl.runtime.report import run_document, run_html

R_co = TypeVar("R_co", covariant=True)


class Run(Outcome[R_co]):
    """One run of a pipeline that is over."""

    def to_document(self) -> dict[str, object]:
        """The run as JSON-able data; values in the lossless form of documents."""
        return run_document(self)

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, str]:
        """How a notebook shows it: the drawing with states, and a table of nodes."""
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def _repr_html_(self) -> str:
        return run_html(self)


__all__ = ["NodeRecord", "Run"]
