"""A real git repository in, a changelog out, every commit accounted for exactly once."""

from flowdsl_library.pipelines.content.changelog_generation.pipeline import (
    changelog,
    changelog_generation,
)

__all__ = ["changelog", "changelog_generation"]
