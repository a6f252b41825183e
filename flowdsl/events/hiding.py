"""Events as listeners see them: without secrets, also where one is spread over pieces of streamed text."""

from __future__ import annotations

from collections.abc import Iterator

from flowdsl.errors.redaction import redact, redact_in, unfinished
from flowdsl.events.records import (
    Event,
    ModelAnswered,
    ModelAsked,
    ModelCalled,
    NodeFailed,
    NodeFinished,
    NodeSkipped,
    Retried,
    RunFinished,
    TextArrived,
    Warned,
)


class Hiding:
    """Takes the secrets out of events, one after the other.

    A piece of text whose end may be the beginning of a secret waits, in part, for the next piece; it comes out before
    the event that ends the answer.
    """

    def __init__(self) -> None:
        self.waiting: dict[str, TextArrived] = {}
        """Pieces of text that wait for their end, by the node's address."""

    def __call__(self, event: Event) -> Iterator[Event]:
        """The events that listeners see now."""
        if isinstance(event, TextArrived):
            yield from self._piece(event)
            return
        if self.waiting:
            yield from self._ended(event)
        yield _clean(event)

    def _piece(self, event: TextArrived) -> Iterator[TextArrived]:
        before = self.waiting.pop(event.path, None)
        text = event.text if before is None else before.text + event.text
        end = unfinished(text)
        if end < len(text):
            self.waiting[event.path] = event._replace(text=text[end:])
        if end:
            yield event._replace(text=redact(text[:end]))

    def _ended(self, event: Event) -> Iterator[TextArrived]:
        """What waits for an answer that is over."""
        match event:
            case ModelCalled(path=path) | Retried(path=path):
                ended = [path]
            case NodeFinished(path=path) | NodeFailed(path=path):
                ended = [path]
            case RunFinished():
                ended = [*self.waiting]
            case _:
                ended = []
        for path in ended:
            waiting = self.waiting.pop(path, None)
            if waiting is not None:
                yield waiting._replace(text=redact(waiting.text))


def _clean(event: Event) -> Event:
    match event:
        case NodeFailed() | Warned():
            return event._replace(message=redact(event.message))
        case NodeSkipped() | Retried():
            return event._replace(reason=redact(event.reason))
        case ModelAnswered(text=text):
            return event._replace(text=redact(text))
        case ModelAsked():
            turns = tuple(
                {name: redact_in(part) for name, part in turn.items()} for turn in event.messages
            )
            return event._replace(system=redact(event.system), messages=turns)
        case _:
            return event
