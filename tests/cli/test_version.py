"""`flowdsl version`."""

from __future__ import annotations

import flowdsl
from tests.cli.calling import Call


def test_the_version_is_the_packages(call: Call) -> None:
    assert call("version").out == f"flowdsl {flowdsl.__version__}\n"
    assert call("version", "--json").document["flowdsl"] == flowdsl.__version__
