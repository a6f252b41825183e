"""The pipelines that installed distributions bring."""

from flowdsl.registry.installed import GROUP, Registered, installed

__all__ = ["GROUP", "Registered", "installed"]
