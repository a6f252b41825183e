"""Fan-out of events to listeners; it never blocks or fails a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from flowdsl.errors.run import ListenerFailedError
from flowdsl.events.records import Event, Warned

Listener: TypeAlias = Callable[[Event], object]
"""Called with each event, on the loop's thread; it returns soon and does its slow work elsewhere."""


class Bus:
    """Hands each event to every listener; one that raises is dropped, and the others are told once."""

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._listeners: list[Listener] = list(listeners)

    def __bool__(self) -> bool:
        """Whether anyone listens: no event is built when nobody does."""
        return bool(self._listeners)

    def emit(self, event: Event) -> None:
        """Hand the event over, in the order in which the listeners were given."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - whatever a listener does, the run goes on
                self._drop(listener, error, event)

    def _drop(self, listener: Listener, error: Exception, event: Event) -> None:
        # A new list, so that an `emit` under way goes on over the old one.
        self._listeners = [each for each in self._listeners if each is not listener]
        told = ListenerFailedError(
            getattr(listener, "__qualname__", type(listener).__name__), error
        )
        self.emit(Warned(event.at_s, "", told.code, told.as_sentences))
