"""Snapshots of graphs and prompts: a text file each, beside the tests, by way of syrupy."""

from __future__ import annotations

from abc import abstractmethod

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.types import PropertyFilter, PropertyMatcher, SerializableData, SerializedData

from flowdsl.testing.forms import graph_text, prompts_text


class _TextFile(SingleFileSnapshotExtension):
    """One snapshot a file: nothing is quoted, and processes that write at once don't meet."""

    _write_mode = WriteMode.TEXT

    @abstractmethod
    def text_of(self, subject: object) -> str:
        """The text of what is compared."""
        ...

    def serialize(
        self,
        data: SerializableData,
        *,
        exclude: PropertyFilter | None = None,
        include: PropertyFilter | None = None,
        matcher: PropertyMatcher | None = None,
    ) -> SerializedData:
        """What the file holds."""
        text = self.text_of(data)
        return super().serialize(text, exclude=exclude, include=include, matcher=matcher)


class GraphSnapshot(_TextFile):
    """`__snapshots__/test_file/test_name.graph.txt`."""

    file_extension = "graph.txt"

    def text_of(self, subject: object) -> str:
        """The graph's text form."""
        return graph_text(subject)


class PromptSnapshot(_TextFile):
    """`__snapshots__/test_file/test_name.prompts.txt`."""

    file_extension = "prompts.txt"

    def text_of(self, subject: object) -> str:
        """Every prompt, as it was rendered."""
        return prompts_text(subject)
