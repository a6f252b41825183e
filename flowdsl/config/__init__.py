"""Settings: defaults, under a file, under the environment, under flags."""

from flowdsl.config.aliases import FOLLOWING, resolve
from flowdsl.config.load import Loaded, Origin, current, load, unknown_variables
from flowdsl.config.settings import KINDS, Settings

__all__ = [
    "FOLLOWING",
    "KINDS",
    "Loaded",
    "Origin",
    "Settings",
    "current",
    "load",
    "resolve",
    "unknown_variables",
]
