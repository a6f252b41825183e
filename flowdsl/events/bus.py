"""Fan-out of events to listeners, without the secrets in them; it never blocks or fails a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeAlias, runtime_checkable

from flowdsl.errors.run import ListenerFailedError
from flowdsl.events.hiding import Hiding
from flowdsl.events.records import (
    Content,
    Event,
    ModelAnswered,
    ModelAsked,
    Warned,
)

Listener: TypeAlias = Callable[[Event], object]
"""Called with each event, on the loop's thread; it returns soon and does its slow work elsewhere."""


@runtime_checkable
class WantsContent(Protocol):
    """A listener that may want to be told what models are asked and what they answer, word for word."""

    wants_content: bool
    """Looked at once, when a run begins."""


@runtime_checkable
class ListensAnew(Protocol):
    """A listener that hears each run with a listener of its own, as runs may go on side by side."""

    def for_run(self) -> Listener:
        """Who hears the run that begins."""
        ...


_CONTENT = frozenset({ModelAsked, ModelAnswered})


class Bus:
    """Hands each event to every listener; one that raises is dropped, and the others are told once."""

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._listeners: list[Listener] = [
            # A look at a protocol takes long, and nearly nobody has the attribute.
            each.for_run() if hasattr(each, "for_run") and isinstance(each, ListensAnew) else each
            for each in listeners
        ]
        self._curious = [each for each in self._listeners if _is_curious(each)]
        self._hiding = Hiding()
        self._waiting = self._hiding.waiting

    def __bool__(self) -> bool:
        """Whether anyone listens: no event is built when nobody does."""
        return bool(self._listeners)

    @property
    def wants_content(self) -> bool:
        """Whether anyone wants what is said word for word; if not, those events are not built."""
        return bool(self._curious)

    def tell(self, event: Event, listeners: list[Listener] | None = None) -> None:
        """Hand over an event that holds no text, as it is; two of them are told per step.

        Args:
            event: What happened.
            listeners: To whom; to all when not given.
        """
        if listeners is None:
            if self._waiting:
                self.emit(event)
                return
            listeners = self._listeners
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - whatever a listener does, the run goes on
                self._drop(listener, error, event)

    def emit(self, event: Event) -> None:
        """Hand the event over to all, in the order in which they came; what is said word for word to the curious only."""
        listeners = self._curious if type(event) in _CONTENT else self._listeners
        for each in self._hiding(event):
            self.tell(each, listeners)

    def emit_content(self, event: Content) -> None:
        """Hand it to those who want content, and to nobody else: a log never holds what it did not ask for."""
        self.emit(event)

    def _drop(self, listener: Listener, error: Exception, event: Event) -> None:
        # New lists, so that an `emit` under way goes on over the old ones.
        self._listeners = [each for each in self._listeners if each is not listener]
        self._curious = [each for each in self._curious if each is not listener]
        told = ListenerFailedError(
            getattr(listener, "__qualname__", type(listener).__name__), error
        )
        self.emit(Warned(event.at_s, "", told.code, told.as_sentences))


def _is_curious(listener: Listener) -> bool:
    return (
        hasattr(listener, "wants_content")
        and isinstance(listener, WantsContent)
        and listener.wants_content is True
    )
