"""Files that prompts name lie below the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowdsl.errors import TemplateFileError
from flowdsl.runtime.workspace import reader_of


def test_a_file_below_the_workspace_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("å", encoding="utf-8")

    assert reader_of(tmp_path)("a.md") == "å"
    with pytest.raises(TemplateFileError, match="cannot be read"):
        reader_of(tmp_path)("b.md")
    (tmp_path / "c.bin").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(TemplateFileError, match="cannot be read"):
        reader_of(tmp_path)("c.bin")


def test_a_file_elsewhere_is_not(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path / "secret")

    for path in ("../secret", str(tmp_path / "secret"), "link"):
        with pytest.raises(TemplateFileError, match="outside the workspace"):
            reader_of(inside)(path)


def test_without_a_workspace_it_is_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("here", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert reader_of(None)("a.md") == "here"
