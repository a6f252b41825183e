"""Models behind one port: `base` is the port, each other file an adapter."""

from flowdsl.providers.base import (
    PASSING,
    Capabilities,
    Closes,
    CountsTokens,
    Delta,
    FaultKind,
    FinishReason,
    KnowsModels,
    Provider,
    RefusesSchemas,
    Reply,
    Request,
    StreamsText,
)

__all__ = [
    "PASSING",
    "Capabilities",
    "Closes",
    "CountsTokens",
    "Delta",
    "FaultKind",
    "FinishReason",
    "KnowsModels",
    "Provider",
    "RefusesSchemas",
    "Reply",
    "Request",
    "StreamsText",
]
