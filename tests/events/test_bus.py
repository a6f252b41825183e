"""Listeners never stop a run, nor each other."""

from __future__ import annotations

from flowdsl.events.bus import Bus, Listener
from flowdsl.events.records import Event, ModelAnswered, NodeStarted, RunStarted, Warned


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


class Curious:
    """Keeps what it hears, and wants content or not."""

    def __init__(self, *, wants_content: bool) -> None:
        self.wants_content = wants_content
        self.heard: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.heard.append(event)


def test_only_those_who_ask_for_it_hear_what_was_said() -> None:
    curious, discreet = Curious(wants_content=True), Curious(wants_content=False)
    others: list[Event] = []
    bus = Bus([others.append, discreet, curious])
    said = ModelAnswered(0.1, "ask", "forty-two")

    bus.emit_content(said)
    bus.emit(NodeStarted(0.2, "x"))

    assert bus.wants_content
    assert curious.heard == [said, NodeStarted(0.2, "x")]
    assert discreet.heard == others == [NodeStarted(0.2, "x")]


def test_nobody_wants_content_unless_it_says_so() -> None:
    assert not Bus([print, Curious(wants_content=False)]).wants_content


def test_a_dropped_listener_hears_no_content_either() -> None:
    class Broken(Curious):
        def __call__(self, event: Event) -> None:
            super().__call__(event)
            raise ValueError

    broken = Broken(wants_content=True)
    bus = Bus([broken])

    bus.emit(NodeStarted(0.1, "x"))
    bus.emit_content(ModelAnswered(0.2, "ask", "forty-two"))

    assert broken.heard == [NodeStarted(0.1, "x")]
    assert not bus.wants_content


def test_each_run_may_have_a_listener_of_its_own() -> None:
    runs: list[list[Event]] = []

    class Anew:
        def __call__(self, event: Event) -> None:
            raise AssertionError(event)

        def for_run(self) -> Listener:
            runs.append([])
            return runs[-1].append

    anew = Anew()
    one, other = Bus([anew]), Bus([anew])
    event = RunStarted(0.0, "r", "p", 1, "2026-01-01T00:00:00Z")

    other.emit(event)

    assert one
    assert runs == [[], [event]]
