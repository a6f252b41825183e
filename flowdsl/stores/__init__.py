"""Where runs are kept: `base` is the port, each other file an adapter."""

from flowdsl.stores.base import RunRecord, Store

__all__ = ["RunRecord", "Store"]
