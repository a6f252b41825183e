"""The file of settings: which one is read, and at which line a thing stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from flowdsl.config.file import FoundFile, find_file, place_of
from flowdsl.errors import FlowError

KNOWN = ("model", "aliases", "mock_rules", "timeout_s")


def found(folder: Path) -> tuple[FoundFile | None, list[FlowError]]:
    problems: list[FlowError] = []
    return find_file(folder, KNOWN, problems), problems


def test_the_nearest_folder_that_has_one_is_the_last_that_is_looked_at(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "flowdsl.toml").write_text('model = "far"\ntimeout_s = 1')
    (tmp_path / "a" / "pyproject.toml").write_text('[tool.flowdsl]\nmodel = "near"')
    (below / "pyproject.toml").write_text('[project]\nname = "no settings"')

    file, problems = found(below)

    assert file is not None
    assert (file.path, file.values) == (tmp_path / "a" / "pyproject.toml", {"model": "near"})
    assert problems == []


def test_the_own_file_stands_before_the_shared_one(tmp_path: Path) -> None:
    (tmp_path / "flowdsl.toml").write_text('model = "own"')
    (tmp_path / "pyproject.toml").write_text('[tool.flowdsl]\nmodel = "shared"')

    file, _ = found(tmp_path)

    assert file is not None
    assert file.values == {"model": "own"}


def test_a_shared_file_without_the_table_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.flowdslx]\nmodel = "x"\n')
    assert found(tmp_path)[0] is None

    (tmp_path / "pyproject.toml").write_text("[project\nbroken")
    assert found(tmp_path) == (None, [])


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("flowdsl.toml", '# first\n\nmodel = "a"\n', 3),
        ("flowdsl.toml", "'model' = 'a'\n", 1),
        ("pyproject.toml", '[tool.other]\nmodel = 1\n[tool.flowdsl]\n\n  model = "a"', 5),
        ("pyproject.toml", "[tool]\nflowdsl.model = 'a'\n", 2),
        ("pyproject.toml", "[tool.flowdsl.model]\nx = 'a'\n", 1),
        ("pyproject.toml", "[[tool.flowdsl.model]]\nx = 1\n[[tool.flowdsl.model]]\nx = 2\n", 1),
        ("pyproject.toml", "tool = {flowdsl = {model = 'a'}} # tool.flowdsl", 1),
    ],
)
def test_a_setting_is_found_at_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    (tmp_path / name).write_text(text)

    file, _ = found(tmp_path)

    assert file is not None
    assert place_of(file, "model").line == line


def test_files_that_cannot_be_read_are_told_with_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    for content in (
        b"model = \n",
        b'model = "a"\nmodel = "b"\n',
        b"model = [",
        b"\xff\xfe",
        b"x = 1",
    ):
        (tmp_path / "flowdsl.toml").write_bytes(content)
        said += [str(problem) for problem in found(tmp_path)[1]]

    assert "\n".join(said) == snapshot


def test_a_file_outside_the_working_folder_is_named_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "flowdsl.toml").write_text('model = "a"')
    monkeypatch.chdir(tmp_path / "here")

    file, _ = found(Path.cwd())

    assert file is not None
    assert place_of(file, "model").path == str(tmp_path / "flowdsl.toml")


def test_a_folder_of_the_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "flowdsl.toml").mkdir()

    assert found(tmp_path) == (None, [])
