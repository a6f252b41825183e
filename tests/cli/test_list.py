"""`flowdsl list`."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.cli.calling import Call, write


def test_what_a_file_holds_is_listed_with_what_it_takes(
    call: Call, snapshot: SnapshotAssertion
) -> None:
    assert call("list", "flows.py").out == snapshot


def test_a_file_as_json(call: Call) -> None:
    things = call("list", "flows.py", "--json").document["things"]

    assert isinstance(things, list)
    assert things[0] == {
        "name": "double",
        "kind": "step",
        "target": "flows.py:double",
        "takes": "(n: int) -> int",
    }


def test_an_empty_file_is_said_to_be_empty(call: Call, folder: Path) -> None:
    write(folder, "empty.py", "")

    assert call("list", "empty.py").out == "empty.py holds no pipelines and no steps.\n"


def test_installed_pipelines_are_listed(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = folder / "reports-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: reports\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[flowdsl.pipelines]\nweekly = flows:twice\n")
    monkeypatch.setattr("sys.path", [str(folder)])

    assert call("list").out == ("NAME    FROM         TARGET\nweekly  reports 1.2  flows:twice\n")
    assert call("list", "--json").document == {
        "pipelines": [{"name": "weekly", "target": "flows:twice", "distribution": "reports 1.2"}]
    }


def test_without_installed_pipelines_it_says_where_they_come_from(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.path", [str(folder)])

    assert '"flowdsl.pipelines"' in call("list").out
    assert call("list", "--json").document == {"pipelines": []}
