"""Text of models for those who only want that: pieces by address, and where one begins anew."""

from __future__ import annotations

from collections.abc import Callable

from flowdsl.events.bus import Listener
from flowdsl.events.records import Event, ModelCalled, Retried, TextArrived

ANEW = ""
"""The piece that says: what came before is thrown away, and the answer begins anew."""


def hears_text(on_text: Callable[[str, str], object]) -> Listener:
    """A listener that hands on pieces of text.

    Args:
        on_text: Called with a node's address and each piece. After an answer that was rejected, or an attempt that
            broke off, it is called with an empty piece; no other piece is empty.
    """
    begun: set[str] = set()

    def listen(event: Event) -> None:
        match event:
            case TextArrived(path=path, text=text):
                begun.add(path)
                on_text(path, text)
            case ModelCalled(path=path, accepted=True):
                begun.discard(path)
            case ModelCalled(path=path) | Retried(path=path) if path in begun:
                begun.discard(path)
                on_text(path, ANEW)
            case _:
                pass

    return listen
