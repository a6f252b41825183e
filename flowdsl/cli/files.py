"""The file an answer is written to: looked at before anything is spent, whole or not there at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from flowdsl.errors.setup import OutputFileError


def check_writable(path: str) -> None:
    """See whether an answer could be written there.

    Raises:
        OutputFileError: It could not: a folder, no such folder, no right to.
    """
    file = Path(path)
    folder = file.parent
    if file.is_dir() or not path:
        raise OutputFileError(path, "it is a folder")
    if not folder.is_dir():
        raise OutputFileError(path, f"there is no folder '{folder}'")
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise OutputFileError(path, "you may not write there")


def write_file(path: str, text: str | bytes) -> None:
    """Write an answer's text to a file; another process sees the old file or the whole new one.

    Raises:
        OutputFileError: It can't be written.
    """
    ended = text if isinstance(text, bytes) or text.endswith("\n") else text + "\n"
    data = ended if isinstance(ended, bytes) else ended.encode(errors="backslashreplace")
    check_writable(path)
    try:
        _put(Path(path).resolve(), data)
    except OSError as error:
        raise OutputFileError(path, error.strerror or str(error)) from error


def _put(file: Path, data: bytes) -> None:
    # A device or a pipe can't be replaced, nor can a file in a folder that is somebody else's.
    if (file.exists() and not file.is_file()) or not os.access(file.parent, os.W_OK):
        file.write_bytes(data)
        return
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        if file.exists():
            shutil.copymode(file, beside)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
