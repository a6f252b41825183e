"""`flowdsl version`."""

from __future__ import annotations

from flowdsl.cli.answers import Answer
from flowdsl.cli.arguments import AsJson


def version(*, as_json: AsJson = False) -> Answer:  # noqa: ARG001 - read by `main`
    """Print the version."""
    from platform import python_version

    from flowdsl import __version__

    return Answer(
        text=f"flowdsl {__version__}",
        document={"flowdsl": __version__, "python": python_version()},
    )
