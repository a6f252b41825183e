"""Settings: defaults, under a file, under the environment, under flags."""

from flowdsl.config.aliases import FOLLOWING, resolve
from flowdsl.config.kinds import is_table
from flowdsl.config.reading import PREFIX, Loaded, Origin, current, load, unknown_variables
from flowdsl.config.settings import KINDS, Settings

__all__ = [
    "FOLLOWING",
    "KINDS",
    "PREFIX",
    "Loaded",
    "Origin",
    "Settings",
    "current",
    "is_table",
    "load",
    "resolve",
    "unknown_variables",
]
