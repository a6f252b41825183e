"""Models behind one port: `base` is the port, each other file an adapter."""

from flowdsl.providers.base import (
    PASSING,
    Capabilities,
    Closes,
    CountsTokens,
    Delta,
    EmbedReply,
    EmbedRequest,
    Embeds,
    FaultKind,
    FinishReason,
    KnowsModels,
    KnowsPrices,
    Provider,
    RefusesSchemas,
    Reply,
    Request,
    StreamsText,
)
from flowdsl.providers.keyless import KEY_VARIABLES

__all__ = [
    "KEY_VARIABLES",
    "PASSING",
    "Capabilities",
    "Closes",
    "CountsTokens",
    "Delta",
    "EmbedReply",
    "EmbedRequest",
    "Embeds",
    "FaultKind",
    "FinishReason",
    "KnowsModels",
    "KnowsPrices",
    "Provider",
    "RefusesSchemas",
    "Reply",
    "Request",
    "StreamsText",
]
