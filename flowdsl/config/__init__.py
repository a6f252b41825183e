"""Settings: defaults, under a file, under the environment, under flags."""

from flowdsl.config.addresses import ADDRESS_VARIABLES, base_urls, unencrypted
from flowdsl.config.aliases import FOLLOWING, resolve
from flowdsl.config.keys import SERVICE, Key, Looked, find_key, forget_key, keep_key
from flowdsl.config.kinds import is_table
from flowdsl.config.reading import PREFIX, Loaded, Origin, current, load, unknown_variables
from flowdsl.config.settings import KINDS, Settings

__all__ = [
    "ADDRESS_VARIABLES",
    "FOLLOWING",
    "KINDS",
    "PREFIX",
    "SERVICE",
    "Key",
    "Loaded",
    "Looked",
    "Origin",
    "Settings",
    "base_urls",
    "current",
    "find_key",
    "forget_key",
    "is_table",
    "keep_key",
    "load",
    "resolve",
    "unencrypted",
    "unknown_variables",
]
