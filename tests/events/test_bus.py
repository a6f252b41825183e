"""Listeners never stop a run, nor each other."""

from __future__ import annotations

from flowdsl.events.bus import Bus
from flowdsl.events.records import Event, NodeStarted, Warned


def test_every_listener_hears_every_event_in_order() -> None:
    heard: list[tuple[str, Event]] = []
    bus = Bus([lambda event: heard.append(("a", event)), lambda event: heard.append(("b", event))])
    one, two = NodeStarted(0.1, "x"), NodeStarted(0.2, "y")

    bus.emit(one)
    bus.emit(two)

    assert heard == [("a", one), ("b", one), ("a", two), ("b", two)]
    assert bus


def test_nobody_listens_to_an_empty_bus() -> None:
    assert not Bus()


def test_a_listener_that_fails_is_dropped_and_the_others_are_told_once() -> None:
    heard: list[Event] = []
    calls: list[Event] = []

    def broken(event: Event) -> None:
        calls.append(event)
        raise ValueError("full disk")

    bus = Bus([broken, heard.append])
    one, two = NodeStarted(0.1, "x"), NodeStarted(0.2, "y")

    bus.emit(one)
    bus.emit(two)

    assert calls == [one]
    warned = [event for event in heard if isinstance(event, Warned)]
    assert len(warned) == 1
    assert warned[0].code == "FD212"
    assert "full disk" in warned[0].message
    assert [event for event in heard if not isinstance(event, Warned)] == [one, two]
