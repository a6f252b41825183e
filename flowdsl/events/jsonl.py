"""Events as lines of JSON: one event, one line, written as it happens."""

from __future__ import annotations

import json
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from flowdsl.events.records import Event
from flowdsl.ir.usage import Usage


def to_document(event: Event) -> dict[str, object]:
    """An event as JSON-able data: `event` names its kind; dollars are text, unknown ones null."""
    return {"event": type(event).__name__, **{k: _plain(v) for k, v in event._asdict().items()}}


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case Usage():
            names = Usage.__dataclass_fields__
            return {name: getattr(value, name) for name in names if getattr(value, name)}
        case _:
            return value


class JsonlSink:
    """A listener that writes each event to a text file.

    A line is written whole and flushed, so that a reader that follows the file never sees half of one.
    """

    def __init__(self, target: TextIO | Path | str) -> None:
        self._open = ExitStack()
        if isinstance(target, Path | str):
            path = Path(target)
            target = self._open.enter_context(path.open("a", encoding="utf-8"))
        self._file = target

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._file.write(json.dumps(to_document(event), ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file if it was opened here."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
