"""A pause that all calls of one key share, once its provider has said that they are too many."""

from __future__ import annotations

from flowdsl.providers import Provider


class Pauses:
    """Until when each provider of a run is left alone; a provider stands for its key."""

    def __init__(self) -> None:
        self._ends: dict[int, float] = {}

    def pause(self, provider: Provider, until: float) -> None:
        """Let nobody ask before a time, by the run's clock; a pause is never made shorter."""
        self._ends[id(provider)] = max(until, self.end(provider))

    def end(self, provider: Provider) -> float:
        """When the provider may be asked again; minus infinity when nothing was said."""
        return self._ends.get(id(provider), float("-inf"))
