"""What a run says about itself: `records` are the events, the other files bring them to people and programs."""

from flowdsl.events.records import (
    Content,
    EachProgressed,
    Event,
    ModelAnswered,
    ModelAsked,
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
    "Content",
    "EachProgressed",
    "Event",
    "ModelAnswered",
    "ModelAsked",
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
