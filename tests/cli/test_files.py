"""Answers are written whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowdsl.cli.files import check_writable, write_file
from flowdsl.errors import OutputFileError


def test_text_ends_with_a_line_end_and_bytes_stay_as_they_are(tmp_path: Path) -> None:
    for name, text in (("a", "words"), ("b", "words\n"), ("c", b"words")):
        write_file(str(tmp_path / name), text)

    assert [(tmp_path / name).read_bytes() for name in "abc"] == [b"words\n", b"words\n", b"words"]


def test_a_file_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")
    file.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(file)
    before = file.stat().st_ino

    write_file(str(link), "new")

    assert file.read_text() == "new\n"
    assert file.stat().st_ino != before, "another file was put in its place"
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.txt", "out.txt"]


def test_a_write_that_breaks_off_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as opened:
            opened.write(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)

    with pytest.raises(OutputFileError, match="No space left"):
        write_file(str(file), "new")

    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]


def test_a_device_is_written_to_as_it_is() -> None:
    write_file(os.devnull, "words")

    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("path", "wrong"),
    [("", "folder"), (".", "it is a folder"), ("none/x", "no folder 'none'"), ("f/x", "'f'")],
)
def test_where_nothing_can_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f").write_text("a file")

    with pytest.raises(OutputFileError, match=wrong):
        check_writable(path)


def test_a_file_that_is_another_persons_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def may_not(_path: object, _mode: int) -> bool:
        return False

    monkeypatch.setattr(os, "access", may_not)

    with pytest.raises(OutputFileError, match="may not write"):
        check_writable(str(tmp_path / "x"))


def test_a_file_in_another_persons_folder_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")
    before = file.stat().st_ino

    def may(path: object, _mode: int) -> bool:
        return Path(str(path)).is_file()

    monkeypatch.setattr(os, "access", may)
    write_file(str(file), "new")

    assert (file.read_text(), file.stat().st_ino) == ("new\n", before)


def test_half_of_a_surrogate_pair_is_written_out(tmp_path: Path) -> None:
    write_file(str(tmp_path / "out.txt"), "half: \ud83d")

    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "half: \\ud83d\n"
