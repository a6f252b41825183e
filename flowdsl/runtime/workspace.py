"""Files that prompts name, read when the prompt runs, from below one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flowdsl.errors.prompts import TemplateFileError


def reader_of(workspace: Path | None) -> Callable[[str], str]:
    """What reads a file's text by a path relative to the workspace (the current folder when `None`).

    The reader raises `TemplateFileError` for a file that is missing, lies outside, or is not text.
    """

    def read(path: str) -> str:
        base = (workspace or Path()).resolve()
        file = (base / path).resolve()
        if not file.is_relative_to(base):
            raise TemplateFileError(path, "lies outside the workspace", place=None)
        try:
            return file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateFileError(path, f"cannot be read: {error}", place=None) from error

    return read
