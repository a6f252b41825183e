"""When a provider that was asked too often may be asked again."""

from __future__ import annotations

from flowdsl.providers.mock import MockProvider
from flowdsl.runtime.pauses import Pauses


def test_a_pause_is_the_providers_own_and_is_never_made_shorter() -> None:
    pauses, one, other = Pauses(), MockProvider(), MockProvider()

    pauses.pause(one, 20.0)
    pauses.pause(one, 10.0)

    assert pauses.end(one) == 20.0
    assert pauses.end(other) == float("-inf")
