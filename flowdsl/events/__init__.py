"""What a run says about itself: `records` are the events, the other files bring them to people and programs."""

from flowdsl.events.records import (
    EachProgressed,
    Event,
    ModelCalled,
    NodeFailed,
    NodeFinished,
    NodeSkipped,
    NodeStarted,
    Retried,
    RunFinished,
    RunStarted,
    TextArrived,
    Warned,
)

__all__ = [
    "EachProgressed",
    "Event",
    "ModelCalled",
    "NodeFailed",
    "NodeFinished",
    "NodeSkipped",
    "NodeStarted",
    "Retried",
    "RunFinished",
    "RunStarted",
    "TextArrived",
    "Warned",
]
